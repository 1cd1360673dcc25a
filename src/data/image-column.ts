// An image column of a preprocessing: pixels at one size.

/** The size of a student's images, in pixels, and its limits. */
export const IMAGE_SIZE = { usual: 32, least: 8, most: 96 };

/** An image column, encoded as the pixels of the resized image: (x / 255 - mean) / std for each channel. */
export interface ImageColumn {
  /** The column's name in tables and records. */
  readonly name: string;
  /** Pixels. */
  readonly kind: 'image';
  /** Rows and columns of pixels after resizing (bilinear, antialiased), from 8 to 96. */
  readonly size: readonly [height: number, width: number];
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** Mean of x / 255 by channel. */
  readonly mean: readonly number[];
  /** Standard deviation of x / 255 by channel, above 0. */
  readonly std: readonly number[];
  /** Index of its first encoded column. */
  readonly offset: number;
  /** Number of encoded columns: height x width x channels, in this order. */
  readonly width: number;
}
