// Penalties from the data: the evidence approximation of MacKay (1992, "Bayesian interpolation").

import { at } from './address';
import { dot, factorise } from './cholesky';
import { addPenalties } from './curvature';

/**
 * The evidence for the penalty of each block of weights: out[2 b] = gamma, the effective number of parameters of block
 * b, the sum of 1 - lambda_j (H^-1)_jj; out[2 b + 1] = the sum of its squared weights. Their ratio is the next estimate of
 * the block's penalty. blocks: u8 [features]. scratch: that of the fitLogistic call that returned theta, with a Hessian close to
 * the one at theta.
 */
export function blockEvidence(
  theta: usize, features: u32, penalties: usize, blocks: usize, count: u32, scratch: usize, out: usize,
): void {
  const size = features + 2;
  const factor = at(scratch, size * size);
  const inverted = at(factor, size * size);
  memory.copy(factor, scratch, usize(size) * size * 8);
  addPenalties(factor, size, penalties);
  factorise(factor, size);
  memory.fill(out, 0, usize(count) << 4);
  for (let j: u32 = 2; j < size; j++) {
    // (H^-1)_jj is the square of column j of the inverse factor
    let inverse: f64 = 0;
    for (let i = j; i < size; i++) {
      const line = at(factor, i * size);
      const sum = (i == j ? 1.0 : 0.0) - dot(at(line, j), at(inverted, j), i - j);
      const x = sum / load<f64>(at(line, i));
      store<f64>(at(inverted, i), x);
      inverse += x * x;
    }
    const w = load<f64>(at(theta, j));
    const to = out + (usize(load<u8>(blocks + (j - 2))) << 4);
    store<f64>(to, load<f64>(to) + 1.0 - load<f64>(at(penalties, j - 2)) * inverse);
    store<f64>(to, load<f64>(to, 8) + w * w, 8);
  }
}
