// How a teacher of images takes rows: the types that the rest of debkd sees. open-image.ts makes them, and is loaded on first use.
import type { Tensor } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { AnyTable } from '../data/table.ts';
import type { DebkdError } from '../io/errors.ts';
import type { ImageInputs, ImageLayout } from './image-inputs.ts';
import type { PixelSteps } from './image-steps.ts';
import type { GraphTensor } from './onnx-graph.ts';
import type { Draw } from './random-rows.ts';
import type { Ort } from './runtime.ts';
import type { TableColumns } from './teacher.ts';

/** An input that takes images. */
export interface ImageInput {
  readonly tensor: GraphTensor;
  readonly layout: ImageLayout;
  readonly channels: 1 | 3;
  /** Undefined where the model takes any. */
  readonly height: number | undefined;
  readonly width: number | undefined;
}

/** Element types of inputs that take pixels. */
const TYPES = /^(float32|float16|uint8)$/;
/** Shorter sides are no images. */
const LEAST_SIDE = 8;

/**
 * The input of a model that reads images, among those that its score depends on; undefined for other models. An export may leave all sizes
 * free: then the names of the axes, the input's name or `stated` say where the channels are.
 */
export function imageInput(inputs: readonly GraphTensor[], stated?: ImageLayout): ImageInput | undefined {
  const [tensor] = inputs;
  if (inputs.length !== 1 || !tensor || tensor.shape.length !== 4 || !TYPES.test(tensor.type)) return undefined;
  const sizes = tensor.shape.map((size) => (typeof size === 'number' && size > 0 ? size : undefined));
  const [, second, third, last] = sizes;
  const isChannels = (size: number | undefined): size is 1 | 3 => size === 1 || size === 3;
  const fits = (side: number | undefined): boolean => side === undefined || side >= LEAST_SIDE;
  if (isChannels(second) && fits(third) && fits(last))
    return { tensor, layout: 'channels-first', channels: second, height: third, width: last };
  if (isChannels(last) && fits(second) && fits(third))
    return { tensor, layout: 'channels-last', channels: last, height: second, width: third };
  const isNamed = (axis: number): boolean => /^(c|.*chan.*)$/i.test(String(tensor.shape[axis]));
  const named = isNamed(1) || tensor.name === 'pixel_values' ? 'channels-first' : isNamed(3) ? 'channels-last' : stated;
  if (named === 'channels-first' && second === undefined && fits(third) && fits(last))
    return { tensor, layout: named, channels: 3, height: third, width: last };
  if (named === 'channels-last' && last === undefined && fits(second) && fits(third))
    return { tensor, layout: named, channels: 3, height: second, width: third };
  return undefined;
}

/** Rows of images, in the rows' order. Batches hold images of one size. */
export interface TeacherImages {
  readonly rows: number;
  /** Tells them from rows of tokens. */
  readonly images: true;
  /** The end of the batch that starts at `from`: at most `size` rows of one size. */
  endOf(from: number, size: number): number;
  /** Reads the images of rows [from, to), padded to `batch` rows with the first. */
  feed(ort: Ort, from: number, to: number, batch: number): Promise<Record<string, Tensor>>;
}

/** Reads rows of images as a model's input. */
export interface ImageReading {
  readonly input: ImageInput;
  readonly shown: ImageInputs;
  /** How images enter the input. */
  readonly why: string;
  /** What margins depend on: how images are read. */
  readonly identity: readonly unknown[];
  /** Why margins are refused: how bytes become numbers is open. */
  readonly refusal: DebkdError | undefined;
  /** Whether rows of numbers may enter as well, because nothing was stated about images. */
  readonly takesNumbers: boolean;
  /** The common ways to make numbers of bytes, which labelled rows choose from; empty for an input of bytes. */
  readonly candidates: readonly { readonly name: string; readonly pixels: PixelSteps }[];
  /** This reading with the image column of a table; itself where the column is known. @throws DebkdError `column` */
  forTable(table: Pick<AnyTable, 'name'> & TableColumns): ImageReading;
  /** This reading with another way to make numbers of bytes. @param from where it is from */
  withPixels(pixels: PixelSteps, from: string): ImageReading;
  /** This reading with red and blue exchanged; undefined for grey images. */
  swapped(): ImageReading | undefined;
  /** Plans rows. @throws DebkdError `column` or `teacher` */
  encode(rows: Matrix | RawColumns): TeacherImages;
  /** Rows of random pixels, to probe the model. */
  probe(draw: Pick<Draw, 'rows' | 'source'>): TeacherImages;
}
