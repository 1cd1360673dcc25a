// The weights of Pillow's resizing filters.

/** A filter of Pillow: how far it reaches, in pixels of the smaller image, and its shape. */
interface Filter {
  readonly support: number;
  shape(x: number): number;
}

/** The filters that average; `nearest` takes single pixels. */
export const FILTERS: { readonly [name in 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos']: Filter } = {
  box: { support: 0.5, shape: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, shape: (x) => Math.max(0, 1 - Math.abs(x)) },
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

/** The weights of one side of an image. */
export interface Weights {
  /** The first source pixel of each pixel. */
  readonly starts: Int32Array;
  /** Number of source pixels of each pixel. */
  readonly counts: Int32Array;
  /** `size` for each pixel, of which `counts` are used; whole numbers, 2^22 is 1. */
  readonly weights: Int32Array;
  /** Weights from one pixel to the next. */
  readonly size: number;
}

/** Recent weights; the images of a data set mostly share a few sizes. */
const cache: Map<string, Weights> = /* @__PURE__ */ new Map();
const MAX_CACHED = 64;

/** The weights that resize `from` pixels to `to`. */
export function weightsOf(from: number, to: number, filter: keyof typeof FILTERS): Weights {
  const key = `${filter} ${from} ${to}`;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value as string);
  const made = computeWeights(from, to, FILTERS[filter]);
  cache.set(key, made);
  return made;
}

function computeWeights(from: number, to: number, filter: Filter): Weights {
  const scale = from / to;
  // a smaller image averages over as many pixels as become one
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const size = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * size);
  const shape = new Float64Array(size);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = filter.shape((k + start - centre + 0.5) * (1 / stretch));
      shape[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) {
      const share = (sum === 0 ? (shape[k] as number) : (shape[k] as number) / sum) * 2 ** 22;
      weights[i * size + k] = Math.trunc(share < 0 ? share - 0.5 : share + 0.5);
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, size };
}

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
