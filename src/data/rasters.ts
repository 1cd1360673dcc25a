// Decodes the images of a column at a student's size. Encoding itself is synchronous, so this comes before it.
import { DebkdError, quote } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { type Decoder, openDecoder } from './image/decode.ts';
import { toGrey, toRgb } from './image/grey.ts';
import type { Raster } from './image/raster.ts';
import { resize } from './image/resize.ts';
import { statisticsOf } from './image/statistics.ts';
import type { ImageColumn } from './image-column.ts';
import type { ImageFiles } from './image-files.ts';
import type { LookScale, Rasters } from './image-rows.ts';
import { lookNames, lookNumbers } from './looks.ts';
import type { Preprocessing } from './preprocessing-column.ts';
import type { Column, Table } from './table.ts';

/** The image at the size and with the channels of a column. */
export function rasterFor(raster: Raster, { size, channels }: Pick<ImageColumn, 'size' | 'channels'>): Raster {
  const [height, width] = size;
  return resize(channels === 1 ? toGrey(raster) : toRgb(raster), { width, height, filter: 'bilinear' });
}

/** What to decode. */
interface RasterOptions extends ProgressOptions, Pick<ImageColumn, 'size' | 'channels'> {
  /** Row numbers. */
  readonly rows: Uint32Array;
  readonly lookScale?: LookScale | undefined;
}

/**
 * Decodes the images of some rows of a column.
 * @throws DebkdError `column` if the column has no images; as ImageFiles.bytes and Decoder.decode
 */
export async function decodeColumn(
  column: Column,
  data: string,
  { rows, size, channels, lookScale, signal, onProgress }: RasterOptions,
): Promise<Rasters> {
  const files = imagesOf(column, data);
  const decoder = await openDecoder();
  const places = new Int32Array(column.texts.length).fill(-1);
  const codes: number[] = [];
  for (const row of rows) {
    const code = column.codes[row] as number;
    if ((places[code] as number) < 0) places[code] = codes.push(code) - 1;
  }
  const length = size[0] * size[1] * channels;
  const names = lookNames(channels).length;
  const pixels = new Uint8Array(codes.length * length);
  const looks = new Float32Array(codes.length * names);
  for (const [i, code] of codes.entries()) {
    signal?.throwIfAborted();
    const raster = await decodeText(files, decoder, column.texts[code] as string);
    pixels.set(rasterFor(raster, { size, channels }).pixels, i * length);
    looks.set(lookNumbers(raster, statisticsOf(raster), channels), i * names);
    if (i % 64 === 63) {
      onProgress?.({ stage: 'images', done: i + 1, total: codes.length });
      await yieldToEventLoop();
    }
  }
  return { size, channels, places, pixels, looks, lookScale };
}

async function decodeText(files: ImageFiles, decoder: Decoder, text: string): Promise<Raster> {
  return decoder.decode(await files.bytes(text), `data ${quote(files.name, 200)}, image ${quote(text, 200)}`);
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
 * @throws DebkdError as decodeColumn
 * @example
 * const decoded = await decodeImages(await openImages(table), student.preprocessing);
 * student.predictProba(encode(decoded, student.preprocessing));
 */
export async function decodeImages(
  table: Table,
  { columns }: Preprocessing,
  options: Partial<Pick<RasterOptions, 'rows' | 'lookScale'>> & ProgressOptions = {},
): Promise<Table> {
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
              size: spec.size,
              channels: spec.channels,
            }),
          }
        : column,
    ),
  );
  return { ...table, columns: decoded };
}
