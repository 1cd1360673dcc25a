// The steps from an image to the numbers that a model takes.
import type { ImageFilter } from './image-inputs.ts';

/** Resizing to both sides, or so that the shorter side has a length. */
export interface ResizeStep {
  readonly filter: ImageFilter;
  readonly to: readonly [height: number, width: number] | number;
}

/** The centre of an image; an image that is smaller is filled up with black. */
export interface CropStep {
  readonly size: readonly [height: number, width: number];
  /** How half a pixel of margin is rounded: down, or to the even neighbour as torchvision does. */
  readonly rounds: 'down' | 'even';
}

/** How a byte becomes a number: times `scale`, plus `shift`, minus the mean of its channel, over its standard deviation. */
export interface PixelSteps {
  readonly scale: number;
  readonly shift: number;
  /** By channel in the order in which they enter, or one for all; undefined where nothing is subtracted or divided. */
  readonly mean: readonly number[] | undefined;
  readonly std: readonly number[] | undefined;
  /** A further division, which EfficientNet has; by channel. */
  readonly again?: readonly number[] | undefined;
}

/** The steps, in their order. */
export interface ImageSteps {
  /** Undefined: images keep their size. */
  readonly resize: ResizeStep | undefined;
  readonly crops: readonly CropStep[];
  /** Undefined: labelled rows are to decide. */
  readonly pixels: PixelSteps | undefined;
}

/** Rows and columns of an image. */
export interface PixelSize {
  readonly height: number;
  readonly width: number;
}

/** The size after resizing. The longer side is cut to a whole number, as torchvision and transformers do it. */
export function resizedSize({ height, width }: PixelSize, { to }: ResizeStep): PixelSize {
  if (typeof to !== 'number') return { height: to[0], width: to[1] };
  const [short, long] = width <= height ? [width, height] : [height, width];
  const longer = Math.max(1, Math.floor((to * long) / short));
  return width <= height ? { height: longer, width: to } : { height: to, width: longer };
}

/** The size of what enters. */
export function finalSize(size: PixelSize, { resize, crops }: Pick<ImageSteps, 'resize' | 'crops'>): PixelSize {
  const crop = crops.at(-1);
  if (crop) return { height: crop.size[0], width: crop.size[1] };
  return resize ? resizedSize(size, resize) : size;
}

/** The only size of what enters; undefined where it depends on the image. */
export function onlySize({
  resize,
  crops,
}: Pick<ImageSteps, 'resize' | 'crops'>): readonly [number, number] | undefined {
  const crop = crops.at(-1);
  if (crop) return crop.size;
  return resize && typeof resize.to !== 'number' ? resize.to : undefined;
}

/** The numbers of the 256 bytes for a channel, rounded to float32 after each step as numpy and PyTorch do. */
export function pixelTable({ scale, shift, mean, std, again }: PixelSteps, channel: number): Float32Array<ArrayBuffer> {
  const of = (list: readonly number[] | undefined, none: number): number =>
    Math.fround(list?.[list.length === 1 ? 0 : channel] ?? none);
  const [m, s, d] = [of(mean, 0), of(std, 1), of(again, 1)];
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const scaled = Math.fround(Math.fround(byte * scale) + shift);
    return Math.fround(Math.fround(Math.fround(scaled - m) / s) / d);
  });
}

/** How bytes become numbers, in words. */
export function describePixels(pixels: PixelSteps | undefined): string {
  if (!pixels) return 'open';
  const { scale, shift, mean, std, again } = pixels;
  const range = rangeOf(scale, shift);
  const further = again ? `, over ${again.map(short).join(', ')}` : '';
  if (!mean && !std) return `${range}${further}`;
  const shown = (list: readonly number[] | undefined, none: number): string =>
    (list ?? [none]).every((x, _, all) => x === all[0])
      ? short(list?.[0] ?? none)
      : `[${(list ?? []).map(short).join(', ')}]`;
  return `${range}, mean ${shown(mean, 0)}, std ${shown(std, 1)}${further}`;
}

function rangeOf(scale: number, shift: number): string {
  const end = 255 * scale + shift;
  const isNear = (x: number, y: number): boolean => Math.abs(x - y) < 1e-6;
  if (isNear(shift, 0) && isNear(end, 1)) return 'bytes / 255';
  if (isNear(shift, 0) && isNear(end, 255)) return 'bytes as they are';
  return `bytes x ${short(scale)}${shift === 0 ? '' : ` ${shift < 0 ? '-' : '+'} ${short(Math.abs(shift))}`}`;
}

const short = (x: number): string => String(Number(x.toPrecision(6)));
