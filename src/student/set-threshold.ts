// The decision threshold of a trained student: by the labels of the validation rows, or by corrected labels where these are few.
import type { AnyDataset } from '../data/dataset.ts';
import { isFew, rarerLabels } from '../labels/few-labels.ts';
import { checkMet, chooseOn, rowsToChoose, type ThresholdRows } from '../metrics/threshold.ts';
import { F1_RULE, type ThresholdRule } from '../metrics/threshold-rule.ts';
import { debiasedSelection, type Selection } from './selection.ts';
import type { Student } from './student.ts';

/** Both parts of the rows. */
interface Parts<T> {
  readonly train: T;
  readonly validation: T;
}

/**
 * The targets to choose a threshold by if fewer than 100 validation labels are of one class: those of debiasedSelection, of all training
 * and validation rows. The best F1 of a few labels is often at a threshold that is good for them alone.
 * @param margins de-biased margins, each from a fit that did not see the row's label, float64 [rows]
 * @returns undefined with enough labels
 */
export function thresholdTargets(
  { train, validation }: Parts<AnyDataset>,
  margins: Parts<Float64Array>,
): readonly Selection[] | undefined {
  if (!isFew(rarerLabels([validation]))) return undefined;
  return [debiasedSelection(train, margins.train), debiasedSelection(validation, margins.validation)];
}

/** How a threshold is chosen. */
export interface ThresholdChoice {
  /** The rule; default the best F1. */
  readonly rule?: ThresholdRule | undefined;
  /** The targets to choose by; default: the labels of the validation rows. */
  readonly targets?: readonly Selection[] | undefined;
}

/**
 * Gives a student the threshold that a rule prefers on the labels of the validation rows, or by the expected counts on `targets`.
 * @throws DebkdError `rows` if no threshold meets the rule
 */
export function setThreshold(student: Student, validation: AnyDataset, choice: ThresholdChoice = {}): Student {
  const { rule = F1_RULE } = choice;
  return student.with({ threshold: checkMet(rule, chooseOn(rule, rowsOfChoice(student, validation, choice))) });
}

/** As setThreshold, with the threshold that comes closest where none meets the rule: for models to compare with. */
export function setNearestThreshold(student: Student, validation: AnyDataset, rule: ThresholdRule): Student {
  return student.with({ threshold: chooseOn(rule, rowsOfChoice(student, validation, { rule })).threshold });
}

/** The rows that choose a student's threshold. */
export function rowsOfChoice(
  student: Student,
  validation: AnyDataset,
  { rule = F1_RULE, targets }: ThresholdChoice,
): ThresholdRows {
  if (targets) return rowsOfTargets(student, targets);
  const { labels, weights } = validation;
  return rowsToChoose(rule, { probabilities: student.predictProba(validation), labels, weights });
}

function rowsOfTargets(student: Student, targets: readonly Selection[]): ThresholdRows {
  const picked = targets.map(({ dataset, rows }) => {
    const p = student.predictProba(dataset);
    return Float64Array.from(rows, (row) => p[row] as number);
  });
  const isWeighted = targets.some(({ dataset }) => dataset.weights);
  const weights = targets.map(({ dataset, rows }) => Float64Array.from(rows, (row) => dataset.weights?.[row] ?? 1));
  return {
    probabilities: join(picked),
    targets: join(targets.map((selection) => selection.targets)),
    weights: isWeighted ? join(weights) : undefined,
  };
}

function join(of: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(of.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of of) {
    joined.set(values, at);
    at += values.length;
  }
  return joined;
}
