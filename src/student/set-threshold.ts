// The decision threshold of a trained student: by the labels of the validation rows, or by corrected labels where these are few.
import type { AnyDataset } from '../data/dataset.ts';
import { isFew, rarerLabels } from '../labels/few-labels.ts';
import { chooseThreshold, expectedF1Threshold } from '../metrics/threshold.ts';
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

/**
 * Gives a student the threshold with the best F1 on the labels of the validation rows, or with the best F1 of the expected counts on
 * `targets`.
 */
export function setThreshold(student: Student, validation: AnyDataset, targets?: readonly Selection[]): Student {
  return student.with({
    threshold: targets ? expectedThreshold(student, targets) : labelThreshold(student, validation),
  });
}

function labelThreshold(student: Student, validation: AnyDataset): number {
  return chooseThreshold(student.predictProba(validation), validation.labels, validation.weights);
}

function expectedThreshold(student: Student, targets: readonly Selection[]): number {
  const picked = targets.map(({ dataset, rows }) => {
    const p = student.predictProba(dataset);
    return Float64Array.from(rows, (row) => p[row] as number);
  });
  const isWeighted = targets.some(({ dataset }) => dataset.weights);
  const weights = targets.map(({ dataset, rows }) => Float64Array.from(rows, (row) => dataset.weights?.[row] ?? 1));
  return expectedF1Threshold(
    join(picked),
    join(targets.map((selection) => selection.targets)),
    isWeighted ? join(weights) : undefined,
  );
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
