// A model's bias by group: how often it misses class 1, how often it raises a false alarm, and how far its
// probabilities are from what happened, each with a 95 % interval.
import { checkLength } from '../io/check.ts';
import { groupOrder } from './groups.ts';
import type { Estimate } from './metric.ts';

/** Two-sided 95 % of the standard normal. */
const Z = 1.959963984540054;

/** What goes wrong in one group of rows: shares in 0 .. 1 with 95 % intervals. */
export interface GroupBias {
  /** Such as `sex=Female`. */
  readonly group: string;
  /** Labelled rows, and those of class 1. */
  readonly rows: number;
  /** Labelled rows of class 1. */
  readonly positives: number;
  /** Share of class 1 that is called 0; NaN without class 1. Wilson interval. */
  readonly falseNegativeRate: Estimate;
  /** Share of class 0 that is called 1; NaN without class 0. Wilson interval. */
  readonly falsePositiveRate: Estimate;
  /** Mean probability minus share of class 1: above 0 where class 1 is overstated. Normal interval. */
  readonly calibrationGap: Estimate;
}

/**
 * Bias of probabilities in each group, groups in order of their numbers or text.
 * @param probabilities of class 1, [rows]
 * @param y 1, 0 or -1 [rows]; -1 rows are left out
 * @param groups a group a row (groupRows)
 * @param threshold class 1 at and above it
 * @throws DebkdError `value` when lengths differ
 */
export function groupBias(
  probabilities: ArrayLike<number>,
  y: ArrayLike<number>,
  groups: readonly string[],
  threshold: number,
): GroupBias[] {
  for (const [what, list] of [
    ['probabilities', probabilities],
    ['groups', groups],
  ] as const)
    checkLength('bias by group', what, list, y.length);
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => {
    if ((y[i] as number) < 0) return;
    const found = members.get(group);
    if (found) found.push(i);
    else members.set(group, [i]);
  });
  return [...members.keys()].sort(groupOrder).map((group) => {
    const rows = members.get(group) as number[];
    const ones = rows.filter((i) => y[i] === 1);
    const zeros = rows.filter((i) => y[i] === 0);
    const called = (i: number): boolean => (probabilities[i] as number) >= threshold;
    return {
      group,
      rows: rows.length,
      positives: ones.length,
      falseNegativeRate: wilson(ones.filter((i) => !called(i)).length, ones.length),
      falsePositiveRate: wilson(zeros.filter(called).length, zeros.length),
      calibrationGap: meanOf(rows.map((i) => (probabilities[i] as number) - (y[i] as number))),
    };
  });
}

/** A proportion with Wilson's interval. */
function wilson(count: number, n: number): Estimate {
  if (n === 0) return { value: NaN, low: NaN, high: NaN };
  const p = count / n;
  const scale = 1 + (Z * Z) / n;
  const centre = (p + (Z * Z) / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  // of 0 and of all the bound is the share itself, but for rounding
  return { value: p, low: Math.min(p, Math.max(0, centre - half)), high: Math.max(p, Math.min(1, centre + half)) };
}

function meanOf(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  const half = n > 1 ? Z * Math.sqrt(squares / (n - 1) / n) : NaN;
  return { value: mean, low: Math.max(-1, mean - half), high: Math.min(1, mean + half) };
}
