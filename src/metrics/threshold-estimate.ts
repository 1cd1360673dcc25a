// How certain a chosen threshold is, and what it promises: bootstrap intervals (Efron 1979) over the rows that chose it and over test rows.
import type { Estimate } from './metric.ts';
import { overResamples } from './resamples.ts';
import type { ThresholdRows } from './threshold.ts';
import { chooseByRule, type SortedRows, sortRows, valueAt } from './threshold-by-rule.ts';
import { ruleText, type ThresholdRule } from './threshold-rule.ts';

/** How a threshold was chosen. */
export interface ThresholdRecord {
  /** The rule, as it is written. */
  readonly rule: string;
  /** The threshold, with the 95 % interval of the one that the rule chooses on resamples of the rows. */
  readonly threshold: Estimate;
  /** The value of the rule's metric on these rows. Above what new rows give: the rule has chosen the best. */
  readonly value: Estimate;
}

/** How certain a chosen threshold is on the rows that chose it. */
export function recordThreshold(rule: ThresholdRule, threshold: number, rows: ThresholdRows): ThresholdRecord {
  const { probabilities, targets, weights } = rows;
  const sorted = sortRows(probabilities, targets, weights);
  return {
    rule: ruleText(rule),
    threshold: thresholdInterval(rule, threshold, sorted),
    value: valueInterval(rule, threshold, sorted),
  };
}

/**
 * The 95 % interval of the threshold that a rule chooses, over resamples of the rows.
 * @param threshold the chosen threshold
 */
export function thresholdInterval(rule: ThresholdRule, threshold: number, rows: SortedRows): Estimate {
  if (rule.kind === 'fixed') return { value: threshold, low: threshold, high: threshold };
  const of = (times: Uint16Array): number[] => [chooseByRule(rule, rows, times).threshold];
  return overResamples(rows.order, [threshold], of)[0] as Estimate;
}

/** The value of a rule's metric at a threshold, with its 95 % interval over resamples of the rows. */
export function valueInterval(rule: ThresholdRule, threshold: number, rows: SortedRows): Estimate {
  const of = (times?: Uint16Array): number[] => [valueAt(rule, threshold, rows, times)];
  return overResamples(rows.order, of(), of)[0] as Estimate;
}
