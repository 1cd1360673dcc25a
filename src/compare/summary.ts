// From the cells of a comparison to means, paired differences and tests.
import { below, words } from '../kernels/random.ts';
import { STREAM_SEEDS } from '../kernels/streams.ts';
import { interval } from '../metrics/intervals.ts';
import { METRICS, type Metric } from '../metrics/metric.ts';
import { holm, meanInterval, wilcoxon } from '../metrics/paired.ts';
import { COLUMNS } from '../metrics/resample.ts';
import type { Method } from './method.ts';
import { ALL_METHODS, DEBIASED_METHODS } from './methods.ts';

/** The mean of a method over seeds in one metric, with an interval. */
export interface Summary {
  /** Whose mean. */
  readonly method: Method;
  /** Of what. */
  readonly metric: Metric;
  /** Over seeds, with the 95 % t interval; low and high are null for one seed. */
  readonly mean: number;
  /** Of the 95 % t interval; null for one seed. */
  readonly low: number | null;
  /** Of the 95 % t interval; null for one seed. */
  readonly high: number | null;
}

/** One method against another, seed by seed, in one metric. */
export interface Pair {
  /** The one. */
  readonly a: Method;
  /** The other. */
  readonly b: Method;
  /** What is compared. */
  readonly metric: Metric;
  /** a - b over the seeds that both have, with the 95 % t interval. */
  readonly difference: { readonly value: number; readonly low: number | null; readonly high: number | null };
  /** The 95 % interval when seeds and test rows are resampled together. */
  readonly resampled: { readonly low: number | null; readonly high: number | null };
  /** Wilcoxon's signed-rank test over seeds, two-sided; null for fewer than six different pairs. */
  readonly p: number | null;
  /** p after Holm's correction over all rivals of a, for this metric; where a is one of ours. */
  readonly pHolm: number | null;
}

/** Measures of a method under a seed. */
export interface Measured {
  readonly seed: number;
  readonly values: Float64Array;
  readonly resampled: Float64Array;
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

export function summarise(cells: ReadonlyMap<Method, readonly Measured[]>): Summary[] {
  return [...cells].flatMap(([method, runs]) =>
    METRICS.map((metric, column) => {
      const { value, low, high } = meanInterval(runs.map(({ values }) => values[column] as number));
      return { method, metric, mean: value, low: finite(low), high: finite(high) };
    }),
  );
}

/** Every pair of methods, ours first in it, else the later one. @param replicates resamples of the test rows in each cell */
export function pairUp(cells: ReadonlyMap<Method, readonly Measured[]>, replicates: number): Pair[] {
  const methods = ALL_METHODS.filter((method) => cells.has(method));
  const pairs: Pair[] = [];
  for (const a of methods) {
    for (const b of methods.slice(0, methods.indexOf(a))) {
      const [left, right] = [cells.get(a) ?? [], cells.get(b) ?? []];
      const both = left.flatMap((x) => right.filter(({ seed }) => seed === x.seed).map((y) => ({ x, y })));
      if (both.length === 0) continue;
      METRICS.forEach((metric, column) => {
        const differences = both.map(({ x, y }) => (x.values[column] as number) - (y.values[column] as number));
        const { value, low, high } = meanInterval(differences);
        pairs.push({
          a,
          b,
          metric,
          difference: { value, low: finite(low), high: finite(high) },
          resampled: resampleBoth(both, column, replicates, value),
          p: wilcoxon(differences) ?? null,
          pHolm: null,
        });
      });
    }
  }
  return corrected(pairs);
}

/** Percentiles of the mean difference, which they hold, when seeds are drawn with replacement and test rows as each cell's replicates. */
function resampleBoth(
  both: readonly { x: Measured; y: Measured }[],
  column: number,
  replicates: number,
  value: number,
): Pair['resampled'] {
  if (replicates === 0) return { low: null, high: null };
  const draws = words(1, STREAM_SEEDS, 0);
  const means = Float64Array.from({ length: replicates }, (_, r) => {
    const at = r * COLUMNS + column;
    let sum = 0;
    for (let k = 0; k < both.length; k++) {
      const { x, y } = both[below(draws, both.length)] as (typeof both)[number];
      sum += (x.resampled[at] as number) - (y.resampled[at] as number);
    }
    return sum / both.length;
  });
  const { low, high } = interval(means, value);
  return { low: finite(low), high: finite(high) };
}

function corrected(pairs: readonly Pair[]): Pair[] {
  const out = [...pairs];
  for (const a of DEBIASED_METHODS) {
    for (const metric of METRICS) {
      const family = out.flatMap((pair, i) =>
        pair.a === a && pair.metric === metric && !DEBIASED_METHODS.includes(pair.b) ? [i] : [],
      );
      const adjusted = holm(family.map((i) => out[i]?.p ?? undefined));
      family.forEach((i, k) => {
        out[i] = { ...(out[i] as Pair), pHolm: adjusted[k] ?? null };
      });
    }
  }
  return out;
}
