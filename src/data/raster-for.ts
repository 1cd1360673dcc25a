// An image as a column takes it.
import { toGrey, toRgb } from './image/grey.ts';
import type { Raster } from './image/raster.ts';
import { resize } from './image/resize.ts';
import type { ImageColumn } from './image-column.ts';

/** The image at the size and with the channels of a column. */
export function rasterFor(raster: Raster, { size, channels }: Pick<ImageColumn, 'size' | 'channels'>): Raster {
  const [height, width] = size;
  return resize(channels === 1 ? toGrey(raster) : toRgb(raster), { width, height, filter: 'bilinear' });
}
