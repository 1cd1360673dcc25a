// The weights of resizing.

/** A filter of Pillow: how far it reaches, in pixels of the smaller image, and its shape. */
export interface Filter {
  readonly support: number;
  shape(x: number): number;
}

/** The mean of neighbours, weighted by a triangle. Apart from the others, because students take no other. */
export const BILINEAR: Filter = { support: 1, shape: (x) => Math.max(0, 1 - Math.abs(x)) };

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

/** Recent weights of each filter; the images of a data set mostly share a few sizes. */
const cache: Map<Filter, Map<string, Weights>> = /* @__PURE__ */ new Map();
const MAX_CACHED = 64;

/** The weights that resize `from` pixels to `to`. */
export function weightsOf(from: number, to: number, filter: Filter): Weights {
  const own = cache.get(filter) ?? new Map<string, Weights>();
  cache.set(filter, own);
  const key = `${from} ${to}`;
  const known = own.get(key);
  if (known) return known;
  if (own.size >= MAX_CACHED) own.delete(own.keys().next().value as string);
  const made = computeWeights(from, to, filter);
  own.set(key, made);
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
