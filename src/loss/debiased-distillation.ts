// The de-biased distillation loss.
import { checkLoss, type Loss } from './loss.ts';

/**
 * The corrected label replaces the teacher's.
 * At T = 1, alpha does what 1 - w of the `mix` infusion does: one of the two is enough.
 * @param options.temperature default 1
 * @param options.alpha default 1: the corrected labels alone
 * @throws DebkdError `value`
 */
export function debiasedDistillation(options: { temperature?: number; alpha?: number } = {}): Loss {
  const { temperature = 1, alpha = 1 } = options;
  return checkLoss({ name: 'debiased-distillation', temperature, alpha });
}
