// Decoded pixels: the form that images have between decoding, resizing and a model's input.

/** The pixels of an image, 8 bits per channel. */
export interface Raster {
  /** Columns of pixels. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** Row by row from the top, the channels of a pixel together; uint8 [height x width x channels]. */
  readonly pixels: Uint8Array;
}
