// Pillow's resizing filters.
import { BILINEAR, type Filter } from './resize-weights.ts';

/** The filters that average; `nearest` takes single pixels. */
export const FILTERS: { readonly [name in 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos']: Filter } = {
  box: { support: 0.5, shape: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: BILINEAR,
  hamming: {
    support: 1,
    shape(x) {
      if (x === 0) return 1;
      // Pillow has these two numbers in 32 bits
      return Math.abs(x) >= 1 ? 0 : sinc(x) * (Math.fround(0.54) + Math.fround(0.46) * sinPi(x + 0.5));
    },
  },
  bicubic: {
    support: 2,
    shape(signed) {
      const x = Math.abs(signed);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    },
  },
  lanczos: { support: 3, shape: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** The filters of resizing. */
export type ResizeFilter = 'nearest' | keyof typeof FILTERS;

/** Pillow's numbers of the filters, which preprocessor_config.json has as `resample`. */
export const RESAMPLE: readonly ResizeFilter[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

function sinc(x: number): number {
  return x === 0 ? 1 : sinPi(x) / (x * Math.PI);
}

/** sin(pi x), the same on every host. */
function sinPi(x: number): number {
  const whole = Math.floor(x + 0.5);
  const r = (x - whole) * Math.PI;
  // Taylor's series: |r| <= pi / 2, so the first term left out is below 1e-17
  let term = r;
  let sum = r;
  for (let n = 2; n < 24; n += 2) {
    term *= (-r * r) / (n * (n + 1));
    sum += term;
  }
  return whole % 2 === 0 ? sum : -sum;
}
