// Stacking (Wolpert 1992) of de-biasing maps: the gradient of the log-loss by the weights, in float64, in the order of the rows.

import { weightOf } from './address';
import { expNegAbsWide, sigmoidWide } from './wide';

/**
 * gradient[k] = sum over the labelled rows of r_i (sigmoid(w . z_i) - y_i) z_ik; z is [n x k], row-major. weights: w, float64 [k].
 * rowWeights: r, float64 [n] (0: all 1).
 */
export function stackGradient(z: usize, k: u32, n: u32, labels: usize, weights: usize, gradient: usize, rowWeights: usize): void {
  const end = usize(k) << 3;
  memory.fill(gradient, 0, end);
  // two rows at a time: each has a lane of the sum and of the sigmoid
  for (let i: u32 = 0; i < n; i += 2) {
    const row = z + usize(i) * end;
    const second = i + 1 < n ? row + end : row;
    let sums = f64x2.splat(0);
    for (let j: usize = 0; j < end; j += 8) {
      sums = f64x2.add(sums, f64x2.mul(v128.load64_splat(weights + j), v128.load64_lane(second + j, v128.load64_zero(row + j), 1)));
    }
    const p = sigmoidWide(sums, expNegAbsWide(sums));
    addRow(gradient, end, row, rowWeights, load<i8>(labels + i), i, f64x2.extract_lane(p, 0));
    if (second != row) addRow(gradient, end, second, rowWeights, load<i8>(labels + i + 1), i + 1, f64x2.extract_lane(p, 1));
  }
}

/** gradient += r (p - label) row, for a row with a label. */
function addRow(gradient: usize, end: usize, row: usize, rowWeights: usize, label: i8, i: u32, p: f64): void {
  if (label < 0) return;
  const residual = weightOf(rowWeights, i) * (p - f64(label));
  const wide = f64x2.splat(residual);
  let j: usize = 0;
  for (; j + 16 <= end; j += 16) {
    v128.store(gradient + j, f64x2.add(v128.load(gradient + j), f64x2.mul(wide, v128.load(row + j))));
  }
  if (j < end) store<f64>(gradient + j, load<f64>(gradient + j) + residual * load<f64>(row + j));
}
