// Stacking (Wolpert 1992) of de-biasing maps: the gradient of the log-loss by the weights, in float64, in the order of the rows.

import { weightOf } from './address';
import { sigmoid } from './math';

/**
 * gradient[k] = sum over the labelled rows of r_i (sigmoid(w . z_i) - y_i) z_ik; z is [n x k], row-major. weights: w, float64 [k].
 * rowWeights: r, float64 [n] (0: all 1).
 */
export function stackGradient(z: usize, k: u32, n: u32, labels: usize, weights: usize, gradient: usize, rowWeights: usize): void {
  memory.fill(gradient, 0, usize(k) << 3);
  const end = usize(k) << 3;
  for (let i: u32 = 0; i < n; i++) {
    const row = z + usize(i) * end;
    const label = load<i8>(labels + i);
    if (label < 0) continue;
    let sum: f64 = 0;
    for (let j: usize = 0; j < end; j += 8) sum += load<f64>(weights + j) * load<f64>(row + j);
    const residual = weightOf(rowWeights, i) * (sigmoid(sum) - f64(label));
    for (let j: usize = 0; j < end; j += 8) {
      store<f64>(gradient + j, load<f64>(gradient + j) + residual * load<f64>(row + j));
    }
  }
}
