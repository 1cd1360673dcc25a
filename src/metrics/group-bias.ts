// A model's bias by group: false negative rate, false positive rate and calibration gap, each with a 95 % interval.
import { countsIn, effectiveRows, sumOf } from '../data/row-weights.ts';
import { checkLabels, checkLength, checkThreshold, checkWeights } from '../io/check.ts';
import { groupOrder } from './groups.ts';
import type { Estimate } from './metric.ts';
import { Z } from './normal.ts';
import { meanWithError } from './weighted-mean.ts';

/** A model's bias in one group of rows, with 95 % intervals. */
export interface GroupBias {
  /** Such as `sex=Female`. */
  readonly group: string;
  /** Labelled rows. */
  readonly rows: number;
  /** Labelled rows of class 1. */
  readonly positives: number;
  /** Share of class 1 that is predicted 0, with Wilson's interval (Wilson 1927); NaN without rows of class 1. */
  readonly falseNegativeRate: Estimate;
  /** Share of class 0 that is predicted 1, with Wilson's interval; NaN without rows of class 0. */
  readonly falsePositiveRate: Estimate;
  /** Mean probability minus share of class 1, above 0 if class 1 is overstated; normal interval, NaN for a single row. */
  readonly calibrationGap: Estimate;
}

/**
 * The bias of a model in each group, ordered by the numbers or text of the groups.
 * @param probabilities of class 1, [rows]
 * @param y 1, 0 or -1 [rows]; unlabelled rows (-1) are ignored
 * @param groups each row's group, as of groupRows; [rows]
 * @param options the threshold: probabilities at or above it are class 1; or the threshold, the thresholds of rows that have their own,
 * [rows], and weights of the rows, from 0, [rows], default all 1. Shares and means are then weighted, rows of weight 0 are left out, Wilson's interval takes the effective sample size
 * (sum w)^2 / sum w^2 for the number of rows (Kish 1965), and the mean has the standard error of a ratio of sums (Cochran 1977)
 * @throws DebkdError `value` if lengths differ, a label is not 1, 0 or -1, a threshold is outside 0 .. 1 or a weight is not a finite number
 * from 0
 * @example
 * const groups = groupRows(table, 'sex', parts.test);
 * for (const { group, falseNegativeRate } of groupBias(student.predictProba(test), test.labels, groups, student.threshold))
 *   console.log(group, falseNegativeRate.value);
 */
export function groupBias(
  probabilities: ArrayLike<number>,
  y: ArrayLike<number>,
  groups: readonly string[],
  options:
    | number
    | {
        readonly threshold: number;
        readonly thresholds?: ArrayLike<number> | undefined;
        readonly weights?: ArrayLike<number> | undefined;
      },
): GroupBias[] {
  const { threshold, thresholds, weights }: Exclude<typeof options, number> =
    typeof options === 'number' ? { threshold: options } : options;
  const counts = countsIn({ labels: y, weights });
  for (const [what, list] of [
    ['probabilities', probabilities],
    ['groups', groups],
  ] as const)
    checkLength('bias by group', what, list, y.length);
  checkLabels('bias by group', y);
  checkThreshold('bias by group', threshold);
  if (thresholds) {
    checkLength('bias by group', 'thresholds', thresholds, y.length);
    for (let i = 0; i < y.length; i++) checkThreshold(`bias by group, row ${i + 1}`, thresholds[i] as number);
  }
  checkWeights('bias by group', weights, y.length);
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => {
    if (!counts(i)) return;
    const found = members.get(group);
    if (found) found.push(i);
    else members.set(group, [i]);
  });
  return [...members.keys()].sort(groupOrder).map((group) => {
    const rows = members.get(group) as number[];
    const ones = rows.filter((i) => y[i] === 1);
    const zeros = rows.filter((i) => y[i] === 0);
    const called = (i: number): boolean => (probabilities[i] as number) >= (thresholds?.[i] ?? threshold);
    return {
      group,
      rows: rows.length,
      positives: ones.length,
      falseNegativeRate: share(ones, (i) => !called(i), weights),
      falsePositiveRate: share(zeros, called, weights),
      calibrationGap: meanOf(
        rows.map((i) => (probabilities[i] as number) - (y[i] as number)),
        weights && rows.map((i) => weights[i] as number),
      ),
    };
  });
}

/** The weighted share of rows with a property, with Wilson's interval; NaN without rows. */
export function share(
  rows: readonly number[],
  has: (i: number) => boolean,
  weights: ArrayLike<number> | undefined,
): Estimate {
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  const all = rows.map(weightOf);
  const p = sumOf(rows.filter(has).map(weightOf)) / sumOf(all);
  return wilson(p, effectiveRows(all));
}

/** A proportion of n rows with the score interval of Wilson (1927). */
function wilson(p: number, n: number): Estimate {
  if (n === 0) return { value: NaN, low: NaN, high: NaN };
  const scale = 1 + (Z * Z) / n;
  const centre = (p + (Z * Z) / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  // for 0 or n the bound equals the share up to rounding, so the interval is extended to it
  return { value: p, low: Math.min(p, Math.max(0, centre - half)), high: Math.max(p, Math.min(1, centre + half)) };
}

function meanOf(values: readonly number[], weights: readonly number[] | undefined): Estimate {
  const { mean, error } = meanWithError(values, weights);
  const half = Z * error;
  return { value: mean, low: Math.max(-1, mean - half), high: Math.min(1, mean + half) };
}
