// How methods rank over several comparisons, one a data set or teacher.
import { LOWER_IS_BETTER, type Metric } from '../metrics/metric.ts';
import type { Comparison } from './comparison.ts';
import type { Method } from './method.ts';

/** The mean rank of a method over comparisons. */
export interface Rank {
  /** Whose rank. */
  readonly method: Method;
  /** Over the comparisons, 1 the best; methods with equal means share the mean of their places. */
  readonly meanRank: number;
  /** Comparisons where the method's mean is the best. */
  readonly first: number;
}

/**
 * Mean ranks by a metric's mean over seeds (Demšar 2006), the best first, over the comparisons in which every method that is
 * ranked has a value; `comparisons` says how many these are.
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
