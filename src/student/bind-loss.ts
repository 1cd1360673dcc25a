// Sets up the parts of a loss that targets do not cover: squared margins, row weights from the teacher's loss, hints.
import { DebkdError } from '../io/errors.ts';
import { customSteps } from '../kernels/load.ts';
import { customStep } from '../loss/custom-loss.ts';
import { type Loss, takesMargins } from '../loss/loss.ts';
import type { Features } from '../teacher/features.ts';
import type { Architecture } from './architecture.ts';
import type { FitContext, FitTask } from './fit-context.ts';
import { type PairwiseDistances, padFeatures } from './pairwise-distances.ts';
import type { TrainingRows } from './training-rows.ts';

/**
 * Checks the requirements of a hint.
 * @returns the width of the regressor's output: the teacher's features for a regression hint, 0 for a relation hint, undefined
 * without a hint
 * @throws DebkdError `value`
 */
export function hintWidth(
  { hint }: Loss,
  { hidden, conv }: Architecture,
  features: Features | undefined,
  rows: number,
): number | undefined {
  if (!hint) return undefined;
  if (!features || features.rows !== rows) {
    throw new DebkdError('value', {
      subject: 'fit',
      seen: `the loss has a hint, and there are teacher features of ${features?.rows ?? 0} rows`,
      expected: `${rows}`,
      remedy: "give the teacher's features of the training rows",
    });
  }
  if (hidden.length === 0 && !conv) {
    throw new DebkdError('value', {
      subject: 'fit',
      seen: 'the loss has a hint, and logistic regression has no hidden layer',
      remedy: ['give the student a hidden layer', 'use a loss without a hint'],
    });
  }
  return hint.kind === 'regression' ? features.width : 0;
}

/**
 * Sets up a network for its loss: squared margins, a custom loss, weights from the teacher's loss (weighted soft labels, Zhou et
 * al. 2021), or a hint.
 * @returns a function to call with the pointer, place and number of margins before they are softened; undefined where the loss
 * does not depend on them
 * @throws DebkdError `value` or `memory`
 */
export function bindLoss(
  context: FitContext,
  net: number,
  { loss: { name, compute, hint }, features }: FitTask,
  distances: PairwiseDistances | undefined,
): ((margins: number, place: number, rows: number) => void) | undefined {
  const { arena, trainingRows } = context;
  const { kernels } = arena;
  let teacherLosses = 0;
  if (name === 'weighted-soft-labels') {
    teacherLosses = arena.reserve(8 * trainingRows.capacity);
  }
  kernels.setLoss(net, takesMargins(name) ? 1 : 0, teacherLosses, compute ? 1 : 0);
  if (compute) customSteps(kernels).set(net, customStep(compute, kernels.memory));
  if (teacherLosses) {
    return (margins, place, rows) =>
      kernels.labelLosses(margins, trainingRows.labels + place, rows, teacherLosses + 8 * place);
  }
  if (!hint || !features) return undefined;
  if (hint.kind === 'relation' && features !== distances?.features) {
    throw new DebkdError('value', {
      subject: 'fit',
      seen: 'relation hints with different teacher features',
      expected: 'the same features for all students',
      remedy: 'fit these students separately',
    });
  }
  let bound: number;
  if (hint.kind === 'relation') {
    bound = kernels.bindRelation(
      net,
      distances?.studentDistances as number,
      distances?.teacherDistances as number,
      hint.weight,
      context.hintWeights,
    );
  } else {
    const at = context.features.get(features) ?? placeFeatures(trainingRows, features);
    context.features.set(features, at);
    bound = kernels.bindRegression(net, at, hint.weight, context.hintWeights);
  }
  if (!bound)
    throw new DebkdError('memory', {
      subject: 'fit',
      seen: 'no room for the hint',
      remedy: { id: 'reduce-batch' },
    });
  return undefined;
}

function placeFeatures(trainingRows: TrainingRows, features: Features): number {
  const { values, width } = padFeatures(features, 8);
  return trainingRows.place(values, width);
}
