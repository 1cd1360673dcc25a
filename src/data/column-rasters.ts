// The images of a column, decoded at a student's size.
import type { ImageColumn } from './image-column.ts';
import type { LookScale } from './image-rows.ts';

/** Size and channels of decoded images. */
export type RasterForm = Pick<ImageColumn, 'size' | 'channels'>;

/** The images of a column at one size. */
export interface Rasters extends RasterForm {
  /** The place of each code's image among the pixels; -1 for one that was not decoded; [codes]. */
  readonly places: Int32Array;
  /** uint8 [images x height x width x channels] */
  readonly pixels: Uint8Array;
  /** What each image looks like, as lookNames names it; float32 [images x names]. */
  readonly looks: Float32Array;
  /** How looks are standardised; absent where the rows at hand decide. */
  readonly lookScale?: LookScale | undefined;
}
