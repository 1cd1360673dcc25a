// Gives a network what its loss needs beside the targets.
import { DebkdError } from '../io/errors.ts';
import { customSteps } from '../kernels/load.ts';
import { customStep } from '../loss/custom-loss.ts';
import { type Loss, takesMargins } from '../loss/loss.ts';
import type { Features } from '../teacher/features.ts';
import type { Architecture } from './architecture.ts';
import type { FitContext, FitTask } from './fit-context.ts';
import { type PairwiseDistances, placeFeatures } from './pairwise-distances.ts';

/** Checks what a hint needs; returns how many of the teacher's features a regressor must predict, undefined without a hint. */
export function hintWidth(
  { hint }: Loss,
  { hidden }: Architecture,
  features: Features | undefined,
  { rows, stored }: { readonly rows: number; readonly stored: boolean },
): number | undefined {
  if (!hint) return undefined;
  if (stored)
    throw new DebkdError('value', {
      subject: 'fit',
      seen: 'a hint needs its rows in memory, and these lie in a file',
      remedy: 'use fewer, or no hint',
    });
  if (!features || features.rows !== rows) {
    throw new DebkdError('value', {
      subject: 'fit',
      seen: `the loss has a hint, with features of ${features?.rows ?? 0} rows`,
      expected: `features of ${rows}`,
      remedy: 'give those of the training rows',
    });
  }
  if (hidden.length === 0) {
    throw new DebkdError('value', {
      subject: 'fit',
      seen: 'a hint needs a hidden layer, and logistic regression has none',
      remedy: 'use another student',
    });
  }
  return hint.kind === 'regression' ? features.width : 0;
}

/**
 * What the loss has beside distillation: squared margins, weights by the teacher's loss, a hint.
 * @returns what is to be told the margins of rows and their place, before they are tempered, where it depends on them
 * @throws DebkdError
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
      seen: 'hints by relations are to different features',
      remedy: 'give all lessons the same ones',
    });
  }
  let bound: number;
  if (hint.kind === 'relation') {
    bound = kernels.bindRelation(
      net,
      distances?.studentDistances as number,
      distances?.teacherDistances as number,
      hint.weight,
    );
  } else {
    const at = context.features.get(features) ?? placeFeatures(arena, features, 8).at;
    context.features.set(features, at);
    bound = kernels.bindRegression(net, at, hint.weight);
  }
  if (!bound)
    throw new DebkdError('memory', {
      subject: 'fit',
      seen: 'no room for the hint',
      remedy: 'use a smaller --batch-size',
    });
  return undefined;
}
