// Makes a model's input of decoded images: resizes, takes the centre, and turns bytes into numbers.
import type { Tensor } from 'onnxruntime-web/wasm';
import { crop } from '../data/image/crop.ts';
import { toGrey } from '../data/image/grey.ts';
import type { Raster } from '../data/image/raster.ts';
import { resize } from '../data/image/resize.ts';
import { floatToHalf } from '../io/half.ts';
import type { ImageOrder } from './image-inputs.ts';
import type { ImageInput } from './image-reading.ts';
import {
  type CropStep,
  type ImageSteps,
  type PixelSize,
  type PixelSteps,
  pixelTable,
  resizedSize,
} from './image-steps.ts';
import type { Ort } from './runtime.ts';

/** Resizes an image and takes its centre. A grey one of a model of colours stays grey: its channels are equal. */
export function shapeRaster(
  raster: Raster,
  { resize: resizing, crops }: Pick<ImageSteps, 'resize' | 'crops'>,
  channels: 1 | 3,
): Raster {
  let shaped = channels === 1 && raster.channels === 3 ? toGrey(raster) : raster;
  if (resizing) {
    const { height, width } = resizedSize(shaped, resizing);
    if (height !== shaped.height || width !== shaped.width)
      shaped = resize(shaped, { width, height, filter: resizing.filter });
  }
  for (const step of crops) shaped = centreOf(shaped, step);
  return shaped;
}

/** The centre of an image. A smaller image is filled up with zeros as transformers and torchvision do. */
export function centreOf(raster: Raster, { size: [height, width], rounds }: CropStep): Raster {
  if (raster.height === height && raster.width === width) return raster;
  const [top, left] = [startOf(raster.height - height, rounds), startOf(raster.width - width, rounds)];
  return crop(raster, { top, left, width, height });
}

/** The first row or column of the centre; negative where the image is smaller. */
function startOf(margin: number, rounds: CropStep['rounds']): number {
  const low = Math.floor(margin / 2);
  if (rounds === 'down' || Number.isInteger(margin / 2)) return low;
  // torchvision puts the smaller half of the missing pixels in front
  return margin < 0 || low % 2 !== 0 ? low + 1 : low;
}

/** The tables of 256 numbers, by channel as they enter. */
type Tables = readonly (Float32Array | Uint16Array | Uint8Array)[];

/** The tables of an input. */
export function pixelTables({ tensor: { type }, channels }: ImageInput, pixels: PixelSteps): Tables {
  return Array.from({ length: channels }, (_, channel) => {
    if (type === 'uint8') return Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const table = pixelTable(pixels, channel);
    return type === 'float16' ? Uint16Array.from(table, floatToHalf) : table;
  });
}

/** Opens the tensor of a batch. @param tables of pixelTables */
export function openTensor(
  { tensor: { type }, layout, channels }: ImageInput,
  { rows, height, width }: PixelSize & { readonly rows: number },
  { order, tables }: { readonly order: ImageOrder; readonly tables: Tables },
): { put(raster: Raster, row: number): void; repeat(row: number): void; finish(ort: Ort): Tensor } {
  const size = height * width;
  const List = type === 'uint8' ? Uint8Array : type === 'float16' ? Uint16Array : Float32Array;
  const values = new List(rows * channels * size);
  const isFirst = layout === 'channels-first';
  return {
    put({ pixels, channels: own }, row) {
      for (let channel = 0; channel < channels; channel++) {
        const table = tables[channel] as Float32Array;
        const source = own === 1 ? 0 : order === 'bgr' ? 2 - channel : channel;
        const step = isFirst ? 1 : channels;
        let at = row * channels * size + (isFirst ? channel * size : channel);
        for (let i = source; i < size * own; i += own) {
          values[at] = table[pixels[i] as number] as number;
          at += step;
        }
      }
    },
    repeat(row) {
      values.copyWithin(row * channels * size, 0, channels * size);
    },
    finish(ort) {
      const dims = isFirst ? [rows, channels, height, width] : [rows, height, width, channels];
      return new ort.Tensor(type as 'float32', values as Float32Array, dims);
    },
  };
}
