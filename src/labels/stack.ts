// Stacking (Wolpert 1992): a weighted mean of several maps' margins, with nonnegative weights (Breiman 1996) that sum to 1.
import { exp } from '../kernels/elementary.ts';
import { openArena } from '../kernels/memory.ts';

const STEPS = 400;
/** Smaller weights are set to 0. */
const MIN_WEIGHT = 0.01;

/**
 * Minimises the (weighted) log-loss of sum_k w_k z_k on the labelled rows over the simplex (w_k >= 0, sum 1), by 400 exponentiated gradient
 * steps (Kivinen, Warmuth 1997) of decreasing size. Sums are float64 in the order of the rows.
 * @param margins cross-fitted margins z of each map, float64 [rows]
 * @param labels 1, 0 or -1 [rows]
 * @param rowWeights float64 [rows]; default: all 1
 * @returns w, float64 [maps]
 */
export function stackWeights(
  margins: readonly Float64Array[],
  labels: Int8Array,
  rowWeights?: Float64Array,
): Float64Array {
  using arena = openArena();
  const { kernels } = arena;
  const k = margins.length;
  const n = labels.length;
  const rows = new Float64Array(n * k);
  margins.forEach((column, j) => {
    for (let i = 0; i < n; i++) rows[i * k + j] = column[i] as number;
  });
  const [z, y, r] = [arena.put(rows), arena.put(labels), rowWeights ? arena.put(rowWeights) : 0];
  const [at, out] = [arena.reserve(8 * k), arena.reserve(8 * k)];
  let weights = new Float64Array(k).fill(1 / k);
  for (let step = 0; step < STEPS; step++) {
    arena.write(at, weights);
    kernels.stackGradient(z, k, n, y, at, out, r);
    const gradient = arena.f64(out, k);
    const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    if (largest === 0) break;
    const length = 2 / (1 + step / 40) / largest;
    weights = normalise(weights.map((w, j) => w * exp(-length * (gradient[j] as number))));
  }
  return normalise(weights.map((w) => (w < MIN_WEIGHT ? 0 : w)));
}

function normalise(weights: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}

/** The sum over k of weights[k] * margins[k]; float64 [rows]. */
export function weightedMean(weights: ArrayLike<number>, margins: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(margins[0]?.length ?? 0);
  margins.forEach((column, k) => {
    const w = weights[k] as number;
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + w * (column[i] as number);
  });
  return out;
}
