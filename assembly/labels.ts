// Label de-biasing in float64: the ridge logistic fit behind `platt` and `residual`.
//   minimise sum BCE(y, b + a v + w . phi) + sum lambda_j / 2 w_j^2 + 1/2 (a - centre)^2, b free
// by Newton's method with a backtracking line search (undamped steps diverge on over-confident margins). The curvature is
// kept from step to step, and from one penalty to the next, and made anew only where steps with it gain too slowly: a pass
// for the gradient costs rows x slots, one for the curvature rows x slots^2.
// phi is the row in slots (slots.ts), so one-hot columns cost one term each. theta = [b, a, w_0 .. w_(F-1)].

import { sigmoids, softpluses } from './wide';

const MAX_STEPS: u32 = 100;
/** Stop when half the squared Newton decrement, the loss still to gain, is below this share of the loss. */
const TOLERANCE: f64 = 1e-13;

// @ts-ignore: decorator
@inline
function at(a: usize, i: u32): usize {
  return a + (usize(i) << 3);
}

/** b + a v + w . phi of one row. */
// @ts-ignore: decorator
@inline
function margin(theta: usize, v: f64, row: usize, slots: u32, columns: usize): f64 {
  let sum = load<f64>(theta) + load<f64>(theta + 8) * v;
  for (let s: u32 = 0; s < slots; s++) sum += term(theta, row, s, load<i32>(columns + (usize(s) << 2)));
  return sum;
}

/** What slot s adds to a row's margin. */
// @ts-ignore: decorator
@inline
function term(theta: usize, row: usize, s: u32, fixed: i32): f64 {
  const at = row + (usize(s) << 2);
  if (fixed >= 0) return load<f64>(theta + 16 + (usize(fixed) << 3)) * f64(load<f32>(at));
  const index = load<i32>(at);
  return index >= 0 ? load<f64>(theta + 16 + (usize(index) << 3)) : 0;
}

/** out[i] = b + a v[i] + w . phi[i] for n rows, four side by side: each waits for its own sum alone. slots = 0: without phi. */
export function applyLogistic(
  theta: usize, v: usize, words: usize, slots: u32, columns: usize, n: u32, out: usize,
): void {
  const stride = usize(slots) << 2;
  const b = load<f64>(theta);
  const a = load<f64>(theta + 8);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    let m0 = b + a * load<f64>(v);
    let m1 = b + a * load<f64>(v, 8);
    let m2 = b + a * load<f64>(v, 16);
    let m3 = b + a * load<f64>(v, 24);
    for (let s: u32 = 0; s < slots; s++) {
      const fixed = load<i32>(columns + (usize(s) << 2));
      m0 += term(theta, words, s, fixed);
      m1 += term(theta, words + stride, s, fixed);
      m2 += term(theta, words + 2 * stride, s, fixed);
      m3 += term(theta, words + 3 * stride, s, fixed);
    }
    store<f64>(out, m0);
    store<f64>(out, m1, 8);
    store<f64>(out, m2, 16);
    store<f64>(out, m3, 24);
    v += 32;
    out += 32;
    words += 4 * stride;
  }
  for (; i < n; i++) {
    store<f64>(out, margin(theta, load<f64>(v), words, slots, columns));
    v += 8;
    out += 8;
    words += stride;
  }
}

/** The penalised loss at theta; margins of all rows are left in `margins`. losses: scratch, float64 [n]. */
function objective(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  words: usize, slots: u32, columns: usize, size: u32, penalties: usize, centre: f64, margins: usize, losses: usize,
): f64 {
  applyLogistic(theta, v, words, slots, columns, n, margins);
  for (let i: u32 = 0; i < n; i++) {
    const m = load<f64>(at(margins, i));
    store<f64>(at(losses, i), load<i8>(y + i) > 0 ? -m : m);
  }
  softpluses(losses, n, losses);
  let sum: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (load<i8>(y + i) >= 0 && i32(load<u8>(fold + i)) != skip) sum += load<f64>(at(losses, i));
  }
  const a = load<f64>(theta + 8) - centre;
  sum += 0.5 * a * a;
  let squares: f64 = 0;
  for (let j: u32 = 2; j < size; j++) {
    const w = load<f64>(at(theta, j));
    squares += load<f64>(at(penalties, j - 2)) * w * w;
  }
  return sum + 0.5 * squares;
}

/** Bytes of scratch that fitLogistic needs for `features` columns and n rows of `slots` slots; more than 4 GiB: 2^32 - 1. */
export function logisticScratch(features: u32, slots: u32, n: u32): u32 {
  const size = u64(features) + 2;
  return u32(min<u64>(8 * (2 * size * size + 3 * size + 2 * (u64(slots) + 2) + 2 * u64(n)), 0xffffffff));
}

/** A step with a kept curvature must shrink what is left to gain to this share of it. */
const SLOW: f64 = 0.2;

/**
 * Fits theta (in: the start, out: the minimum) on rows with a label whose fold is not `skip` (-1: all).
 * features = 0 with slots = 0 leaves out phi. penalties: lambda of each weight, float64. reuse: the scratch still holds the curvature of a call on the same rows.
 * Returns the number of steps.
 */
export function fitLogistic(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  words: usize, slots: u32, columns: usize, features: u32, penalties: usize, centre: f64, scratch: usize, reuse: bool,
): u32 {
  const size = features + 2;
  const hessian = scratch;
  const factor = at(hessian, size * size);
  const gradient = at(factor, size * size);
  const step = at(gradient, size);
  const trial = at(step, size);
  const index = at(trial, size);
  const margins = at(index, 2 * (slots + 2)); // of the theta that was looked at last
  const losses = at(margins, n);
  let fresh = false; // the curvature is of this theta
  let factored = false;
  let last: f64 = Infinity;
  let loss = objective(theta, v, y, fold, skip, n, words, slots, columns, size, penalties, centre, margins, losses);
  for (let turn: u32 = 0; turn < MAX_STEPS; turn++) {
    if (!reuse) {
      memory.fill(hessian, 0, usize(size) * size * 8);
      fresh = true;
      factored = false;
    }
    memory.fill(gradient, 0, usize(size) * 8);
    sigmoids(margins, n, losses);
    for (let i: u32 = 0; i < n; i++) {
      const label = load<i8>(y + i);
      if (label < 0 || i32(load<u8>(fold + i)) == skip) continue;
      const row = words + ((usize(i) * slots) << 2);
      const m = load<f64>(at(v, i));
      const p = load<f64>(at(losses, i));
      addRow(gradient, reuse ? 0 : hessian, size, m, row, slots, columns, p - f64(label), p * (1 - p), index);
    }
    reuse = true;
    if (!factored) {
      memory.copy(factor, hessian, usize(size) * size * 8);
      penalise(factor, size, penalties);
      factorise(factor, size);
      factored = true;
    }
    store<f64>(at(gradient, 1), load<f64>(at(gradient, 1)) + load<f64>(theta + 8) - centre);
    for (let j: u32 = 2; j < size; j++) {
      store<f64>(at(gradient, j), load<f64>(at(gradient, j)) + load<f64>(at(penalties, j - 2)) * load<f64>(at(theta, j)));
    }
    const decrement = solve(factor, gradient, step, size);
    if (!(decrement > 2 * TOLERANCE * (1 + loss))) return turn;
    if (!fresh && decrement > SLOW * last) {
      reuse = false;
      last = Infinity;
      continue;
    }
    last = fresh ? Infinity : decrement;
    fresh = false;
    let length: f64 = 1;
    let next: f64 = Infinity;
    for (let halving = 0; halving < 50; halving++) {
      for (let j: u32 = 0; j < size; j++) {
        store<f64>(at(trial, j), load<f64>(at(theta, j)) - length * load<f64>(at(step, j)));
      }
      next = objective(trial, v, y, fold, skip, n, words, slots, columns, size, penalties, centre, margins, losses);
      if (next <= loss - 1e-4 * length * decrement) break;
      length *= 0.5;
    }
    if (!(next < loss)) return turn;
    memory.copy(theta, trial, usize(size) << 3);
    loss = next;
  }
  return MAX_STEPS;
}

/**
 * What the fit says of each block's penalty (MacKay 1992): out[2 b] = gamma, how many of its weights the rows determine,
 * sum of 1 - lambda_j (H^-1)_jj; out[2 b + 1] = the sum of their squares. Their ratio is the penalty with the most evidence.
 * blocks: u8 [features]; scratch: of the fitLogistic call that ended at theta, with its curvature, which lies near.
 */
export function blockEvidence(
  theta: usize, features: u32, penalties: usize, blocks: usize, count: u32, scratch: usize, out: usize,
): void {
  const size = features + 2;
  const factor = at(scratch, size * size);
  const column = at(factor, size * size);
  memory.copy(factor, scratch, usize(size) * size * 8);
  penalise(factor, size, penalties);
  factorise(factor, size);
  memory.fill(out, 0, usize(count) << 4);
  for (let j: u32 = 2; j < size; j++) {
    // (H^-1)_jj is the square of column j of the inverse factor
    let inverse: f64 = 0;
    for (let i = j; i < size; i++) {
      const line = at(factor, i * size);
      const sum = (i == j ? 1.0 : 0.0) - dot(at(line, j), at(column, j), i - j);
      const x = sum / load<f64>(at(line, i));
      store<f64>(at(column, i), x);
      inverse += x * x;
    }
    const w = load<f64>(at(theta, j));
    const to = out + (usize(load<u8>(blocks + (j - 2))) << 4);
    store<f64>(to, load<f64>(to) + 1.0 - load<f64>(at(penalties, j - 2)) * inverse);
    store<f64>(to, load<f64>(to, 8) + w * w, 8);
  }
}

/** Adds one row's part to the gradient and, where it is not 0, to the lower triangle of the curvature. */
function addRow(
  gradient: usize, hessian: usize, size: u32, v: f64, row: usize, slots: u32, columns: usize, residual: f64,
  curvature: f64, index: usize,
): void {
  const value = at(index, slots + 2);
  store<u32>(index, 0);
  store<f64>(value, 1);
  store<u32>(at(index, 1), 1);
  store<f64>(at(value, 1), v);
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
  // from `run` on columns follow each other, as numbers do: two at a time
  let run = active - 1;
  while (run > 0 && load<u32>(at(index, run - 1)) + 1 == load<u32>(at(index, run))) run--;
  const first = load<u32>(at(index, run));
  for (let s: u32 = 0; s < run; s++) {
    const to = at(gradient, load<u32>(at(index, s)));
    store<f64>(to, load<f64>(to) + residual * load<f64>(at(value, s)));
  }
  const left = f64x2.splat(residual);
  let last = run;
  for (; last + 2 <= active; last += 2) {
    const to = at(gradient, first + last - run);
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(left, v128.load(at(value, last)))));
  }
  if (last < active) {
    const to = at(gradient, first + last - run);
    store<f64>(to, load<f64>(to) + residual * load<f64>(at(value, last)));
  }
  if (!hessian) return;
  for (let s: u32 = 0; s < active; s++) {
    const scaled = curvature * load<f64>(at(value, s));
    const line = at(hessian, load<u32>(at(index, s)) * size);
    let t: u32 = 0;
    for (; t <= s && t < run; t++) {
      const to = at(line, load<u32>(at(index, t)));
      store<f64>(to, load<f64>(to) + scaled * load<f64>(at(value, t)));
    }
    const wide = f64x2.splat(scaled);
    for (; t < s; t += 2) {
      const to = at(line, first + t - run);
      v128.store(to, f64x2.add(v128.load(to), f64x2.mul(wide, v128.load(at(value, t)))));
    }
    if (t == s) {
      const to = at(line, first + t - run);
      store<f64>(to, load<f64>(to) + scaled * load<f64>(at(value, t)));
    }
  }
}

/** Adds the penalties' curvature. */
function penalise(hessian: usize, size: u32, penalties: usize): void {
  const slope = at(hessian, size + 1);
  store<f64>(slope, load<f64>(slope) + 1);
  for (let j: u32 = 2; j < size; j++) {
    const d = at(hessian, j * size + j);
    store<f64>(d, load<f64>(d) + load<f64>(at(penalties, j - 2)));
  }
}

/** step = H^-1 g by Cholesky (lower triangle, in place); returns g . step. */
export function newtonStep(hessian: usize, gradient: usize, step: usize, size: u32): f64 {
  factorise(hessian, size);
  return solve(hessian, gradient, step, size);
}

/** sum over k < n of a[k] b[k], in four interleaved sums, then the rest in order. */
// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, n: u32): f64 {
  let x = f64x2.splat(0);
  let y = f64x2.splat(0);
  const whole = usize(n & ~3) << 3;
  for (let k: usize = 0; k < whole; k += 32) {
    x = f64x2.add(x, f64x2.mul(v128.load(a + k), v128.load(b + k)));
    y = f64x2.add(y, f64x2.mul(v128.load(a + k, 16), v128.load(b + k, 16)));
  }
  x = f64x2.add(x, y);
  let sum = f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
  for (let k: usize = whole; k < usize(n) << 3; k += 8) sum += load<f64>(a + k) * load<f64>(b + k);
  return sum;
}

/** The Cholesky factor of a symmetric matrix given by its lower triangle, in place. */
function factorise(hessian: usize, size: u32): void {
  // b has no penalty: where every row is saturated its curvature vanishes, so the pivot gets a floor
  store<f64>(hessian, load<f64>(hessian) + 1e-10);
  for (let i: u32 = 0; i < size; i++) {
    const line = at(hessian, i * size);
    for (let j: u32 = 0; j <= i; j++) {
      const other = at(hessian, j * size);
      const sum = load<f64>(at(line, j)) - dot(line, other, j);
      if (i == j) store<f64>(at(line, i), sqrt<f64>(max<f64>(sum, 1e-12)));
      else store<f64>(at(line, j), sum / load<f64>(at(other, j)));
    }
  }
}

/** step = H^-1 g for a factor of H; returns g . step. */
function solve(factor: usize, gradient: usize, step: usize, size: u32): f64 {
  for (let i: u32 = 0; i < size; i++) {
    const line = at(factor, i * size);
    store<f64>(at(step, i), (load<f64>(at(gradient, i)) - dot(line, step, i)) / load<f64>(at(line, i)));
  }
  for (let i: i32 = i32(size) - 1; i >= 0; i--) {
    let sum = load<f64>(at(step, i));
    for (let k: u32 = u32(i) + 1; k < size; k++) sum -= load<f64>(at(factor, k * size + u32(i))) * load<f64>(at(step, k));
    store<f64>(at(step, i), sum / load<f64>(at(factor, u32(i) * size + u32(i))));
  }
  let decrement: f64 = 0;
  for (let i: u32 = 0; i < size; i++) decrement += load<f64>(at(gradient, i)) * load<f64>(at(step, i));
  return decrement;
}
