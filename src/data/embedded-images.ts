// Images that data itself has, by names: the pixels of an npy file, and the bytes of a Parquet column.
import { quote } from '../io/errors.ts';
import type { FileTree } from '../io/file-tree.ts';
import { concat } from '../io/source.ts';
import { openSpool } from '../io/spool.ts';

/** The name of the image of a row, counted from 0. */
export function nameOfRow(row: number): string {
  return `row ${row + 1}`;
}

/** The shape of images. */
interface Shape {
  readonly rows: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Images of plain pixels; each is read as PGM or PPM. */
export function pixelImages(name: string, pixels: Uint8Array, { rows, height, width, channels }: Shape): FileTree {
  const head = new TextEncoder().encode(`P${channels === 1 ? 5 : 6}\n${width} ${height}\n255\n`);
  const size = height * width * channels;
  return {
    ...namedTree(name),
    paths: async () => Array.from({ length: rows }, (_, row) => nameOfRow(row)),
    async read(path) {
      const row = Number(/^row (\d+)$/.exec(path)?.[1]) - 1;
      if (!(row >= 0 && row < rows)) return undefined;
      return concat([head, pixels.subarray(row * size, (row + 1) * size)]);
    },
  };
}

/** Images that are added in the order of the rows. */
export interface ImageSink {
  /**
   * Adds the image of a row.
   * @param path of the image, if it has one: its name, unless an earlier image has it
   * @returns the name of the image
   */
  add(bytes: Uint8Array, row: number, path: string | undefined): Promise<string>;
  /** The images that were added. */
  readonly tree: FileTree;
}

/** Opens an empty list of images: in memory while it is small, then in a temporary file. */
export function openImageSink(name: string): ImageSink {
  const spool = openSpool();
  const places = new Map<string, { readonly at: number; readonly length: number }>();
  return {
    async add(bytes, row, path) {
      const isFree = path !== undefined && path !== '' && !places.has(path) && !/^row \d+$/.test(path);
      const text = isFree ? path : nameOfRow(row);
      places.set(text, { at: await spool.append(bytes), length: bytes.length });
      return text;
    },
    tree: {
      ...namedTree(name),
      paths: async () => [...places.keys()],
      async read(path) {
        const place = places.get(path);
        return place && spool.read(place.at, place.length);
      },
    },
  };
}

function namedTree(name: string): Pick<FileTree, 'place' | 'name' | 'named'> {
  return { place: `data ${quote(name, 200)}`, name, named: true };
}
