// Between grey and colour.
import type { Raster } from './raster.ts';

/** The image in grey, as Pillow's convert("L"); the image itself if it is grey. */
export function toGrey(raster: Raster): Raster {
  if (raster.channels === 1) return raster;
  const { width, height, pixels: from } = raster;
  const pixels = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < pixels.length; i++, j += 3) {
    pixels[i] =
      ((from[j] as number) * 19595 + (from[j + 1] as number) * 38470 + (from[j + 2] as number) * 7471 + 0x8000) >> 16;
  }
  return { width, height, channels: 1, pixels };
}

/** The image in red, green and blue; the image itself if it is in colour. */
export function toRgb(raster: Raster): Raster {
  if (raster.channels === 3) return raster;
  const { width, height, pixels: from } = raster;
  const pixels = new Uint8Array(3 * from.length);
  for (let i = 0, j = 0; i < from.length; i++, j += 3) pixels[j] = pixels[j + 1] = pixels[j + 2] = from[i] as number;
  return { width, height, channels: 3, pixels };
}
