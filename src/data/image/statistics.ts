// Numbers that describe an image.
import { toGrey } from './grey.ts';
import type { Raster } from './raster.ts';
import { resize } from './resize.ts';

/** What an image looks like, in a few numbers. Pixels are divided by 255. */
export interface ImageStatistics {
  /** Mean of each channel. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel over the pixels. */
  readonly std: readonly number[];
  /** Mean of the grey image. */
  readonly brightness: number;
  /** Standard deviation of the grey image. */
  readonly contrast: number;
  /**
   * Variance of the Laplacian of the grey image at 64 x 64 pixels (bilinear): at each pixel with four neighbours, their sum minus four times
   * the pixel. The one size makes images of different sizes comparable.
   */
  readonly sharpness: number;
}

/** Rows and columns of the image whose sharpness is computed. */
const SIDE = 64;

/** The statistics of an image. Sums are sums of whole numbers, so they do not depend on their order. */
export function statisticsOf(raster: Raster): ImageStatistics {
  const channels = Array.from({ length: raster.channels }, (_, c) => momentsOf(raster, c));
  const grey = toGrey(raster);
  const { mean, std } = momentsOf(grey, 0);
  return {
    mean: channels.map((channel) => channel.mean),
    std: channels.map((channel) => channel.std),
    brightness: mean,
    contrast: std,
    sharpness: sharpnessOf(resize(grey, { width: SIDE, height: SIDE }).pixels),
  };
}

function momentsOf({ pixels, channels }: Raster, channel: number): { mean: number; std: number } {
  const count = pixels.length / channels;
  let sum = 0;
  let squares = 0;
  for (let i = channel; i < pixels.length; i += channels) {
    const value = pixels[i] as number;
    sum += value;
    squares += value * value;
  }
  return { mean: sum / count / 255, std: Math.sqrt(varianceOf(sum, squares, count)) / 255 };
}

function sharpnessOf(pixels: Uint8Array): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < SIDE - 1; y++) {
    for (let i = y * SIDE + 1; i < (y + 1) * SIDE - 1; i++) {
      const beside = (pixels[i - 1] as number) + (pixels[i + 1] as number);
      const value = beside + (pixels[i - SIDE] as number) + (pixels[i + SIDE] as number) - 4 * (pixels[i] as number);
      sum += value;
      squares += value * value;
    }
  }
  return varianceOf(sum, squares, (SIDE - 2) ** 2) / (255 * 255);
}

function varianceOf(sum: number, squares: number, count: number): number {
  const mean = sum / count;
  return Math.max(0, squares / count - mean * mean);
}
