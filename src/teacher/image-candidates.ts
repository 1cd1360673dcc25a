// The common ways to make numbers of bytes, which labelled rows choose from where nothing states one.
import type { PixelSteps } from './image-steps.ts';

/** Bytes as they are. */
export const RAW: PixelSteps = { scale: 1, shift: 0, mean: undefined, std: undefined };

/** A division by 255. */
export const UNIT: PixelSteps = { scale: 1 / 255, shift: 0, mean: undefined, std: undefined };

/** The candidates; grey models take the mean over the channels. */
export const COMMON: readonly { readonly name: string; readonly pixels: PixelSteps }[] = [
  { name: 'bytes / 255', pixels: UNIT },
  {
    name: 'bytes / 255 with the mean and standard deviation of ImageNet',
    pixels: { ...UNIT, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
  { name: 'bytes / 255 with mean .5 and standard deviation .5', pixels: { ...UNIT, mean: [0.5], std: [0.5] } },
  { name: 'bytes as they are', pixels: RAW },
];
