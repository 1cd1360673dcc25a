// Differences of two estimates, and what they show.
import { log } from '../kernels/elementary.ts';
import type { Estimate } from '../metrics/metric.ts';

/** What a difference shows: the interval excludes 0 on one side, or contains it. */
export type Change = 'better' | 'worse' | 'none';

/**
 * The difference a − b with a 95 % interval from the intervals of both (square and add: Newcombe 1998; Zou, Donner 2008). It takes them as
 * independent; models on the same rows agree more, so that the interval is rather too wide.
 */
export function differenceOf(first: Estimate, second: Estimate): Estimate {
  const [a, b] = [first, second].map(whole) as [Estimate, Estimate];
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2),
    high: value + Math.sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2),
  };
}

/** An estimate whose undefined values are NaN, as in memory; JSON has null. */
export function whole({ value, low, high }: Estimate): Estimate {
  return { value: value ?? NaN, low: low ?? NaN, high: high ?? NaN };
}

/**
 * What a difference of the student from another model shows; undefined without an interval.
 * @param comparisons how many differences are looked at together; their intervals are widened so that all of them hold with 95 %
 * (Bonferroni); default 1
 */
export function changeOf(
  difference: Estimate | undefined,
  lowerIsBetter: boolean,
  comparisons = 1,
): Change | undefined {
  // undefined values are NaN in memory and null in JSON
  if (!difference || !Number.isFinite(difference.low) || !Number.isFinite(difference.high)) return undefined;
  const { value } = difference;
  const by = widening(comparisons);
  const [low, high] = [value - by * (value - difference.low), value + by * (difference.high - value)];
  if (low <= 0 && high >= 0) return 'none';
  return high < 0 === lowerIsBetter ? 'better' : 'worse';
}

/** The normal quantile of 1 − .025 / m divided by that of .975 (Abramowitz and Stegun 1964, 26.2.23; error below 3e-4). */
export function widening(comparisons: number): number {
  return comparisons === 1 ? 1 : upperQuantile(0.025 / comparisons) / upperQuantile(0.025);
}

function upperQuantile(p: number): number {
  const t = Math.sqrt(-2 * log(p));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  return t - above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
