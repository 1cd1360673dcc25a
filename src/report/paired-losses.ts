// The difference in log-loss of two models on the same rows.
import { countsIn } from '../data/row-weights.ts';
import { log } from '../kernels/elementary.ts';
import type { Estimate } from '../metrics/metric.ts';
import { Z } from '../metrics/normal.ts';
import { meanWithError } from '../metrics/weighted-mean.ts';

/** Probabilities are clipped as in the log-loss of evaluate. */
const LEAST = 2 ** -52;

/**
 * The mean over rows of the loss of a minus the loss of b, with a 95 % normal interval of the paired differences.
 * @param probabilities of both models, [rows]
 * @param rows labels, 1, 0 or -1 (unlabelled rows are ignored), and weights
 * @returns undefined with fewer than two rows
 */
export function pairedLogLoss(
  [a, b]: readonly [ArrayLike<number>, ArrayLike<number>],
  { labels, weights }: { readonly labels: ArrayLike<number>; readonly weights?: ArrayLike<number> | undefined },
): Estimate | undefined {
  const counts = countsIn({ labels, weights });
  const rows = Array.from({ length: labels.length }, (_, i) => i).filter(counts);
  if (rows.length < 2) return undefined;
  const differences = rows.map((i) => lossOf(a[i] as number, labels[i]) - lossOf(b[i] as number, labels[i]));
  const { mean, error } = meanWithError(differences, weights && rows.map((i) => weights[i] as number));
  return { value: mean, low: mean - Z * error, high: mean + Z * error };
}

function lossOf(probability: number, label: number | undefined): number {
  const p = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return -log(label === 1 ? p : 1 - p);
}
