// Fits an image column: its size, its channels, and the mean and deviation of its pixels.
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { ImageColumn } from './image-column.ts';
import { openedImages } from './image-columns.ts';
import type { ImageFiles } from './image-files.ts';
import type { LookScale } from './image-rows.ts';
import { imageSize } from './image-size.ts';
import { lookNames, lookScale } from './looks.ts';
import { decodeColumn } from './rasters.ts';
import { tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';

/** Rows whose pixels are measured: the first of the training rows. */
const MEASURED = 2048;

/** The image column of a table, how a student is to take it. */
export interface ImageOptions {
  /** Rows and columns of pixels, or one number for both, from 8 to 96; default 32. */
  readonly size?: number | readonly [height: number, width: number] | undefined;
  /** 1 for grey, 3 for colour; default: colour if one of the images has colour. */
  readonly channels?: 1 | 3 | undefined;
}

/** A column whose images are open; undefined if the table has none. */
export function imageColumnOf(table: AnyTable): (Pick<Column, 'name'> & { readonly images: ImageFiles }) | undefined {
  const [first] = tableChunks(table);
  const found = first?.chunk.columns.find(({ images }) => images);
  return found?.images && { name: found.name, images: found.images };
}

/**
 * The one column of a student's images.
 * @param isGiven whether the student is given a column
 * @throws DebkdError `column` if it is given several
 */
export function studentImage(table: AnyTable, isGiven: (name: string) => boolean): string | undefined {
  const names = openedImages(table).filter(isGiven);
  if (names.length <= 1) return names[0];
  throw new DebkdError('column', {
    subject: `data ${quote(table.name, 200)}`,
    seen: `${names.length} columns of images (${listed(names.map((name) => quote(name)))})`,
    expected: 'at most one for the student',
    remedy: { id: 'drop-column', column: names[1] as string },
  });
}

/** An image column without its offset, and how its images' looks are standardised. */
export interface FittedImage {
  readonly column: Omit<ImageColumn, 'offset'>;
  readonly lookScale: LookScale;
}

/** Options of fitImage. */
interface FitImageOptions extends ImageOptions, ProgressOptions {
  readonly rows: Uint32Array;
  /** As of decodeImages. */
  readonly cache?: LabelCache | undefined;
}

/**
 * Fits the image column on rows: their channels, and the mean and population standard deviation of the pixels of the first 2,048
 * rows, by channel; those of the images' looks are of the same rows.
 * @param rows row numbers, ascending for a stored table
 * @throws DebkdError `value` for a size out of range; as decodeColumn
 */
export async function fitImage(
  table: AnyTable,
  name: string,
  { rows, size, channels, ...watch }: FitImageOptions,
): Promise<FittedImage> {
  const pixels = imageSize(size);
  let found = channels;
  if (!found) {
    found = 1;
    for (const { chunk, rows: local } of tableChunks(table, rows)) {
      const column = chunk.columns.find((one) => one.name === name) as Column;
      for (const row of local ?? column.codes.keys())
        if (column.images?.header(column.texts[column.codes[row] as number] as string).channels === 3) found = 3;
      if (found === 3) break;
    }
  }
  const length = pixels[0] * pixels[1];
  const sums = new Float64Array(3);
  const squares = new Float64Array(3);
  const names = lookNames(found).length;
  const looks: number[] = [];
  let count = 0;
  for (const { chunk, rows: local } of tableChunks(table, rows.subarray(0, MEASURED))) {
    const column = chunk.columns.find((one) => one.name === name) as Column;
    const all = local ?? Uint32Array.from({ length: chunk.rows }, (_, i) => i);
    const decoded = await decodeColumn(column, table.name, {
      ...watch,
      rows: all,
      before: chunk.before,
      size: pixels,
      channels: found,
    });
    for (const row of all) {
      const place = decoded.places[column.codes[row] as number] as number;
      looks.push(...decoded.looks.subarray(place * names, (place + 1) * names));
      const from = place * length * found;
      for (let i = 0; i < length * found; i++) {
        const value = decoded.pixels[from + i] as number;
        sums[i % found] = (sums[i % found] as number) + value;
        squares[i % found] = (squares[i % found] as number) + value * value;
      }
      count += length;
    }
  }
  // sums of whole numbers are exact, whatever their order
  const mean = Array.from({ length: found }, (_, c) => (sums[c] as number) / count / 255);
  const std = mean.map((m, c) => {
    const variance = (squares[c] as number) / count / (255 * 255) - m * m;
    return variance > 1e-6 ? Math.sqrt(variance) : 1;
  });
  const column = { name, kind: 'image' as const, size: pixels, channels: found, mean, std, width: length * found };
  return { column, lookScale: lookScale(Float32Array.from(looks), names) };
}
