// The de-biased distillation loss.
import { checkLoss, type Loss } from './loss.ts';

/**
 * The de-biased distillation loss: distillation whose soft labels are the corrected ones. At T = 1, alpha has the effect of 1 - w of
 * the infusion `mix`; use one of the two.
 * @param options.temperature T, above 0 and at most 100; default 1
 * @param options.alpha weight of the soft term, 0 .. 1; default 1, corrected labels only
 * @throws DebkdError `value`
 * @example
 * const student = await fit({ hidden: [16] }, train, targets, debiasedDistillation({ temperature: 2 }), { seed: 1 });
 */
export function debiasedDistillation(options: { temperature?: number; alpha?: number } = {}): Loss {
  const { temperature = 1, alpha = 1 } = options;
  return checkLoss({ name: 'debiased-distillation', temperature, alpha });
}
