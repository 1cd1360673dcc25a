// Converts a teacher's output to margins, the log-odds of class 1.
import { exp, log } from '../kernels/elementary.ts';

/**
 * How values become margins. `logit`: the value is the log-odds of the class. `logits`: one score per class, whose
 * differences are log-odds. `probability`: the value is the probability of the class. `probabilities`: one probability
 * per class.
 */
export interface MarginForm {
  /** Meaning of the values. */
  readonly form: 'logit' | 'logits' | 'probability' | 'probabilities';
  /** Values per row. */
  readonly width: number;
  /** Index of the value of class 1. */
  readonly place: number;
  /** Whether the value belongs to class 0. */
  readonly negate: boolean;
}

/**
 * Bound of margins from probabilities. Near 1 a float32 probability has steps of 6e-8, which is log-odds of 16.6;
 * beyond 16 it carries no information.
 */
export const MARGIN_LIMIT = 16;

/** Log-odds beyond which a probability is practically 0 or 1. */
const SATURATED = 30;

/** Writes the margin of each row of `values` to `out`; returns the number of limited margins. */
export function toMargins(
  values: ArrayLike<number>,
  { form, width, place, negate }: MarginForm,
  out: Float64Array,
): number {
  let clippedCount = 0;
  for (let i = 0; i < out.length; i++) {
    const row = i * width;
    let value = values[row + place] as number;
    let v: number;
    if (form === 'logit') v = value;
    else if (form === 'logits') v = value - othersOf(values, row, width, place);
    else {
      // float32 sums, such as the votes of trees, exceed 1 by rounding
      value = Math.max(0, value);
      let others = 1 - value;
      if (form === 'probabilities') {
        others = 0;
        for (let k = 0; k < width; k++) if (k !== place) others += values[row + k] as number;
      }
      v = log(value) - log(Math.max(0, others));
      if (v > MARGIN_LIMIT || v < -MARGIN_LIMIT) {
        v = v > 0 ? MARGIN_LIMIT : -MARGIN_LIMIT;
        clippedCount++;
      }
    }
    out[i] = negate ? -v : v;
  }
  return clippedCount;
}

/** Log-sum-exp of the other scores; for two classes, the other score. */
function othersOf(values: ArrayLike<number>, row: number, width: number, place: number): number {
  if (width === 2) return values[row + 1 - place] as number;
  let largest = -Infinity;
  for (let k = 0; k < width; k++) if (k !== place) largest = Math.max(largest, values[row + k] as number);
  let sum = 0;
  for (let k = 0; k < width; k++) if (k !== place) sum += exp((values[row + k] as number) - largest);
  return largest + log(sum);
}

/** The number of margins so large that their probability tells only the class. */
export function countSaturated(margins: Float64Array): number {
  return margins.filter((v) => Math.abs(v) > SATURATED).length;
}
