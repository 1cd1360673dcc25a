// Measures teachers and baselines on the test rows.
import type { Baselines } from '../compare/baselines.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { countsIn } from '../data/row-weights.ts';
import { someRow } from '../data/rows-where.ts';
import type { Distillation } from '../distill-options.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { knownRows, orMargins } from '../labels/unknown.ts';
import { type Evaluation, evaluate } from '../metrics/evaluation.ts';
import { chooseOn, rowsToChoose } from '../metrics/threshold.ts';
import { parseThresholdRule, type ThresholdRule } from '../metrics/threshold-rule.ts';
import type { SoftLabels } from '../teacher/soft-labels.ts';
import type { Baseline } from './result.ts';

/** The labels, with -1 for rows without a margin; the same object if all have one. */
export function knownLabels(margins: Float64Array, labels: Int8Array): Int8Array {
  return knownRows(margins) ? labels.map((y, row) => (Number.isNaN(margins[row]) ? -1 : y)) : labels;
}

/** Zeros in the place of unknown margins, whose rows are not measured. */
export function orZeros(margins: Float64Array): Float64Array {
  return orMargins(margins, new Float64Array(margins.length));
}

/** The threshold of a teacher by a rule, or the one that comes closest to it. @param margins of the validation rows */
export function nearestThreshold(rule: ThresholdRule, margins: Float64Array, { labels, weights }: AnyDataset): number {
  const probabilities = orZeros(margins).map(sigmoid);
  return chooseOn(rule, rowsToChoose(rule, { probabilities, labels: knownLabels(margins, labels), weights })).threshold;
}

/** The metrics of each of several teachers, at its own threshold; undefined without labelled rows that it knows. */
export async function measureTeachers(
  { soft, thresholdChoice }: Distillation,
  each: readonly SoftLabels[],
  { test, validation, ...watch }: { test: AnyDataset; validation: AnyDataset } & ProgressOptions,
): Promise<(Evaluation | undefined)[]> {
  const rule = parseThresholdRule(thresholdChoice.rule);
  const measured: (Evaluation | undefined)[] = [];
  for (const [k, { margins }] of each.entries()) {
    const heldOut = soft.validation.each?.[k]?.margins ?? new Float64Array(validation.rows).fill(NaN);
    const threshold = nearestThreshold(rule, heldOut, validation);
    const labels = knownLabels(margins, test.labels);
    const scores = orZeros(margins);
    const { weights } = test;
    const known = someRow(labels.length, countsIn({ labels, weights }));
    measured.push(
      known ? await evaluate(scores.map(sigmoid), labels, { threshold, scores, weights, ...watch }) : undefined,
    );
  }
  return measured;
}

/** A baseline's record, and its answers on the test rows. */
interface MeasuredBaseline {
  readonly baseline: Baseline;
  readonly probabilities: Float64Array;
  readonly scores: Float64Array;
}

export async function measureBaselines(
  baselines: Baselines,
  test: AnyDataset,
  watch: ProgressOptions,
): Promise<MeasuredBaseline[]> {
  const made: MeasuredBaseline[] = [];
  for (const method of ['hard', 'kd'] as const) {
    const { threshold } = baselines[method];
    const scores = baselines[method].margins(test);
    const options = { threshold, scores, weights: test.weights, ...watch };
    const probabilities = baselines[method].predictProba(test);
    const { metrics } = await evaluate(probabilities, test.labels, options);
    made.push({ baseline: { method, threshold, metrics: { test: metrics } }, probabilities, scores });
  }
  return made;
}
