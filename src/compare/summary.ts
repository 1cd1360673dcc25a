// Summarises the cells of a comparison: means, paired differences, tests.
import { below, words } from '../kernels/random.ts';
import { STREAM_SEEDS } from '../kernels/streams.ts';
import { holm } from '../metrics/holm.ts';
import { interval } from '../metrics/intervals.ts';
import { METRICS, type Metric } from '../metrics/metric.ts';
import { meanInterval, wilcoxon } from '../metrics/paired.ts';
import { COLUMNS } from '../metrics/resample.ts';
import type { Method } from './method.ts';
import { DEBIASED_METHODS } from './methods.ts';

/** The mean of a metric over seeds for one method, with its interval. */
export interface Summary {
  /** The method. */
  readonly method: Method;
  /** The metric. */
  readonly metric: Metric;
  /** Mean over seeds. */
  readonly mean: number;
  /** Lower end of the 95 % t interval over seeds; null for one seed. */
  readonly low: number | null;
  /** Upper end of the 95 % t interval over seeds; null for one seed. */
  readonly high: number | null;
}

/** Two methods compared seed by seed in one metric. */
export interface Pair {
  /** The first method. */
  readonly a: Method;
  /** The second method. */
  readonly b: Method;
  /** The metric. */
  readonly metric: Metric;
  /** Mean of a - b over the seeds that both have, with its 95 % t interval; null for one seed. */
  readonly difference: { readonly value: number; readonly low: number | null; readonly high: number | null };
  /** 95 % interval of the mean when seeds and test rows are resampled together; null without replicates. */
  readonly resampled: { readonly low: number | null; readonly high: number | null };
  /** Two-sided p-value of the signed-rank test over seeds (Wilcoxon 1945); null with fewer than six pairs that differ. */
  readonly p: number | null;
  /** p corrected over all rivals of a in this metric (Holm 1979); null where a is not a de-biased method, or b is one. */
  readonly pHolm: number | null;
}

/** Metrics of a method with a seed: on the test rows, and on their resamples [replicates x metrics]. */
export interface Measured {
  readonly seed: number;
  readonly values: Float64Array;
  readonly resampled: Float64Array;
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** Computes each method's means over seeds. */
export function summarise(cells: ReadonlyMap<Method, readonly Measured[]>): Summary[] {
  return [...cells].flatMap(([method, runs]) =>
    METRICS.map((metric, column) => {
      const { value, low, high } = meanInterval(runs.map(({ values }) => values[column] as number));
      return { method, metric, mean: value, low: finite(low), high: finite(high) };
    }),
  );
}

/**
 * Computes the paired differences of all methods. `a` is the later one in the order of the cells, which ends with the de-biased
 * methods.
 * @param replicates number of resamples of the test rows in each cell
 */
export function pairUp(cells: ReadonlyMap<Method, readonly Measured[]>, replicates: number): Pair[] {
  const methods = [...cells.keys()];
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

/**
 * Computes percentiles of the mean difference: each draw takes seeds with replacement, and test rows as one replicate of the cells.
 * The interval is widened to include `value`.
 */
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

/** Adds Holm's correction to the pairs of a de-biased method and a rival. */
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
