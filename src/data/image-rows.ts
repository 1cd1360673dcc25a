// Images as part of encoded rows: bytes of pixels, and the value of each byte.

/** How the pixels of images enter a row. */
export interface ImageForm {
  /** Rows and columns of pixels. */
  readonly size: readonly [height: number, width: number];
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** Mean and standard deviation of x / 255 by channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Index of the first encoded column of the pixels. */
  readonly offset: number;
}

/** Mean and standard deviation of each number that says how images look; float64 [names]. */
export interface LookScale {
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** The images of a matrix. */
export interface ImageRows extends ImageForm {
  /** uint8 [images x height x width x channels] */
  readonly pixels: Uint8Array;
  /** What each image looks like (looks.ts), for label de-biasing; float32 [images x names]. */
  readonly looks: Float32Array;
  /** How looks are standardised: by the training rows; default by the rows at hand. */
  readonly lookScale?: LookScale;
}

/** The images of a column at one size. */
export interface Rasters extends Pick<ImageForm, 'size' | 'channels'> {
  /** The place of each code's image among the pixels; -1 for one that was not decoded; [codes]. */
  readonly places: Int32Array;
  /** uint8 [images x height x width x channels] */
  readonly pixels: Uint8Array;
  /** What each image looks like, as lookNames names it; float32 [images x names]. */
  readonly looks: Float32Array;
  /** How looks are standardised; absent where the rows at hand decide. */
  readonly lookScale?: LookScale | undefined;
}

/** The form alone. */
export function formOf({ size, channels, mean, std, offset }: ImageForm): ImageForm {
  return { size, channels, mean, std, offset };
}

/** Whether two lists of rows have the same form of images, or both none. */
export function sameForm(a: ImageForm | undefined, b: ImageForm | undefined): boolean {
  return a === b || JSON.stringify(a && formOf(a)) === JSON.stringify(b && formOf(b));
}

/** Number of values of an image. */
export function imageLength({ size, channels }: Pick<ImageForm, 'size' | 'channels'>): number {
  return size[0] * size[1] * channels;
}

/** The value of each byte by channel, float32 [channels x 256]: (x / 255 - mean) / std. */
export function byteValues({ channels, mean, std }: Pick<ImageForm, 'channels' | 'mean' | 'std'>): Float32Array {
  return Float32Array.from(
    { length: 256 * channels },
    (_, i) => ((i & 255) / 255 - (mean[i >> 8] as number)) / (std[i >> 8] as number),
  );
}

/** The values of the pixels of an image, float32 [height x width x channels]. */
export function pixelValues(images: ImageRows, number: number): Float32Array {
  const { channels, pixels } = images;
  const length = imageLength(images);
  const values = byteValues(images);
  return Float32Array.from(
    pixels.subarray(number * length, (number + 1) * length),
    (byte, i) => values[(i % channels) * 256 + byte] as number,
  );
}

/** Joins lists of images. `before`: the number of images before those of each part; undefined without images. */
export function concatImages(
  parts: readonly (ImageRows | undefined)[],
): { readonly images: ImageRows; readonly before: readonly number[] } | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const distinct = [...new Set(parts as readonly ImageRows[])];
  if (distinct.length === 1) return { images: first, before: parts.map(() => 0) };
  const length = imageLength(first);
  const pixels = new Uint8Array(distinct.reduce((sum, part) => sum + part.pixels.length, 0));
  const looks = new Float32Array(distinct.reduce((sum, part) => sum + part.looks.length, 0));
  const starts = new Map<ImageRows, number>();
  let at = 0;
  let look = 0;
  for (const part of distinct) {
    starts.set(part, at / length);
    pixels.set(part.pixels, at);
    looks.set(part.looks, look);
    at += part.pixels.length;
    look += part.looks.length;
  }
  return { images: { ...first, pixels, looks }, before: parts.map((part) => starts.get(part as ImageRows) as number) };
}
