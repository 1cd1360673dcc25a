// Chooses the decision threshold by a rule: its value at every cut between two probabilities, and the cut that the rule prefers.
import { descending } from './descending.ts';
import { type Counts, ruleValue, type ThresholdRule } from './threshold-rule.ts';

/** Fewest rows called class 1 that a precision is chosen on: the precision of a few rows is chance. */
export const FEWEST_CALLED = 10;

/** Rows to choose a threshold on, sorted by probability, the highest first. */
export interface SortedRows {
  /** Probabilities of class 1, float64 [rows]. */
  readonly probabilities: Float64Array;
  /** Probabilities of the label 1, or labels 1 and 0, float64 [rows]. */
  readonly targets: Float64Array;
  /** Weights, float64 [rows]. */
  readonly weights: Float64Array;
  /** The place of each row before it was sorted, [rows]. */
  readonly order: Uint32Array;
}

/** A threshold, and what it gives on the rows that it was chosen on. */
export interface ChosenThreshold {
  readonly threshold: number;
  /** The value of the rule's metric (ruleValue). */
  readonly value: number;
  /** False if no threshold meets the rule: it is then the one that comes closest. */
  readonly isMet: boolean;
}

/** Sorts rows for chooseByRule. @param weights default: all 1 */
export function sortRows(
  probabilities: Float64Array,
  targets: ArrayLike<number>,
  weights?: ArrayLike<number>,
): SortedRows {
  const n = probabilities.length;
  const rows = descending(probabilities);
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(rows, (row) => values[row] as number);
  return {
    probabilities: pick(probabilities),
    targets: pick(targets),
    weights: weights ? pick(weights) : new Float64Array(n).fill(1),
    order: rows,
  };
}

/**
 * Chooses a threshold midway between two probabilities; the highest on ties. Without rows it is 0.5.
 * @param times how often each row counts, as a resample draws it; default: once
 */
export function chooseByRule(rule: ThresholdRule, rows: SortedRows, times?: ArrayLike<number>): ChosenThreshold {
  const { probabilities, targets, weights } = rows;
  const n = probabilities.length;
  const weightOf = (row: number): number => (weights[row] as number) * (times ? (times[row] as number) : 1);
  let [positive, negative] = [0, 0];
  for (let row = 0; row < n; row++) {
    positive += weightOf(row) * (targets[row] as number);
    negative += weightOf(row) * (1 - (targets[row] as number));
  }
  if (rule.kind === 'fixed')
    return { threshold: rule.threshold, value: valueAt(rule, rule.threshold, rows, times), isMet: true };
  // rows of one class choose only a rate
  if (!(positive + negative > 0) || (rule.kind !== 'rate' && (positive === 0 || negative === 0)))
    return { threshold: 0.5, value: NaN, isMet: false };
  const counts = { truePositive: 0, falsePositive: 0, positive, negative };
  let called = 0;
  let best: Choice | undefined;
  // no object for a cut: resamples try many
  const offer = (high: number, low: number): void => {
    const isTrusted = rule.kind !== 'precision' || called >= FEWEST_CALLED;
    const value = isTrusted ? ruleValue(rule, counts) : NaN;
    const isMet = meets(rule, value, counts);
    const preference = preferenceOf(rule, value, counts, isMet);
    if (best && (isMet === best.isMet ? preference <= best.preference : best.isMet)) return;
    best = { threshold: between(high, low), value, isMet, preference };
  };
  const first = probabilities[0] as number;
  // with no row in class 1; impossible if a probability is 1
  if (first < 1) offer(1, first);
  for (let row = 0; row < n; row++) {
    const weight = weightOf(row);
    const p = probabilities[row] as number;
    counts.truePositive += weight * (targets[row] as number);
    counts.falsePositive += weight * (1 - (targets[row] as number));
    called += times ? (times[row] as number) : 1;
    const next = row + 1 < n ? (probabilities[row + 1] as number) : 0;
    if (next !== p || row + 1 === n) offer(p, next);
  }
  const { threshold, value, isMet } = best as unknown as Choice;
  return { threshold, value, isMet };
}

/** A candidate. One that meets the rule is better than one that does not, and of equal ones that with the higher preference. */
interface Choice extends ChosenThreshold {
  readonly preference: number;
}

function meets(rule: ThresholdRule, value: number, { truePositive, positive }: Counts): boolean {
  if (rule.kind === 'precision') return value >= rule.least;
  // rounding of sums must not refuse a recall of 1
  return rule.kind !== 'recall' || truePositive >= rule.least * positive * (1 - 1e-12);
}

function preferenceOf(rule: ThresholdRule, value: number, counts: Counts, isMet: boolean): number {
  const { truePositive, falsePositive } = counts;
  const orLowest = (x: number): number => (Number.isNaN(x) ? -Infinity : x);
  switch (rule.kind) {
    case 'precision':
      return isMet ? truePositive : orLowest(value);
    case 'recall':
      return orLowest(isMet ? truePositive / (truePositive + falsePositive) : value);
    case 'rate':
      return -Math.abs(value - rule.share);
    case 'cost':
      return -value;
    default:
      return orLowest(value);
  }
}

/** Midway between two probabilities, above the lower. */
export function between(high: number, low: number): number {
  const middle = (high + low) / 2;
  return middle > low ? middle : high;
}

/** Sums of the weights of the rows by label, and by what a threshold calls them. @param times as of chooseByRule */
export function countsAt(threshold: number, rows: SortedRows, times?: ArrayLike<number>): Counts {
  const counts = { truePositive: 0, falsePositive: 0, positive: 0, negative: 0 };
  for (let row = 0; row < rows.targets.length; row++) {
    const weight = (rows.weights[row] as number) * (times ? (times[row] as number) : 1);
    const ofOne = weight * (rows.targets[row] as number);
    const ofZero = weight * (1 - (rows.targets[row] as number));
    counts.positive += ofOne;
    counts.negative += ofZero;
    if (!((rows.probabilities[row] as number) >= threshold)) continue;
    counts.truePositive += ofOne;
    counts.falsePositive += ofZero;
  }
  return counts;
}

/** The value of a rule's metric on rows at a threshold. @param times as of chooseByRule */
export function valueAt(rule: ThresholdRule, threshold: number, rows: SortedRows, times?: ArrayLike<number>): number {
  return ruleValue(rule, countsAt(threshold, rows, times));
}
