// Decodes the images of a column at a student's size. Encoding itself is synchronous, so this comes before it.
import type { LabelCache } from '../io/cache.ts';
import { decodeEntry, encodeEntry } from '../io/entry.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { littleEndian, readFloats } from '../io/little-endian.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { digestOf } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { VERSION } from '../version.ts';
import type { TeacherTable } from './encode-matrix.ts';
import { openDecoder } from './image/decode.ts';
import { statisticsOf } from './image/statistics.ts';
import type { ImageColumn } from './image-column.ts';
import type { ImageFiles } from './image-files.ts';
import type { LookScale, Rasters } from './image-rows.ts';
import { lookNames, lookNumbers } from './looks.ts';
import type { Preprocessing } from './preprocessing-column.ts';
import { rasterFor } from './raster-for.ts';
import type { Column } from './table.ts';

/** Size and channels of decoded images. */
type RasterForm = Pick<ImageColumn, 'size' | 'channels'>;

/** What to decode. */
interface RasterOptions extends ProgressOptions, RasterForm {
  /** Row numbers. */
  readonly rows: Uint32Array;
  readonly lookScale?: LookScale | undefined;
  /** Rows of the table before these, for messages; default 0. */
  readonly before?: number | undefined;
  /** Keeps decoded images by the SHA-256 of their files; default none. */
  readonly cache?: LabelCache | undefined;
}

/**
 * Decodes the images of some rows of a column.
 * @throws DebkdError `column` if the column has no images; as ImageFiles.bytes and Decoder.decode
 */
export async function decodeColumn(
  column: Column,
  data: string,
  { rows, size, channels, lookScale, before = 0, cache, signal, onProgress }: RasterOptions,
): Promise<Rasters> {
  const files = imagesOf(column, data);
  const places = new Int32Array(column.texts.length).fill(-1);
  const codes: number[] = [];
  const firstRows = new Map<number, number>();
  for (const row of rows) {
    const code = column.codes[row] as number;
    places[code] = 0;
    if (!firstRows.has(code)) firstRows.set(code, before + row + 1);
  }
  // ascending codes: the same rows in another order are the same blocks of a cache
  for (const code of places.keys()) if (places[code] === 0) places[code] = codes.push(code) - 1;
  const form = { size, channels };
  const length = size[0] * size[1] * channels;
  const names = lookNames(channels).length;
  const pixels = new Uint8Array(codes.length * length);
  const looks = new Float32Array(codes.length * names);
  for (let from = 0; from < codes.length; from += BLOCK) {
    signal?.throwIfAborted();
    const some = codes.slice(from, from + BLOCK);
    const texts = some.map((code) => column.texts[code] as string);
    const rowOf = (i: number): number => firstRows.get(some[i] as number) as number;
    const block = await decodeBlock(files, texts, { form, cache, rowOf });
    pixels.set(block.pixels, from * length);
    looks.set(block.looks, from * names);
    onProgress?.({ stage: 'images', done: from + texts.length, total: codes.length });
    await yieldToEventLoop();
  }
  return { size, channels, places, pixels, looks, lookScale };
}

/** Images that are decoded at a time, and that a cache keeps together. */
const BLOCK = 128;

/** Decodes images, or takes them from a cache. */
async function decodeBlock(
  files: ImageFiles,
  texts: readonly string[],
  {
    form,
    cache,
    rowOf,
  }: {
    readonly form: RasterForm;
    readonly cache: LabelCache | undefined;
    /** The number of the first row of an image. */
    readonly rowOf: (i: number) => number;
  },
): Promise<Pick<Rasters, 'pixels' | 'looks'>> {
  const { size, channels } = form;
  const length = size[0] * size[1] * channels;
  const names = lookNames(channels).length;
  const key = cache ? digestOf(['images', VERSION, form, texts.map((text) => files.digest(text))]) : '';
  const stored = await cache?.get(key);
  const known = stored && decodeEntry(key, stored)?.body;
  if (known?.length === texts.length * (length + 4 * names)) {
    const end = texts.length * length;
    return { pixels: known.subarray(0, end), looks: readFloats(known.subarray(end)) };
  }
  const pixels = new Uint8Array(texts.length * length);
  const looks = new Float32Array(texts.length * names);
  const decoder = await openDecoder();
  for (const [i, text] of texts.entries()) {
    const subject = `data ${quote(files.name, 200)}, row ${rowOf(i)}, image ${quote(text, 200)}`;
    const raster = decoder.decode(await files.bytes(text), subject);
    pixels.set(rasterFor(raster, form).pixels, i * length);
    looks.set(lookNumbers(raster, statisticsOf(raster), channels), i * names);
  }
  await cache?.put(key, encodeEntry(key, texts.length, concat([pixels, littleEndian(looks)])));
  return { pixels, looks };
}

/** @throws DebkdError `column` */
function imagesOf({ name, images }: Column, data: string): ImageFiles {
  if (images) return images;
  throw new DebkdError('column', {
    subject: `data ${quote(data, 200)}, column ${quote(name)}`,
    seen: 'its images are not open',
    expected: 'a table of openImages',
  });
}

/**
 * The table with the images of some rows decoded for a preprocessing; the same table if it has no image column.
 * @param options.rows row numbers; default all
 * @param options.lookScale how label de-biasing standardises the images' looks; default by the rows at hand
 * @param options.cache keeps decoded images by the SHA-256 of their files; default none
 * @throws DebkdError as decodeColumn
 * @example
 * const decoded = await decodeImages(await openImages(table), student.preprocessing);
 * student.predictProba(encode(decoded, student.preprocessing));
 */
export async function decodeImages<T extends TeacherTable>(
  table: T,
  { columns }: Preprocessing,
  options: Partial<Pick<RasterOptions, 'rows' | 'lookScale' | 'cache'>> & ProgressOptions = {},
): Promise<T> {
  const spec = columns.find((column): column is ImageColumn => column.kind === 'image');
  if (!spec) return table;
  const rows = options.rows ?? Uint32Array.from({ length: table.rows }, (_, i) => i);
  const decoded = await Promise.all(
    table.columns.map(async (column) =>
      column.name === spec.name
        ? {
            ...column,
            rasters: await decodeColumn(column, table.name, {
              ...options,
              rows,
              before: table.before,
              size: spec.size,
              channels: spec.channels,
            }),
          }
        : column,
    ),
  );
  return { ...table, columns: decoded };
}
