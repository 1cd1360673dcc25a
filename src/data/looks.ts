// How images look, in a few numbers: brightness, contrast, sharpness, size, and each colour. Label de-biasing sees them, the student does
// not.
import type { Raster } from './image/raster.ts';
import type { ImageStatistics } from './image/statistics.ts';
import type { LookScale } from './image-rows.ts';
import { IMAGE_FIELD, type Matrix } from './matrix.ts';

/** Names of the numbers that describe how an image looks. */
export function lookNames(channels: 1 | 3): readonly string[] {
  const own = ['brightness', 'contrast', 'sharpness', 'log height', 'log width'];
  const each = ['red', 'green', 'blue'].flatMap((name) => [`mean ${name}`, `deviation ${name}`]);
  return channels === 1 ? own : [...own, ...each];
}

/** The numbers of lookNames. */
export function lookNumbers(
  { width, height }: Raster,
  { brightness, contrast, sharpness, mean, std }: ImageStatistics,
  channels: 1 | 3,
): number[] {
  const own = [brightness, contrast, sharpness, log2(height), log2(width)];
  if (channels === 1) return own;
  return [...own, ...[0, 1, 2].flatMap((c) => [mean[c] ?? brightness, std[c] ?? contrast])];
}

/** log2 of a whole number, exact for powers of two and linear between them: the same on every host. */
function log2(n: number): number {
  const whole = 31 - Math.clz32(n);
  return whole + n / 2 ** whole - 1;
}

/** The mean and standard deviation of each of `names` numbers; 1 for a deviation of 0. @param looks [images x names] */
export function lookScale(looks: Float32Array, names: number): LookScale {
  const rows = Math.max(1, looks.length / names);
  const mean = new Float64Array(names);
  looks.forEach((x, i) => {
    mean[i % names] = (mean[i % names] as number) + x / rows;
  });
  const variance = new Float64Array(names);
  looks.forEach((x, i) => {
    variance[i % names] = (variance[i % names] as number) + (x - (mean[i % names] as number)) ** 2 / rows;
  });
  return { mean, std: variance.map((x) => (x > 1e-12 ? Math.sqrt(x) : 1)) };
}

/** How the images of rows look, standardised; float32 [rows x names]. Undefined without images. */
export function looksOf({ images, rows, fields, fieldColumns, data }: Matrix): Float32Array | undefined {
  if (!images) return undefined;
  const field = fieldColumns.indexOf(IMAGE_FIELD);
  const names = lookNames(images.channels).length;
  const raw = new Float32Array(rows * names);
  for (let i = 0; i < rows; i++) {
    const number = data[i * fields + field] as number;
    raw.set(images.looks.subarray(number * names, (number + 1) * names), i * names);
  }
  const { mean, std } = images.lookScale ?? lookScale(raw, names);
  return raw.map((x, i) => (x - (mean[i % names] as number)) / (std[i % names] as number));
}
