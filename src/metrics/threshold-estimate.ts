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

/** How certain a chosen threshold is on the rows that chose it: intervals over resamples of these rows. */
export function recordThreshold(rule: ThresholdRule, threshold: number, rows: ThresholdRows): ThresholdRecord {
  const { probabilities, targets, weights } = rows;
  const sorted = sortRows(probabilities, targets, weights);
  // the same resamples for both: drawing them takes longest
  const valueWith = (times?: Uint16Array): number => valueAt(rule, threshold, sorted, times);
  const [chosen, value] = overResamples(sorted.order, [threshold, valueWith()], (times) => [
    rule.kind === 'fixed' ? threshold : chooseByRule(rule, sorted, times).threshold,
    valueWith(times),
  ]) as [Estimate, Estimate];
  return { rule: ruleText(rule), threshold: chosen, value };
}

/** The value of a rule's metric at a threshold, with its 95 % interval over resamples of the rows. */
export function valueInterval(rule: ThresholdRule, threshold: number, rows: SortedRows): Estimate {
  const of = (times?: Uint16Array): number[] => [valueAt(rule, threshold, rows, times)];
  return overResamples(rows.order, of(), of)[0] as Estimate;
}
