// Ranks methods over several comparisons, each with its own data set or teacher.
import { LOWER_IS_BETTER, type Metric } from '../metrics/metric.ts';
import type { Comparison } from './comparison.ts';
import type { Method } from './method.ts';

/** A method's rank over comparisons. */
export interface Rank {
  /** The method. */
  readonly method: Method;
  /** Mean rank over the comparisons, where 1 is best; methods with equal means share the mean of their ranks. */
  readonly meanRank: number;
  /** Number of comparisons in which no method has a better mean. */
  readonly first: number;
}

/**
 * Computes mean ranks (Demšar 2006) by a metric's mean over seeds, the best first. Only comparisons in which every ranked method has
 * a value count.
 * @returns the ranks, and the number of comparisons that count
 */
export function rankMethods(
  comparisons: readonly Comparison[],
  metric: Metric,
  methods: readonly Method[] = comparisons[0]?.methods ?? [],
): { ranks: Rank[]; comparisons: number } {
  const sign = LOWER_IS_BETTER.has(metric) ? 1 : -1;
  const meansOf = ({ summary }: Comparison): number[] =>
    methods.map((method) => {
      const found = summary.find((entry) => entry.method === method && entry.metric === metric);
      return found ? sign * found.mean : NaN;
    });
  const whole = comparisons.map(meansOf).filter((means) => means.length > 0 && means.every(Number.isFinite));
  const place = (means: readonly number[], k: number): number => {
    const own = means[k] as number;
    const better = means.filter((mean) => mean < own).length;
    const equal = means.filter((mean) => mean === own).length;
    return better + (equal + 1) / 2;
  };
  const ranks = methods.map((method, k): Rank => {
    const sum = whole.reduce((total, means) => total + place(means, k), 0);
    return {
      method,
      meanRank: sum / whole.length,
      first: whole.filter((means) => means.every((mean) => (means[k] as number) <= mean)).length,
    };
  });
  return {
    ranks: whole.length > 0 ? ranks.sort((a, b) => a.meanRank - b.meanRank) : [],
    comparisons: whole.length,
  };
}
