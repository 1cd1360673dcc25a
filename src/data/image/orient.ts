// Turns and mirrors pixels by the orientation of EXIF.
import type { Raster } from './raster.ts';

/** The image as it is meant to be seen, as Pillow's ImageOps.exif_transpose. @param orientation from 1 (unchanged) to 8 */
export function orient(raster: Raster, orientation: number): Raster {
  if (orientation === 1) return raster;
  const { width: w, height: h, channels, pixels } = raster;
  const swapped = orientation >= 5;
  const [width, height] = swapped ? [h, w] : [w, h];
  // where the first pixel comes from, and how far its source moves with each column and each row of the result
  const right = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  const bottom = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  const acrossX = right ? -1 : 1;
  const acrossY = bottom ? -w : w;
  const perColumn = (swapped ? acrossY : acrossX) * channels;
  const perRow = (swapped ? acrossX : acrossY) * channels;
  const first = ((right ? w - 1 : 0) + (bottom ? h - 1 : 0) * w) * channels;
  const out = new Uint8Array(pixels.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = first + y * perRow;
    for (let x = 0; x < width; x++, from += perColumn) {
      for (let c = 0; c < channels; c++) out[to++] = pixels[from + c] as number;
    }
  }
  return { width, height, channels, pixels: out };
}
