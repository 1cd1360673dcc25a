// Label de-biasing in float64: the ridge logistic fit behind `platt` and `residual`.
//   minimise sum BCE(y, b + a v + w . phi) + lambda / 2 |w|^2 + 1/2 (a - centre)^2, b free
// by Newton's method with a backtracking line search (undamped steps diverge on over-confident margins).
// phi is the row in slots (slots.ts), so one-hot columns cost one term each. theta = [b, a, w_0 .. w_(F-1)].

import { softplus, sigmoid } from './math';

const MAX_STEPS: u32 = 100;
/** Stop when half the squared Newton decrement, the loss still to gain, is below this share of the loss. */
const TOLERANCE: f64 = 1e-13;

// @ts-ignore: decorator
@inline
function at(a: usize, i: u32): usize {
  return a + (usize(i) << 3);
}

/** b + a v + w . phi of one row. */
function margin(theta: usize, v: f64, row: usize, slots: u32, columns: usize): f64 {
  let sum = load<f64>(theta) + load<f64>(theta + 8) * v;
  for (let s: u32 = 0; s < slots; s++) {
    const fixed = load<i32>(columns + (usize(s) << 2));
    if (fixed >= 0) {
      sum += load<f64>(at(theta, 2 + u32(fixed))) * f64(load<f32>(row + (usize(s) << 2)));
    } else {
      const index = load<i32>(row + (usize(s) << 2));
      if (index >= 0) sum += load<f64>(at(theta, 2 + u32(index)));
    }
  }
  return sum;
}

/** out[i] = b + a v[i] + w . phi[i] for n rows. slots = 0: without phi. */
export function applyLogistic(
  theta: usize, v: usize, words: usize, slots: u32, columns: usize, n: u32, out: usize,
): void {
  for (let i: u32 = 0; i < n; i++) {
    store<f64>(at(out, i), margin(theta, load<f64>(at(v, i)), words + ((usize(i) * slots) << 2), slots, columns));
  }
}

function objective(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  words: usize, slots: u32, columns: usize, size: u32, lambda: f64, centre: f64,
): f64 {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const label = load<i8>(y + i);
    if (label < 0 || i32(load<u8>(fold + i)) == skip) continue;
    const m = margin(theta, load<f64>(at(v, i)), words + ((usize(i) * slots) << 2), slots, columns);
    sum += softplus(label > 0 ? -m : m);
  }
  const a = load<f64>(theta + 8) - centre;
  sum += 0.5 * a * a;
  let squares: f64 = 0;
  for (let j: u32 = 2; j < size; j++) squares += load<f64>(at(theta, j)) * load<f64>(at(theta, j));
  return sum + 0.5 * lambda * squares;
}

/** Bytes of scratch that fitLogistic needs for `features` columns and rows of `slots` slots. */
export function logisticScratch(features: u32, slots: u32): u32 {
  const size = features + 2;
  return 8 * (size * size + 3 * size + 2 * (slots + 2));
}

/**
 * Fits theta (in: the start, out: the minimum) on rows with a label whose fold is not `skip` (-1: all).
 * features = 0 with slots = 0 leaves out phi. Returns the number of Newton steps.
 */
export function fitLogistic(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  words: usize, slots: u32, columns: usize, features: u32, lambda: f64, centre: f64, scratch: usize,
): u32 {
  const size = features + 2;
  const hessian = scratch;
  const gradient = at(hessian, size * size);
  const step = at(gradient, size);
  const trial = at(step, size);
  const index = at(trial, size);
  const value = at(index, slots + 2);
  let loss = objective(theta, v, y, fold, skip, n, words, slots, columns, size, lambda, centre);
  for (let turn: u32 = 0; turn < MAX_STEPS; turn++) {
    memory.fill(hessian, 0, usize(size) * size * 8 + usize(size) * 8);
    for (let i: u32 = 0; i < n; i++) {
      const label = load<i8>(y + i);
      if (label < 0 || i32(load<u8>(fold + i)) == skip) continue;
      const row = words + ((usize(i) * slots) << 2);
      const p = sigmoid(margin(theta, load<f64>(at(v, i)), row, slots, columns));
      store<u32>(index, 0);
      store<f64>(value, 1);
      store<u32>(at(index, 1), 1);
      store<f64>(at(value, 1), load<f64>(at(v, i)));
      let active: u32 = 2;
      for (let s: u32 = 0; s < slots; s++) {
        const fixed = load<i32>(columns + (usize(s) << 2));
        const column = fixed >= 0 ? fixed : load<i32>(row + (usize(s) << 2));
        const x: f64 = fixed >= 0 ? f64(load<f32>(row + (usize(s) << 2))) : 1;
        if (column < 0 || x == 0) continue;
        store<u32>(at(index, active), 2 + u32(column));
        store<f64>(at(value, active), x);
        active++;
      }
      const residual = p - f64(label);
      const curvature = p * (1 - p);
      for (let s: u32 = 0; s < active; s++) {
        const j = load<u32>(at(index, s));
        const x = load<f64>(at(value, s));
        store<f64>(at(gradient, j), load<f64>(at(gradient, j)) + residual * x);
        const scaled = curvature * x;
        const line = at(hessian, j * size);
        for (let t: u32 = 0; t <= s; t++) {
          const to = at(line, load<u32>(at(index, t)));
          store<f64>(to, load<f64>(to) + scaled * load<f64>(at(value, t)));
        }
      }
    }
    penalise(theta, hessian, gradient, size, lambda, centre);
    const decrement = newtonStep(hessian, gradient, step, size);
    if (!(decrement > 2 * TOLERANCE * (1 + loss))) return turn;
    let length: f64 = 1;
    let next: f64 = Infinity;
    for (let halving = 0; halving < 50; halving++) {
      for (let j: u32 = 0; j < size; j++) {
        store<f64>(at(trial, j), load<f64>(at(theta, j)) - length * load<f64>(at(step, j)));
      }
      next = objective(trial, v, y, fold, skip, n, words, slots, columns, size, lambda, centre);
      if (next <= loss - 1e-4 * length * decrement) break;
      length *= 0.5;
    }
    if (!(next < loss)) return turn;
    memory.copy(theta, trial, usize(size) << 3);
    loss = next;
  }
  return MAX_STEPS;
}

function penalise(theta: usize, hessian: usize, gradient: usize, size: u32, lambda: f64, centre: f64): void {
  store<f64>(at(gradient, 1), load<f64>(at(gradient, 1)) + load<f64>(at(theta, 1)) - centre);
  const slope = at(hessian, size + 1);
  store<f64>(slope, load<f64>(slope) + 1);
  for (let j: u32 = 2; j < size; j++) {
    store<f64>(at(gradient, j), load<f64>(at(gradient, j)) + lambda * load<f64>(at(theta, j)));
    const d = at(hessian, j * size + j);
    store<f64>(d, load<f64>(d) + lambda);
  }
}

/** step = H^-1 g by Cholesky (lower triangle, in place); returns g . step. */
export function newtonStep(hessian: usize, gradient: usize, step: usize, size: u32): f64 {
  // b has no penalty: where every row is saturated its curvature vanishes, so the pivot gets a floor
  store<f64>(hessian, load<f64>(hessian) + 1e-10);
  for (let i: u32 = 0; i < size; i++) {
    const line = at(hessian, i * size);
    for (let j: u32 = 0; j <= i; j++) {
      const other = at(hessian, j * size);
      let sum = load<f64>(at(line, j));
      for (let k: u32 = 0; k < j; k++) sum -= load<f64>(at(line, k)) * load<f64>(at(other, k));
      if (i == j) store<f64>(at(line, i), sqrt<f64>(max<f64>(sum, 1e-12)));
      else store<f64>(at(line, j), sum / load<f64>(at(other, j)));
    }
  }
  for (let i: u32 = 0; i < size; i++) {
    let sum = load<f64>(at(gradient, i));
    for (let k: u32 = 0; k < i; k++) sum -= load<f64>(at(hessian, i * size + k)) * load<f64>(at(step, k));
    store<f64>(at(step, i), sum / load<f64>(at(hessian, i * size + i)));
  }
  for (let i: i32 = i32(size) - 1; i >= 0; i--) {
    let sum = load<f64>(at(step, i));
    for (let k: u32 = u32(i) + 1; k < size; k++) sum -= load<f64>(at(hessian, k * size + u32(i))) * load<f64>(at(step, k));
    store<f64>(at(step, i), sum / load<f64>(at(hessian, u32(i) * size + u32(i))));
  }
  let decrement: f64 = 0;
  for (let i: u32 = 0; i < size; i++) decrement += load<f64>(at(gradient, i)) * load<f64>(at(step, i));
  return decrement;
}
