// The difference in AUC of two models on the same rows (DeLong, DeLong, Clarke-Pearson 1988).
import { rowsWhere } from '../data/rows-where.ts';
import type { Estimate } from './metric.ts';
import { Z } from './normal.ts';

/**
 * The difference of two AUCs, a minus b, with a 95 % normal interval. Its variance is the variance of the placements of both, which are correlated.
 * @param scores of both models, which rank the rows; [rows]
 * @param labels 1, 0 or -1 [rows]; unlabelled rows are ignored
 * @returns undefined with fewer than two rows of a class
 */
export function pairedAuc(
  scores: readonly [ArrayLike<number>, ArrayLike<number>],
  labels: ArrayLike<number>,
): Estimate | undefined {
  const rowsOf = (label: number): Uint32Array => rowsWhere(labels.length, (i) => labels[i] === label);
  const [ones, zeros] = [rowsOf(1), rowsOf(0)];
  if (ones.length < 2 || zeros.length < 2) return undefined;
  const [a, b] = scores.map((list) => placements(list, ones, zeros)) as [Placements, Placements];
  const differences = (key: keyof Placements): Float64Array => a[key].map((x, i) => x - (b[key][i] as number));
  const [ofOnes, ofZeros] = [spread(differences('ones')), spread(differences('zeros'))];
  const half = Z * Math.sqrt(ofOnes.variance / ones.length + ofZeros.variance / zeros.length);
  return { value: ofOnes.mean, low: ofOnes.mean - half, high: ofOnes.mean + half };
}

/** For each row of class 1 the share of class 0 below it, and for each row of class 0 the share of class 1 above it; ties count half. */
interface Placements {
  readonly ones: Float64Array;
  readonly zeros: Float64Array;
}

function placements(scores: ArrayLike<number>, ones: Uint32Array, zeros: Uint32Array): Placements {
  const valuesOf = (rows: Uint32Array): Float64Array => Float64Array.from(rows, (i) => scores[i] as number);
  const [high, low] = [valuesOf(ones), valuesOf(zeros)];
  const [sortedOnes, sortedZeros] = [high.slice().sort(), low.slice().sort()];
  const below = (sorted: Float64Array, x: number): number =>
    (countBelow(sorted, x, false) + countBelow(sorted, x, true)) / 2;
  return {
    ones: high.map((x) => below(sortedZeros, x) / low.length),
    zeros: low.map((x) => 1 - below(sortedOnes, x) / high.length),
  };
}

/** How many sorted values are below x, or not above it. */
function countBelow(sorted: Float64Array, x: number, orEqual: boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const value = sorted[middle] as number;
    if (value < x || (orEqual && value === x)) from = middle + 1;
    else to = middle;
  }
  return from;
}

function spread(values: Float64Array): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (values.length - 1);
  return { mean, variance };
}
