// Stacking: a mean of several maps' margins, its weights on the simplex chosen by the labels (Breiman 1996).
import { exp, sigmoid } from '../kernels/elementary.ts';

const STEPS = 400;
/** Weights below this are left out. */
const LEAST = 0.01;

/**
 * Weights w, at or above 0 and 1 in sum, with a low log-loss of sum w_i z_i on the labelled rows; by exponentiated gradient
 * steps of falling size, float64 in the order of the rows.
 * @param margins cross-fitted margins of each map, float64 [rows]
 */
export function stackWeights(margins: readonly Float64Array[], labels: ArrayLike<number>): Float64Array {
  const rows = Array.from({ length: labels.length }, (_, i) => i).filter((i) => (labels[i] as number) >= 0);
  let weights = new Float64Array(margins.length).fill(1 / margins.length);
  for (let step = 0; step < STEPS; step++) {
    const gradient = new Float64Array(margins.length);
    for (const i of rows) {
      let z = 0;
      for (let k = 0; k < margins.length; k++) z += (weights[k] as number) * (margins[k]?.[i] as number);
      const residual = sigmoid(z) - (labels[i] as number);
      for (let k = 0; k < margins.length; k++) {
        gradient[k] = (gradient[k] as number) + residual * (margins[k]?.[i] as number);
      }
    }
    const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    if (largest === 0) break;
    const length = 2 / (1 + step / 40) / largest;
    weights = normalise(weights.map((w, k) => w * exp(-length * (gradient[k] as number))));
  }
  return normalise(weights.map((w) => (w < LEAST ? 0 : w)));
}

function normalise(weights: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}

/** sum over k of weights[k] margins[k]; float64 [rows]. */
export function weightedMean(weights: ArrayLike<number>, margins: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(margins[0]?.length ?? 0);
  margins.forEach((column, k) => {
    const w = weights[k] as number;
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + w * (column[i] as number);
  });
  return out;
}
