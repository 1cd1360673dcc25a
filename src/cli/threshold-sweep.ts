// The table of thresholds of `debkd evaluate`: what each gives on the measured rows.
import { chooseOn, rowsToChoose } from '../metrics/threshold.ts';
import { countsAt, sortRows } from '../metrics/threshold-by-rule.ts';
import { recordThreshold, type ThresholdRecord } from '../metrics/threshold-estimate.ts';
import { describeRule, RULE_VALUES, ruleText, ruleValue, type ThresholdRule } from '../metrics/threshold-rule.ts';
import { show } from '../report/show.ts';

/** Probabilities and labels of the measured rows. */
export interface SweptRows {
  readonly probabilities: Float64Array;
  readonly labels: Int8Array;
  readonly weights?: Float64Array | undefined;
}

/** What a threshold gives. Values are NaN where they are not defined, such as precision without rows in class 1. */
export interface SweepRow {
  readonly threshold: number;
  /** Share of the labelled rows in class 1. */
  readonly rate: number;
  readonly precision: number;
  readonly recall: number;
  readonly falsePositiveRate: number;
  readonly f1: number;
  readonly accuracy: number;
  readonly mcc: number;
  /** Mean cost of a row; only with a rule by costs. */
  readonly cost?: number;
}

const STEP = 20;

/** The values at 0.05, 0.1 .. 0.95 and at the student's threshold. */
export function sweepThresholds(rows: SweptRows, own: number, rule: ThresholdRule | undefined): SweepRow[] {
  const counted = rowsToChoose({ kind: 'f1' }, rows);
  const sorted = sortRows(counted.probabilities, counted.targets, counted.weights);
  const all = [...Array.from({ length: STEP - 1 }, (_, k) => (k + 1) / STEP), own].sort((a, b) => a - b);
  return [...new Set(all)].map((threshold) => {
    const counts = countsAt(threshold, sorted);
    const of = (kind: 'f1' | 'accuracy' | 'mcc'): number => ruleValue({ kind }, counts);
    const least = 0;
    return {
      threshold,
      rate: ruleValue({ kind: 'rate', share: 0 }, counts),
      precision: ruleValue({ kind: 'precision', least }, counts),
      recall: ruleValue({ kind: 'recall', least }, counts),
      falsePositiveRate: counts.falsePositive / counts.negative,
      f1: of('f1'),
      accuracy: of('accuracy'),
      mcc: of('mcc'),
      ...(rule?.kind === 'cost' && { cost: ruleValue(rule, counts) }),
    };
  });
}

/** The threshold that a rule chooses on the measured rows. */
export function chooseOnRows(rule: ThresholdRule, rows: SweptRows): ThresholdRecord & { readonly isMet: boolean } {
  const counted = rowsToChoose(rule, rows);
  const { threshold, isMet } = chooseOn(rule, counted);
  return { ...recordThreshold(rule, threshold, counted), isMet };
}

const HEAD = {
  threshold: 'threshold',
  rate: 'class 1',
  precision: 'precision',
  recall: 'recall',
  falsePositiveRate: 'FPR',
  f1: 'F1',
  accuracy: 'accuracy',
  mcc: 'MCC',
  cost: 'cost',
} as const;

/** The table as lines. @param own the student's threshold, which is marked */
export function sweepLines(rows: readonly SweepRow[], own: number): string[] {
  const names = (Object.keys(HEAD) as (keyof SweepRow)[]).filter((name) => rows.some((row) => row[name] !== undefined));
  const cell = (x: number | undefined): string =>
    (x === undefined || Number.isNaN(x) ? '-' : x.toFixed(4)).padStart(11);
  return [
    names.map((name) => HEAD[name].padStart(11)).join(''),
    ...rows.map((row) => {
      const mark = row.threshold === own ? "  the student's" : '';
      return `${names.map((name) => cell(row[name])).join('')}${mark}`;
    }),
    '',
  ];
}

/** The chosen threshold in words. */
export function chosenLine(rule: ThresholdRule, { threshold, value, isMet }: ReturnType<typeof chooseOnRows>): string {
  const measured = `${RULE_VALUES[rule.kind]} ${show(value)}`;
  return isMet
    ? `${describeRule(rule)} on these rows: threshold ${show(threshold)}, ${measured}`
    : `no threshold has ${ruleText(rule)} on these rows; the nearest is ${show(threshold)}, ${measured}`;
}
