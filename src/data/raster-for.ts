// An image as a column takes it.
import { toGrey, toRgb } from './image/grey.ts';
import type { Raster } from './image/raster.ts';
import { resample } from './image/resample.ts';
import { BILINEAR } from './image/resize-weights.ts';
import type { ImageColumn } from './image-column.ts';

/** The image at the size and with the channels of a column. */
export function rasterFor(raster: Raster, { size, channels }: Pick<ImageColumn, 'size' | 'channels'>): Raster {
  const [height, width] = size;
  return resample(channels === 1 ? toGrey(raster) : toRgb(raster), width, height, BILINEAR);
}
