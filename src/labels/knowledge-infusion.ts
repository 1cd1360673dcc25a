// Knowledge infusion: what each row's own label adds to its de-biased margin.
import type { Dataset } from '../data/dataset.ts';
import { DebkdError } from '../io/errors.ts';
import { openArena } from '../kernels/memory.ts';

/** `none`: u = d. `mix`: sigmoid(u) = (1 - w) sigmoid(d) + w y. */
export type InfusionForm = 'none' | 'mix';

export const INFUSION_FORMS: readonly InfusionForm[] = ['mix', 'none'];

/** Strengths that `auto` tries, one student each. */
export const STRENGTHS: readonly number[] = [0, 0.1, 0.3, 0.5, 0.7, 1];

/** What a student is trained on: a margin a row, float64 [rows]; +-Infinity where the target is exactly 1 or 0. */
export interface Targets {
  readonly margins: Float64Array;
}

/**
 * Mixes each labelled row's label into its target; unlabelled rows keep theirs.
 * With a loss of T = 1, binary cross-entropy is linear in its target, so that the strength w and the loss's
 * 1 - alpha are the same knob.
 * @param options.strength w in 0 .. 1; 0 changes nothing, 1 is hard labels
 * @throws DebkdError `value` when the strength is outside 0 .. 1
 */
export function infuse(targets: Targets, dataset: Dataset, options: { form: InfusionForm; strength: number }): Targets {
  const { form, strength } = options;
  checkStrength(strength);
  if (form === 'none') return targets;
  using arena = openArena();
  const d = arena.put(targets.margins);
  const labels = arena.put(dataset.labels);
  arena.kernels.infuseMix(d, labels, dataset.rows, strength, d);
  return { margins: arena.f64(d, dataset.rows) };
}

/** @throws DebkdError `value` */
export function checkStrength(strength: number): void {
  if (!(strength >= 0 && strength <= 1)) {
    throw new DebkdError('value', `knowledge infusion: strength ${strength}, expected a number from 0 to 1`);
  }
}
