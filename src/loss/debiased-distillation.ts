// The built-in losses: records of a name and parameters; the kernel computes them.
import { DebkdError } from '../io/errors.ts';

/**
 * L = (1 - alpha) BCE(y, sigmoid(z)) + alpha T^2 KL(q_T || sigmoid(z / T)), z the student's margin,
 * q_T = sigmoid(u / T), u the target margin.
 */
export interface Loss {
  readonly name: 'debiased-distillation' | 'distillation' | 'hard-labels';
  /** T, above 0. */
  readonly temperature: number;
  /** Weight of the soft term, 0 .. 1. */
  readonly alpha: number;
}

/**
 * The de-biased distillation loss: the corrected label replaces the teacher's.
 * At T = 1, alpha does what 1 - w of the `mix` infusion does: one of the two is enough.
 * @param options.temperature default 1
 * @param options.alpha default 1: the corrected labels alone
 * @throws DebkdError `value`
 */
export function debiasedDistillation(options: { temperature?: number; alpha?: number } = {}): Loss {
  return checked({ name: 'debiased-distillation', temperature: options.temperature ?? 1, alpha: options.alpha ?? 1 });
}

/**
 * Plain distillation (Hinton, Vinyals, Dean 2015): the same loss on the teacher's own margins.
 * @param options.temperature default 1
 * @param options.alpha default .5
 * @throws DebkdError `value`
 */
export function distillation(options: { temperature?: number; alpha?: number } = {}): Loss {
  return checked({ name: 'distillation', temperature: options.temperature ?? 1, alpha: options.alpha ?? 0.5 });
}

/** Binary cross-entropy on the labels; no teacher. */
export function hardLabels(): Loss {
  return { name: 'hard-labels', temperature: 1, alpha: 0 };
}

function checked(loss: Loss): Loss {
  if (!(loss.temperature > 0 && loss.temperature <= 100)) {
    throw new DebkdError('value', `loss: temperature ${loss.temperature}, expected a number above 0 and at most 100`);
  }
  if (!(loss.alpha >= 0 && loss.alpha <= 1)) {
    throw new DebkdError('value', `loss: alpha ${loss.alpha}, expected a number from 0 to 1`);
  }
  return loss;
}
