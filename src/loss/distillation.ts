// Response-based losses of other methods: what the student's margin learns of the teacher's.
import { logit } from '../kernels/elementary.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import { checkLoss, type Loss } from './loss.ts';

/** Binary cross-entropy on the labels; no teacher. */
export function hardLabels(): Loss {
  return { name: 'hard-labels', temperature: 1, alpha: 0 };
}

/**
 * Plain distillation (Hinton, Vinyals, Dean 2015): the loss of debiasedDistillation on the teacher's own margins.
 * @param options.temperature default 1
 * @param options.alpha default .5
 * @throws DebkdError `value`
 */
export function distillation(options: { temperature?: number; alpha?: number } = {}): Loss {
  const { temperature = 1, alpha = 0.5 } = options;
  return checkLoss({ name: 'distillation', temperature, alpha });
}

/**
 * Squared differences of margins (Ba, Caruana 2014), scaled as the limit of `distillation` for a high temperature.
 * @param options.alpha default .5
 * @throws DebkdError `value`
 */
export function logitMatching(options: { alpha?: number } = {}): Loss {
  return checkLoss({ name: 'logit-matching', temperature: 1, alpha: options.alpha ?? 0.5 });
}

/**
 * Weighted soft labels (Zhou et al. 2021): distillation whose soft term counts less on rows where the student has caught up
 * with the teacher. Targets must be the teacher's own margins.
 * @param options.temperature default 1
 * @param options.alpha default .5
 * @throws DebkdError `value`
 */
export function weightedSoftLabels(options: { temperature?: number; alpha?: number } = {}): Loss {
  const { temperature = 1, alpha = 0.5 } = options;
  return checkLoss({ name: 'weighted-soft-labels', temperature, alpha });
}

/**
 * Targets of a teacher that is not there (Yuan et al. 2020): probability `confidence` of each row's own class. At two
 * classes and T = 1 this is label smoothing. Unlabelled rows get even odds.
 */
export function virtualTeacher(labels: Int8Array, confidence: number = 0.95): Targets {
  const margin = logit(confidence);
  return { margins: Float64Array.from(labels, (y) => (y > 0 ? margin : y === 0 ? -margin : 0)) };
}
