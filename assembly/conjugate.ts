// The step of Newton's method by conjugate gradients with a diagonal preconditioner (Jacobi): H step = -gradient, for a curvature H
// that is known by its products alone, which the caller adds up between two calls (convex.ts).

import { at } from './address';

/** The least that is divided by where the curvature vanishes. */
const MIN_CURVATURE: f64 = 1e-12;

/** Bytes of the conjugate gradients' work: step, direction, its product, residual, and a number. */
export function conjugateBytes(size: u32): u32 {
  return 8 * (4 * size + 1);
}

/** Where the direction lies whose product with the curvature the next conjugateAdvance takes. */
export function conjugateDirection(work: usize, size: u32): usize {
  return at(work, size);
}

/** Where that product is added up; 0 at first. */
export function conjugateProduct(work: usize, size: u32): usize {
  return at(work, 2 * size);
}

// @ts-ignore: decorator
@inline
function conditioned(residual: f64, diagonal: f64): f64 {
  return residual / max<f64>(diagonal, MIN_CURVATURE);
}

/** Begins at step 0. Returns the residual's square in the metric of the preconditioner, the diagonal. */
export function conjugateStart(size: u32, gradient: usize, diagonal: usize, work: usize): f64 {
  let square: f64 = 0;
  for (let j: u32 = 0; j < size; j++) {
    const r = -load<f64>(at(gradient, j));
    const d = conditioned(r, load<f64>(at(diagonal, j)));
    store<f64>(at(work, j), 0);
    store<f64>(at(work, size + j), d);
    store<f64>(at(work, 2 * size + j), 0);
    store<f64>(at(work, 3 * size + j), r);
    square += r * d;
  }
  store<f64>(at(work, 4 * size), square);
  return square;
}

/** One step along the direction; returns the residual's new square, 0 where nothing more can be gained. */
export function conjugateAdvance(size: u32, penalty: f64, diagonal: usize, work: usize): f64 {
  let bent: f64 = 0;
  for (let j: u32 = 0; j < size; j++) {
    const d = load<f64>(at(work, size + j));
    const h = load<f64>(at(work, 2 * size + j)) + (j > 0 ? penalty * d : 0);
    store<f64>(at(work, 2 * size + j), h);
    bent += d * h;
  }
  const square = load<f64>(at(work, 4 * size));
  if (!(bent > 0)) return 0;
  const length = square / bent;
  let next: f64 = 0;
  for (let j: u32 = 0; j < size; j++) {
    store<f64>(at(work, j), load<f64>(at(work, j)) + length * load<f64>(at(work, size + j)));
    const r = load<f64>(at(work, 3 * size + j)) - length * load<f64>(at(work, 2 * size + j));
    store<f64>(at(work, 3 * size + j), r);
    next += r * conditioned(r, load<f64>(at(diagonal, j)));
  }
  const turn = next / square;
  for (let j: u32 = 0; j < size; j++) {
    const d = conditioned(load<f64>(at(work, 3 * size + j)), load<f64>(at(diagonal, j)));
    store<f64>(at(work, size + j), d + turn * load<f64>(at(work, size + j)));
    store<f64>(at(work, 2 * size + j), 0);
  }
  store<f64>(at(work, 4 * size), next);
  return next;
}

/** What the step promises to gain, twice: -gradient . step. Where there is no step, down the gradient by the diagonal. */
export function conjugateFinish(size: u32, gradient: usize, diagonal: usize, work: usize): f64 {
  let gain: f64 = 0;
  for (let j: u32 = 0; j < size; j++) gain -= load<f64>(at(gradient, j)) * load<f64>(at(work, j));
  if (gain > 0) return gain;
  gain = 0;
  for (let j: u32 = 0; j < size; j++) {
    const g = load<f64>(at(gradient, j));
    const d = conditioned(-g, load<f64>(at(diagonal, j)));
    store<f64>(at(work, j), d);
    gain -= g * d;
  }
  return gain;
}

/** trial = theta + length times the step. */
export function conjugateTrial(theta: usize, size: u32, length: f64, work: usize, trial: usize): void {
  for (let j: u32 = 0; j < size; j++) {
    store<f64>(at(trial, j), load<f64>(at(theta, j)) + length * load<f64>(at(work, j)));
  }
}
