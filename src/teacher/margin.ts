// From a teacher's output to margins, the log-odds of class 1.
import { log } from '../kernels/elementary.ts';
import type { Convention } from './output-convention.ts';

/**
 * Bound of margins that come from probabilities. Near 1 a float32 probability has steps of 6e-8, which is
 * log-odds of 16.6: beyond 16 it says nothing.
 */
export const MARGIN_LIMIT = 16;

/** Writes margins of rows of `values` to `out` from `at`; returns how many were limited. */
export function toMargins(
  values: ArrayLike<number>,
  form: Convention,
  out: Float64Array,
  at: number,
  rows: number,
): number {
  let limited = 0;
  for (let i = 0; i < rows; i++) {
    let v: number;
    if (form === 'logit') v = values[i] as number;
    else if (form === 'logits') v = (values[2 * i + 1] as number) - (values[2 * i] as number);
    else {
      const one = form === 'probability' ? (values[i] as number) : (values[2 * i + 1] as number);
      const zero = form === 'probability' ? 1 - one : (values[2 * i] as number);
      v = log(one) - log(zero);
      if (v > MARGIN_LIMIT || v < -MARGIN_LIMIT) {
        v = v > 0 ? MARGIN_LIMIT : -MARGIN_LIMIT;
        limited++;
      }
    }
    out[at + i] = v;
  }
  return limited;
}
