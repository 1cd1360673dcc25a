// Chooses the decision threshold.
import { countsIn, meanOne } from '../data/row-weights.ts';
import { rowsWhere } from '../data/rows-where.ts';
import { checkLabels, checkLength, checkOptions, checkWeights } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { openArena } from '../kernels/memory.ts';
import { type ChosenThreshold, chooseByRule, FEWEST_CALLED, sortRows } from './threshold-by-rule.ts';
import { parseThresholdRule, RULE_VALUES, ruleText, type ThresholdRule } from './threshold-rule.ts';

/** Options of chooseThreshold. */
export interface ThresholdOptions {
  /** Weights of the rows, from 0, float64 [rows]; default: all 1. */
  readonly weights?: ArrayLike<number> | undefined;
  /** `f1`, `accuracy`, `youden`, `mcc`, `cost:FP=1,FN=8`, `precision>=0.9`, `recall>=0.95`, `rate=0.1` or a threshold; default `f1`. */
  readonly rule?: string | undefined;
}

/**
 * The threshold that a rule prefers, by default the highest F1: midway between two probabilities, and the highest one on ties. 0.5 if
 * the labelled rows are of one class or there are none.
 * @param probabilities of class 1, float64 [rows]
 * @param labels 1, 0 or -1 [rows]; unlabelled rows (-1) are ignored, except by `rate`
 * @throws DebkdError `value` if lengths differ or a weight is not a finite number from 0, `usage` for another rule, `rows` if no
 * threshold meets it
 * @example
 * const threshold = chooseThreshold(student.predictProba(validation), validation.labels, { rule: 'recall>=0.95' });
 * const decided = student.with({ threshold });
 */
export function chooseThreshold(
  probabilities: Float64Array,
  labels: Int8Array,
  options: ThresholdOptions = {},
): number {
  checkOptions('threshold', options, ['weights', 'rule']);
  const { weights, rule = 'f1' } = options;
  const parsed = parseThresholdRule(rule);
  const rows = rowsToChoose(parsed, { probabilities, labels, weights });
  return checkMet(parsed, chooseOn(parsed, rows));
}

/** Rows that a threshold is chosen on. */
export interface ThresholdRows {
  /** Probabilities of class 1, float64 [rows]. */
  readonly probabilities: Float64Array;
  /** Probabilities of the label 1, or labels, float64 [rows]. */
  readonly targets: Float64Array;
  /** Weights; undefined: all 1. */
  readonly weights?: Float64Array | undefined;
}

/** The rows that a rule counts: the labelled ones with a weight above 0; all with a weight above 0 for `rate`. */
export function rowsToChoose(
  rule: ThresholdRule,
  {
    probabilities,
    labels,
    weights,
  }: { probabilities: Float64Array; labels: Int8Array; weights?: ArrayLike<number> | undefined },
): ThresholdRows {
  checkLength('threshold', 'probabilities', probabilities, labels.length);
  checkLabels('threshold', labels);
  checkWeights('threshold', weights, labels.length);
  const counts =
    rule.kind === 'rate' ? countsIn({ labels: new Int8Array(labels.length), weights }) : countsIn({ labels, weights });
  const rows = rowsWhere(labels.length, counts);
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(rows, (i) => values[i] as number);
  return {
    probabilities: pick(probabilities),
    targets: pick(labels).map((label) => Math.max(0, label)),
    weights: weights && pick(weights),
  };
}

/** Chooses a threshold by a rule. */
export function chooseOn(rule: ThresholdRule, { probabilities, targets, weights }: ThresholdRows): ChosenThreshold {
  if (rule.kind !== 'f1') return chooseByRule(rule, sortRows(probabilities, targets, weights && meanOne(weights)));
  return { threshold: expectedF1Threshold(probabilities, targets, weights), value: NaN, isMet: true };
}

/** The chosen threshold. @throws DebkdError `rows` if no threshold meets the rule; rows of one class are an error only for a precision or a recall */
export function checkMet(rule: ThresholdRule, { threshold, value, isMet }: ChosenThreshold): number {
  const isPromise = rule.kind === 'precision' || rule.kind === 'recall';
  if (isMet || (Number.isNaN(value) && !isPromise)) return threshold;
  if (Number.isNaN(value))
    throw new DebkdError('rows', {
      subject: `threshold by ${ruleText(rule)}`,
      seen: `the labelled validation rows are too few, or of one class, to measure a ${rule.kind}`,
      remedy: ['give more labelled validation rows', 'choose another rule'],
    });
  const few = rule.kind === 'precision' ? ` with at least ${FEWEST_CALLED} rows in class 1` : '';
  throw new DebkdError('rows', {
    subject: `threshold by ${ruleText(rule)}`,
    seen: `the best ${RULE_VALUES[rule.kind]} on the validation rows is ${value.toFixed(4)}${few}`,
    remedy: [`ask for at most ${Math.floor(1000 * value) / 1000}`, 'give more validation rows', 'choose another rule'],
  });
}

/**
 * The threshold with the highest F1 of the expected counts, as chooseThreshold with probabilities in place of labels: a row counts as class 1
 * by its target, and as class 0 by the rest.
 * @param probabilities of class 1, float64 [rows]
 * @param targets probabilities of the label 1, float64 [rows]
 * @param weights of the rows, float64 [rows]; default: all 1
 */
export function expectedF1Threshold(
  probabilities: Float64Array,
  targets: Float64Array,
  weights?: Float64Array,
): number {
  const n = targets.length;
  if (n === 0) return 0.5;
  using arena = openArena();
  const [p, q] = [arena.put(probabilities), arena.put(targets)];
  const order = arena.reserve(4 * n);
  arena.kernels.sortDescending(p, n, order, arena.reserve(4 * n));
  const w = weights ? arena.put(meanOne(weights)) : 0;
  return arena.kernels.bestF1Threshold(order, p, q, n, w);
}
