// Plans rows of images in batches of one size, and reads a batch at a time: decoded images of other batches take no memory.
import type { Decoder } from '../data/image/decode.ts';
import type { Raster } from '../data/image/raster.ts';
import type { ImageFiles } from '../data/image-files.ts';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { Column } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { below } from '../kernels/random.ts';
import { UNIT } from './image-candidates.ts';
import type { ImageOrder } from './image-inputs.ts';
import type { ImageInput, ImageReading, TeacherImages } from './image-reading.ts';
import { finalSize, type ImageSteps, type PixelSize } from './image-steps.ts';
import { imageColumn } from './image-table.ts';
import { openTensor, pixelTables, shapeRaster } from './image-tensor.ts';

/** Most rows of a batch, and most numbers of its rows. */
const BATCH_ROWS = 32;
const BATCH_NUMBERS = 2 ** 23;

/** How rows are read. */
export interface ImagePlan {
  readonly input: ImageInput;
  readonly decoder: Decoder;
  /** The teacher's name, for messages. */
  readonly name: string;
  readonly column: string | undefined;
  readonly order: ImageOrder;
  readonly steps: ImageSteps;
}

/** Plans rows. @throws DebkdError `teacher` or `column` if they hold no images */
export function planImages(rows: Matrix | RawColumns, plan: ImagePlan): TeacherImages {
  const subject = `teacher ${quote(plan.name, 200)}`;
  if ('data' in rows)
    throw new DebkdError('teacher', {
      subject,
      seen: 'it takes images, but the rows are encoded',
      remedy: "encode them with teacher: 'raw'",
    });
  const name = imageColumn(rows, plan.column, subject);
  const column = rows.columns.find((one) => one.name === name) as Column & { readonly images: ImageFiles };
  const sizes = column.images && sizesOf(column, plan.steps);
  const textAt = (row: number): string => column.texts[column.codes[row] as number] as string;
  const { images } = column;
  return rowsOf(plan, {
    rows: rows.rows,
    sizeOf: (row) => sizes(textAt(row)),
    async raster(row) {
      const text = textAt(row);
      const at = `data ${quote(rows.name, 200)}, row ${(rows.rowNumbers[row] as number) + 1}, image ${quote(text, 200)}`;
      return plan.decoder.decode(await images.bytes(text), at);
    },
  });
}

/** The size that each image enters with, by its text. */
function sizesOf({ images }: { readonly images: ImageFiles }, steps: ImageSteps): (text: string) => PixelSize {
  const known = new Map<string, PixelSize>();
  return (text) => {
    const found = known.get(text);
    if (found) return found;
    const { width, height, orientation } = images.header(text);
    const turned = orientation >= 5 ? { width: height, height: width } : { width, height };
    const size = finalSize(turned, steps);
    known.set(text, size);
    return size;
  };
}

/** Rows of random pixels at the model's size. */
export function randomImages(
  { rows, source }: Parameters<ImageReading['probe']>[0],
  plan: ImagePlan,
  size: readonly [number, number] | undefined,
): TeacherImages {
  const [height, width] = size ?? [plan.input.height ?? 64, plan.input.width ?? 64];
  // noise of single pixels averages out in deep layers: blocks of a few pixels, and a level of each image
  const rasters = Array.from({ length: rows }, (): Raster => {
    const channels = plan.input.channels;
    const block = 1 + below(source, 8);
    const across = Math.ceil(width / block);
    const level = below(source, 128);
    const drawn = Uint8Array.from(
      { length: Math.min(MOST_DRAWN, across * Math.ceil(height / block) * channels) },
      () => level + below(source, 128),
    );
    const pixels = new Uint8Array(height * width * channels);
    for (let i = 0; i < pixels.length; i++) {
      const at = Math.floor(i / channels);
      const place = Math.floor(Math.floor(at / width) / block) * across + Math.floor((at % width) / block);
      pixels[i] = drawn[(place * channels + (i % channels)) % drawn.length] as number;
    }
    return { height, width, channels, pixels };
  });
  const steps: ImageSteps = { resize: undefined, crops: [], pixels: plan.steps.pixels ?? UNIT };
  return rowsOf(
    { ...plan, steps },
    { rows, sizeOf: () => ({ height, width }), raster: async (row) => rasters[row] as Raster },
  );
}

/** Limit on the random numbers of an image; a prime, because lines that repeat them then differ. */
const MOST_DRAWN = 16381;

function rowsOf(
  { input, order, steps }: ImagePlan,
  source: {
    readonly rows: number;
    sizeOf(row: number): PixelSize;
    raster(row: number): Promise<Raster>;
  },
): TeacherImages {
  const tables = pixelTables(input, steps.pixels ?? UNIT);
  const { rows, sizeOf, raster } = source;
  const isFixed = typeof input.tensor.shape[0] === 'number' && input.tensor.shape[0] > 0;
  return {
    rows,
    images: true,
    endOf(from, size) {
      const { height, width } = sizeOf(from);
      const fits = Math.max(1, Math.floor(BATCH_NUMBERS / (height * width * input.channels)));
      const most = Math.min(size, isFixed ? size : Math.min(BATCH_ROWS, fits));
      let to = from + 1;
      while (to < rows && to < from + most) {
        const next = sizeOf(to);
        if (next.height !== height || next.width !== width) break;
        to++;
      }
      return to;
    },
    async feed(ort, from, to, batch) {
      const size = sizeOf(from);
      const tensor = openTensor(input, { ...size, rows: batch }, { order, tables });
      for (let row = from; row < to; row++)
        tensor.put(shapeRaster(await raster(row), steps, input.channels), row - from);
      // fill up a call of fixed size with its first row
      for (let row = to - from; row < batch; row++) tensor.repeat(row);
      return { [input.tensor.name]: tensor.finish(ort) };
    },
  };
}
