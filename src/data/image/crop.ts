// Cuts a rectangle out of an image.
import type { Raster } from './raster.ts';

/** A rectangle of pixels; it may lie partly or wholly outside the image. */
export interface Rectangle {
  /** The column where it begins; may be negative. */
  readonly left: number;
  /** The row where it begins; may be negative. */
  readonly top: number;
  /** Columns, at least 1. */
  readonly width: number;
  /** Rows, at least 1. */
  readonly height: number;
}

/** A rectangle of an image; pixels outside the image are 0. */
export function crop(raster: Raster, { left, top, width, height }: Rectangle): Raster {
  const { channels } = raster;
  const pixels = new Uint8Array(width * height * channels);
  const from = Math.max(0, left);
  const to = Math.min(raster.width, left + width);
  if (from < to) {
    for (let y = Math.max(0, top); y < Math.min(raster.height, top + height); y++) {
      const row = y * raster.width;
      const target = ((y - top) * width + from - left) * channels;
      pixels.set(raster.pixels.subarray((row + from) * channels, (row + to) * channels), target);
    }
  }
  return { width, height, channels, pixels };
}

/**
 * The middle of an image, as center_crop of transformers cuts it: padded with 0 where the image is smaller.
 * @example
 * centreCrop(raster, { width: 224, height: 224 });
 */
export function centreCrop(
  raster: Raster,
  { width, height }: { readonly width: number; readonly height: number },
): Raster {
  // rounded down: where the image is too small, the odd row or column of padding comes before it
  const left = Math.floor((raster.width - width) / 2);
  const top = Math.floor((raster.height - height) / 2);
  return crop(raster, { left, top, width, height });
}
