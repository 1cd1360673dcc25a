// Chooses among the weights of several teachers by students: the labels with the lowest loss are not always those that a student
// learns best from.
import type { AnyDataset } from '../data/dataset.ts';
import type { DebiasedParts } from '../labels/debias-parts.ts';
import { orLabels } from '../labels/unknown.ts';
import { debiasedDistillation } from '../loss/debiased-distillation.ts';
import type { Architecture } from './architecture.ts';
import { fitMany } from './fit.ts';
import type { TrainingOptions } from './fit-options.ts';
import type { Optimizer } from './optimizer.ts';
import type { Selection } from './selection.ts';

/**
 * Trains a student on the de-biased margins of each alternative, and keeps those with the lowest selection loss. Every student is
 * selected by the same targets, which makes the losses comparable.
 * @param parts the result of debiasParts
 * @returns the parts with the chosen map and margins; the same object for one teacher
 */
export async function chooseWeights<Parts extends Omit<DebiasedParts, 'leakage'>>(
  parts: Parts,
  { train, validation }: { readonly train: AnyDataset; readonly validation: Selection },
  architecture: Architecture,
  { optimizer, ...options }: TrainingOptions & { readonly optimizer?: Optimizer | undefined },
): Promise<Parts> {
  const { alternatives = [] } = parts;
  if (alternatives.length === 0) return parts;
  const all = [{ debias: parts.debias, debiased: parts.debiased }, ...alternatives];
  const tasks = all.map(({ debiased }) => ({
    targets: { margins: orLabels(debiased.train, train.labels) },
    loss: debiasedDistillation(),
    validation,
    optimizer,
  }));
  const students = await fitMany(architecture, train, tasks, options);
  const losses = students.map(({ training }) => training?.selectionLoss ?? Infinity);
  const best = losses.indexOf(Math.min(...losses));
  return { ...parts, ...all[Math.max(0, best)], alternatives: [] };
}
