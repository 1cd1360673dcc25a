// Resizes images as Pillow does, to the byte.

import { FILTERS, type ResizeFilter } from './filters.ts';
import type { Raster } from './raster.ts';
import { resample } from './resample.ts';

/** The size and the filter of a resized image. */
export interface Resizing {
  /** Columns, at least 1. */
  readonly width: number;
  /** Rows, at least 1. */
  readonly height: number;
  /** Default: bilinear. */
  readonly filter?: ResizeFilter | undefined;
}

/** The image in another size; the image itself if it has that size. */
export function resize(raster: Raster, { width, height, filter = 'bilinear' }: Resizing): Raster {
  if (raster.width === width && raster.height === height) return raster;
  if (filter === 'nearest') return nearest(raster, width, height);
  return resample(raster, width, height, FILTERS[filter]);
}

function nearest(raster: Raster, width: number, height: number): Raster {
  const { channels, pixels: from } = raster;
  const columns = nearestOf(raster.width, width);
  const rows = nearestOf(raster.height, height);
  const pixels = new Uint8Array(width * height * channels);
  let to = 0;
  for (const y of rows) {
    for (const x of columns) {
      const at = (y * raster.width + x) * channels;
      for (let c = 0; c < channels; c++, to++)
        pixels[to] = x < raster.width && y < raster.height ? (from[at + c] as number) : 0;
    }
  }
  return { width, height, channels, pixels };
}

/** The source of each pixel. Pillow adds up steps, and so rounds them; the sum may end behind the last pixel, which gives 0. */
function nearestOf(from: number, to: number): Int32Array {
  const step = from / to;
  let at = step * 0.5;
  return Int32Array.from({ length: to }, () => {
    const index = Math.trunc(at);
    at += step;
    return index;
  });
}
