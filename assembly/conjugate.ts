// Conjugate gradients with a diagonal (Jacobi) preconditioner solve H step = -gradient for Newton's method (Nocedal, Wright 2006,
// Algorithm 5.3). They need only products of H with directions: the caller adds each product up between two calls (convex.ts).

import { at } from './address';
import { factorOf } from './convex';

/** The smallest divisor, where the diagonal vanishes. */
const MIN_CURVATURE: f64 = 1e-12;

/** Bytes of `work`: step, direction, product of H and direction, residual, and the residual's square. */
export function conjugateBytes(size: u32): u32 {
  return 8 * (4 * size + 1);
}

/** The address of the direction; the next conjugateAdvance needs its product with H. */
export function conjugateDirection(work: usize, size: u32): usize {
  return at(work, size);
}

/** The address where the caller adds that product up; the memory is zero before. */
export function conjugateProduct(work: usize, size: u32): usize {
  return at(work, 2 * size);
}

// @ts-ignore: decorator
@inline
function preconditioned(residual: f64, diagonal: f64): f64 {
  return residual / max<f64>(diagonal, MIN_CURVATURE);
}

/** Starts at step 0. Returns the squared norm of the residual r under the preconditioner D, r . D^-1 r. */
export function conjugateStart(size: u32, gradient: usize, diagonal: usize, work: usize): f64 {
  let square: f64 = 0;
  for (let j: u32 = 0; j < size; j++) {
    const r = -load<f64>(at(gradient, j));
    const d = preconditioned(r, load<f64>(at(diagonal, j)));
    store<f64>(at(work, j), 0);
    store<f64>(at(work, size + j), d);
    store<f64>(at(work, 2 * size + j), 0);
    store<f64>(at(work, 3 * size + j), r);
    square += r * d;
  }
  store<f64>(at(work, 4 * size), square);
  return square;
}

/** One iteration, along the direction; penalty and factors as of convexPenalty. Returns the residual's new squared norm; 0 where the curvature along the direction is not positive. */
export function conjugateAdvance(size: u32, penalty: f64, factors: usize, diagonal: usize, work: usize): f64 {
  let curvature: f64 = 0;
  for (let j: u32 = 0; j < size; j++) {
    const d = load<f64>(at(work, size + j));
    const h = load<f64>(at(work, 2 * size + j)) + (j > 0 ? factorOf(penalty, factors, j) * d : 0);
    store<f64>(at(work, 2 * size + j), h);
    curvature += d * h;
  }
  const square = load<f64>(at(work, 4 * size));
  if (!(curvature > 0)) return 0;
  const length = square / curvature;
  let next: f64 = 0;
  for (let j: u32 = 0; j < size; j++) {
    store<f64>(at(work, j), load<f64>(at(work, j)) + length * load<f64>(at(work, size + j)));
    const r = load<f64>(at(work, 3 * size + j)) - length * load<f64>(at(work, 2 * size + j));
    store<f64>(at(work, 3 * size + j), r);
    next += r * preconditioned(r, load<f64>(at(diagonal, j)));
  }
  const beta = next / square;
  for (let j: u32 = 0; j < size; j++) {
    const d = preconditioned(load<f64>(at(work, 3 * size + j)), load<f64>(at(diagonal, j)));
    store<f64>(at(work, size + j), d + beta * load<f64>(at(work, size + j)));
    store<f64>(at(work, 2 * size + j), 0);
  }
  store<f64>(at(work, 4 * size), next);
  return next;
}

/** Returns -gradient . step, twice the decrease that the quadratic model predicts. Where the step gains nothing, it becomes -D^-1 gradient. */
export function conjugateFinish(size: u32, gradient: usize, diagonal: usize, work: usize): f64 {
  let gain: f64 = 0;
  for (let j: u32 = 0; j < size; j++) gain -= load<f64>(at(gradient, j)) * load<f64>(at(work, j));
  if (gain > 0) return gain;
  gain = 0;
  for (let j: u32 = 0; j < size; j++) {
    const g = load<f64>(at(gradient, j));
    const d = preconditioned(-g, load<f64>(at(diagonal, j)));
    store<f64>(at(work, j), d);
    gain -= g * d;
  }
  return gain;
}

/** trial = theta + length step. */
export function conjugateTrial(theta: usize, size: u32, length: f64, work: usize, trial: usize): void {
  for (let j: u32 = 0; j < size; j++) {
    store<f64>(at(trial, j), load<f64>(at(theta, j)) + length * load<f64>(at(work, j)));
  }
}
