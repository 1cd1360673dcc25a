// The weighted mean and its standard error.
import { sumOf } from '../data/row-weights.ts';

/**
 * The mean m = sum w x / sum w and its standard error as a ratio of sums (linearised; Cochran 1977, section 6.3):
 * sqrt(n / (n - 1) sum w^2 (x - m)^2) / sum w, NaN for a single value. Without weights it is the usual one.
 * @param weights above 0, one for each value; default all 1
 */
export function meanWithError(
  values: ArrayLike<number>,
  weights?: ArrayLike<number>,
): { readonly mean: number; readonly error: number } {
  const n = values.length;
  if (!weights) {
    const mean = sumOf(values) / n;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += ((values[i] as number) - mean) * ((values[i] as number) - mean);
    return { mean, error: n > 1 ? Math.sqrt(squares / (n - 1) / n) : NaN };
  }
  const total = sumOf(weights);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (weights[i] as number) * (values[i] as number);
  const mean = sum / total;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const d = (weights[i] as number) * ((values[i] as number) - mean);
    squares += d * d;
  }
  return { mean, error: n > 1 ? Math.sqrt(squares / (n - 1) / ((total * total) / n)) : NaN };
}
