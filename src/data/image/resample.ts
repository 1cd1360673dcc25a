// The two passes of a resizing filter, in fixed-point numbers of 22 bits as in Pillow, each rounded to bytes.

import type { Raster } from './raster.ts';
import { type Filter, weightsOf } from './resize-weights.ts';

/** Bits after the point of a weight. */
const BITS = 22;
const HALF = 1 << (BITS - 1);

/** The image in another size, by a filter that averages; the image itself if it has that size. */
export function resample(raster: Raster, width: number, height: number, filter: Filter): Raster {
  const wide = raster.width === width ? raster : resizeRows(raster, width, filter);
  return raster.height === height ? wide : resizeColumns(wide, height, filter);
}

function resizeRows(raster: Raster, width: number, filter: Filter): Raster {
  const { height, channels, pixels: from } = raster;
  const { starts, counts, weights, size } = weightsOf(raster.width, width, filter);
  const pixels = new Uint8Array(width * height * channels);
  const stride = raster.width * channels;
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const first = y * stride + (starts[x] as number) * channels;
      const end = x * size + (counts[x] as number);
      if (channels === 1) {
        let sum = HALF;
        for (let k = x * size, at = first; k < end; k++)
          sum = (sum + Math.imul(from[at++] as number, weights[k] as number)) | 0;
        pixels[to++] = byteOf(sum);
        continue;
      }
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let k = x * size, at = first; k < end; k++, at += 3) {
        const weight = weights[k] as number;
        red = (red + Math.imul(from[at] as number, weight)) | 0;
        green = (green + Math.imul(from[at + 1] as number, weight)) | 0;
        blue = (blue + Math.imul(from[at + 2] as number, weight)) | 0;
      }
      pixels[to] = byteOf(red);
      pixels[to + 1] = byteOf(green);
      pixels[to + 2] = byteOf(blue);
      to += 3;
    }
  }
  return { width, height, channels, pixels };
}

function resizeColumns(raster: Raster, height: number, filter: Filter): Raster {
  const { width, channels, pixels: from } = raster;
  const { starts, counts, weights, size } = weightsOf(raster.height, height, filter);
  const stride = width * channels;
  const pixels = new Uint8Array(stride * height);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < (counts[y] as number); k++) {
      const weight = weights[y * size + k] as number;
      const row = ((starts[y] as number) + k) * stride;
      for (let x = 0; x < stride; x++) sums[x] = ((sums[x] as number) + Math.imul(from[row + x] as number, weight)) | 0;
    }
    const to = y * stride;
    for (let x = 0; x < stride; x++) pixels[to + x] = byteOf(sums[x] as number);
  }
  return { width, height, channels, pixels };
}

function byteOf(sum: number): number {
  const value = sum >> BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
