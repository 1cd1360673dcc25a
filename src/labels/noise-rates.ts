// Estimates label noise by confident learning (Northcutt, Jiang, Chuang 2021).
import { sigmoid } from '../kernels/elementary.ts';

/** Class-conditional noise rates. */
export interface NoiseRates {
  /** P(label 1 | true class 0). */
  readonly r0: number;
  /** P(label 0 | true class 1). */
  readonly r1: number;
}

/** Rates are clipped to this range: at 0 a label would override any margin, at .5 it would have no effect. */
const MIN_RATE = 1e-3;
const MAX_RATE = 0.49;

/**
 * Estimates class-conditional noise rates. A row counts as truly j if its probability of j reaches the mean probability of j
 * among the rows labelled j; a row that reaches both counts for the more probable class. Counts are scaled to the number of rows
 * with each label. With weights, each row counts as its weight.
 * @param margins out-of-sample (cross-fitted) margins, float64 [rows]
 * @param labels 1, 0 or -1 [rows]
 * @param weights float64 [rows]; default: all 1
 * @returns rates from .001 to .49
 */
export function noiseRates(margins: Float64Array, labels: Int8Array, weights?: Float64Array): NoiseRates {
  const sum = [0, 0];
  const rows = [0, 0];
  const givenLabel = (i: number, y: number): number =>
    sigmoid(y === 1 ? (margins[i] as number) : -(margins[i] as number));
  labels.forEach((y, i) => {
    if (y < 0) return;
    const weight = weights?.[i] ?? 1;
    sum[y] = (sum[y] as number) + weight * givenLabel(i, y);
    rows[y] = (rows[y] as number) + weight;
  });
  const [threshold0, threshold1] = [0, 1].map((y) => (rows[y] ? (sum[y] as number) / rows[y] : 0)) as [number, number];
  // counts[label][truth]
  const counts = [
    [0, 0],
    [0, 0],
  ] as [[number, number], [number, number]];
  labels.forEach((y, i) => {
    if (y < 0) return;
    const [zero, one] = [givenLabel(i, 0), givenLabel(i, 1)];
    const [is0, is1] = [zero >= threshold0, one >= threshold1];
    if (!is0 && !is1) return;
    counts[y as 0 | 1][is1 && (!is0 || one > zero) ? 1 : 0] += weights?.[i] ?? 1;
  });
  const joint = counts.map(([a, b], y) => {
    const scale = a + b > 0 ? (rows[y] as number) / (a + b) : 0;
    return [a * scale, b * scale];
  }) as [[number, number], [number, number]];
  const share = (part: number, rest: number): number => {
    return part + rest > 0 ? Math.min(MAX_RATE, Math.max(MIN_RATE, part / (part + rest))) : MIN_RATE;
  };
  return { r0: share(joint[1][0], joint[0][0]), r1: share(joint[0][1], joint[1][1]) };
}
