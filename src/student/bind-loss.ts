// Gives a network what its loss needs beside the targets.
import type { Dataset } from '../data/dataset.ts';
import { DebkdError } from '../io/errors.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import type { Loss } from '../loss/loss.ts';
import type { Features } from '../teacher/features.ts';
import type { Architecture } from './architecture.ts';

/** As assembly/hint.ts numbers them. */
const RELATION = 0;
const REGRESSION = 1;

/** Checks what a hint needs; returns how many of the teacher's features a regressor must predict, 0 without one. */
export function hintWidth(
  { hint }: Loss,
  { hidden }: Architecture,
  features: Features | undefined,
  rows: number,
): number {
  if (!hint) return 0;
  if (!features || features.rows !== rows) {
    throw new DebkdError(
      'value',
      `fit: the loss has a hint, with features of ${features?.rows ?? 0} rows, expected ${rows}; give those of the training rows`,
    );
  }
  if (hidden.length === 0) {
    throw new DebkdError(
      'value',
      'fit: a hint needs a hidden layer, and logistic regression has none; use another student',
    );
  }
  return features.width;
}

/** What the loss has beside distillation: squared margins, weights by the teacher's loss, a hint. */
export function bindLoss(
  arena: Arena,
  net: number,
  dataset: Dataset,
  targets: Targets,
  { name, hint }: Loss,
  features: Features | undefined,
): void {
  const { kernels } = arena;
  let teacherLosses = 0;
  if (name === 'weighted-soft-labels') {
    teacherLosses = arena.reserve(8 * dataset.rows);
    kernels.labelLosses(arena.put(targets.margins), arena.put(dataset.labels), dataset.rows, teacherLosses);
  }
  kernels.setLoss(net, name === 'logit-matching' ? 1 : 0, teacherLosses);
  if (!hint || !features) return;
  const padded = (features.width + 7) & ~7;
  const values = new Float32Array(features.rows * padded);
  for (let i = 0; i < features.rows; i++) {
    values.set(features.values.subarray(i * features.width, (i + 1) * features.width), i * padded);
  }
  if (!kernels.bindHint(net, hint.kind === 'regression' ? REGRESSION : RELATION, arena.put(values), hint.weight)) {
    throw new DebkdError('memory', 'fit: no room for the hint; use a smaller --batch-size');
  }
}
