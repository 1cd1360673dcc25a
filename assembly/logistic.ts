// Label de-biasing in float64: the ridge logistic regression behind `platt` and `residual`.
//   minimise sum r_i BCE(y, sigmoid(b + a v + w . phi)) + sum lambda_j / 2 w_j^2 + 1/2 (a - centre)^2, b unpenalised; r: row weights
// by Newton's method with a backtracking line search (full steps diverge on over-confident margins). The Hessian is reused from
// iteration to iteration, and from one penalty to the next, until it makes too little progress: a pass for the gradient costs
// rows x fields, one for the Hessian rows x fields^2.
// phi is a row of fields (fields.ts), so each one-hot group costs one term. theta = [b, a, w_0 .. w_(F-1)].

import { at, weigh, weightOf } from './address';
import { factorise, solve } from './cholesky';
import { addDenseCurvature, addGradient, addPenalties, addSparseCurvature, firstDenseField, unpackRow } from './curvature';
import { sigmoids, softpluses } from './wide';

const MAX_ITERATIONS: u32 = 100;
/** Converged when half the squared Newton decrement, the predicted decrease, is below this share of the loss. */
const TOLERANCE: f64 = 1e-13;

/** b + a v + w . phi of one row. */
// @ts-ignore: decorator
@inline
function margin(theta: usize, v: f64, row: usize, fields: u32, columns: usize): f64 {
  let sum = load<f64>(theta) + load<f64>(theta + 8) * v;
  for (let s: u32 = 0; s < fields; s++) sum += fieldTerm(theta, row, s, load<i32>(columns + (usize(s) << 2)));
  return sum;
}

/** The term of field s in a row's margin. */
// @ts-ignore: decorator
@inline
function fieldTerm(theta: usize, row: usize, s: u32, fixed: i32): f64 {
  const at = row + (usize(s) << 2);
  if (fixed >= 0) return load<f64>(theta + 16 + (usize(fixed) << 3)) * f64(load<f32>(at));
  const index = load<i32>(at);
  return index >= 0 ? load<f64>(theta + 16 + (usize(index) << 3)) : 0;
}

/** out[i] = b + a v[i] + w . phi[i] for n rows; four independent sums at a time hide the latency of an addition. fields = 0: without phi. */
export function applyLogistic(
  theta: usize, v: usize, data: usize, fields: u32, columns: usize, n: u32, out: usize,
): void {
  const stride = usize(fields) << 2;
  const b = load<f64>(theta);
  const a = load<f64>(theta + 8);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    let m0 = b + a * load<f64>(v);
    let m1 = b + a * load<f64>(v, 8);
    let m2 = b + a * load<f64>(v, 16);
    let m3 = b + a * load<f64>(v, 24);
    for (let s: u32 = 0; s < fields; s++) {
      const fixed = load<i32>(columns + (usize(s) << 2));
      m0 += fieldTerm(theta, data, s, fixed);
      m1 += fieldTerm(theta, data + stride, s, fixed);
      m2 += fieldTerm(theta, data + 2 * stride, s, fixed);
      m3 += fieldTerm(theta, data + 3 * stride, s, fixed);
    }
    store<f64>(out, m0);
    store<f64>(out, m1, 8);
    store<f64>(out, m2, 16);
    store<f64>(out, m3, 24);
    v += 32;
    out += 32;
    data += 4 * stride;
  }
  for (; i < n; i++) {
    store<f64>(out, margin(theta, load<f64>(v), data, fields, columns));
    v += 8;
    out += 8;
    data += stride;
  }
}

/** The penalised loss at theta. Writes the margins of all rows to `margins`. losses: scratch, float64 [n]. */
function objective(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  data: usize, fields: u32, columns: usize, size: u32, penalties: usize, centre: f64, margins: usize, losses: usize, weights: usize,
): f64 {
  applyLogistic(theta, v, data, fields, columns, n, margins);
  for (let i: u32 = 0; i < n; i++) {
    const m = load<f64>(at(margins, i));
    store<f64>(at(losses, i), load<i8>(y + i) > 0 ? -m : m);
  }
  softpluses(losses, n, losses);
  let sum: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (load<i8>(y + i) >= 0 && i32(load<u8>(fold + i)) != skip) sum += weigh(weights, i, load<f64>(at(losses, i)));
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

/** Bytes of scratch that fitLogistic needs for `features` columns and n rows of `fields` fields; 2^32 - 1 where that is more. */
export function logisticScratch(features: u32, fields: u32, n: u32): u32 {
  const size = u64(features) + 2;
  return u32(min<u64>(8 * (2 * size * size + 3 * size + 6 * (u64(fields) + 4) + 2 * u64(n)), 0xffffffff));
}

/** A step with a reused Hessian must reduce the squared Newton decrement to this share; else the Hessian is computed again. */
const MIN_PROGRESS: f64 = 0.2;

/**
 * Fits theta (the start on entry, the minimum on return) on the rows with a label outside fold `skip` (-1: no fold is left out).
 * features = 0 and fields = 0: without phi. penalties: lambda of each weight, float64. reuse: scratch still holds the Hessian of
 * an earlier call on the same rows. weights: of the rows' losses, float64 [n] (0: all 1). Returns the number of iterations.
 */
export function fitLogistic(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  data: usize, fields: u32, columns: usize, features: u32, penalties: usize, centre: f64, scratch: usize, reuse: bool,
  weights: usize,
): u32 {
  const size = features + 2;
  const hessian = scratch;
  const factor = at(hessian, size * size);
  const gradient = at(factor, size * size);
  const step = at(gradient, size);
  const trial = at(step, size);
  const margins = at(trial, size); // of the theta that was evaluated last
  const losses = at(margins, n);
  // the parts of a row (unpackRow)
  const first = firstDenseField(fields, columns);
  const allDense = first == 0 && fields > 0 && load<i32>(columns) == 0;
  const denseLength = fields - first + (allDense ? 2 : 0);
  const denseColumn = allDense ? 0 : first < fields ? 2 + u32(load<i32>(columns + (usize(first) << 2))) : 0;
  const indices = at(losses, n);
  const values = at(indices, fields + 2);
  const curvatures = at(values, fields + 2);
  const denseRows = at(curvatures, 4);
  let fresh = false; // the Hessian is of this theta
  let factored = false;
  let last: f64 = Infinity;
  let loss = objective(theta, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, margins, losses, weights);
  for (let iteration: u32 = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (!reuse) {
      memory.fill(hessian, 0, usize(size) * size * 8);
      fresh = true;
      factored = false;
    }
    memory.fill(gradient, 0, usize(size) * 8);
    sigmoids(margins, n, losses);
    let pending: u32 = 0; // rows of addDenseCurvature, which takes four
    for (let i: u32 = 0; i < n; i++) {
      const label = load<i8>(y + i);
      if (label < 0 || i32(load<u8>(fold + i)) == skip) continue;
      const weight = weightOf(weights, i);
      if (weight == 0) continue;
      const row = data + ((usize(i) * fields) << 2);
      const p = load<f64>(at(losses, i));
      const dense = at(denseRows, pending * denseLength);
      const count = unpackRow(load<f64>(at(v, i)), row, fields, columns, first, indices, values, dense);
      addGradient(gradient, weight * (p - f64(label)), count, indices, values, dense, denseLength, denseColumn);
      if (reuse) continue;
      const curvature = weight * (p * (1 - p));
      addSparseCurvature(hessian, size, curvature, count, indices, values, dense, denseLength, denseColumn);
      store<f64>(at(curvatures, pending), curvature);
      if (++pending == 4) {
        addDenseCurvature(hessian, size, curvatures, denseRows, denseLength, denseColumn);
        pending = 0;
      }
    }
    if (pending) {
      memory.fill(at(denseRows, pending * denseLength), 0, usize((4 - pending) * denseLength) << 3);
      memory.fill(at(curvatures, pending), 0, usize(4 - pending) << 3);
      addDenseCurvature(hessian, size, curvatures, denseRows, denseLength, denseColumn);
    }
    reuse = true;
    if (!factored) {
      memory.copy(factor, hessian, usize(size) * size * 8);
      addPenalties(factor, size, penalties);
      factorise(factor, size);
      factored = true;
    }
    store<f64>(at(gradient, 1), load<f64>(at(gradient, 1)) + load<f64>(theta + 8) - centre);
    for (let j: u32 = 2; j < size; j++) {
      store<f64>(at(gradient, j), load<f64>(at(gradient, j)) + load<f64>(at(penalties, j - 2)) * load<f64>(at(theta, j)));
    }
    const decrement = solve(factor, gradient, step, size);
    if (!(decrement > 2 * TOLERANCE * (1 + loss))) return iteration;
    if (!fresh && decrement > MIN_PROGRESS * last) {
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
      next = objective(trial, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, margins, losses, weights);
      if (next <= loss - 1e-4 * length * decrement) break;
      length *= 0.5;
    }
    if (!(next < loss)) return iteration;
    memory.copy(theta, trial, usize(size) << 3);
    loss = next;
  }
  return MAX_ITERATIONS;
}
