// Label de-biasing in float64: the ridge logistic regression behind `platt` and `residual`.
//   minimise sum r_i BCE(y, sigmoid(b + a v + w . phi)) + sum lambda_j / 2 w_j^2 + 1/2 (a - centre)^2, b unpenalised; r: row weights
// by Newton's method with a backtracking line search (full steps diverge on over-confident margins). The Hessian is reused from
// iteration to iteration, and from one penalty to the next, until it makes too little progress: a pass for the gradient costs
// rows x fields, one for the Hessian rows x fields^2.
// phi is a row of fields (fields.ts), so each one-hot group costs one term. theta = [b, a, w_0 .. w_(F-1)].

import { at, weigh, weightOf } from './address';
import { factorise, solve } from './cholesky';
import {
  addDenseCurvature, addDenseGradient, addPenalties, addSparseCurvature, addSparseGradient, firstDenseField, unpackDense,
  unpackSparse,
} from './curvature';
import { pair, softplusesAndSigmoids } from './wide';

const MAX_ITERATIONS: u32 = 100;
/**
 * A step is the last when half the squared Newton decrement, the predicted decrease, is below this share of the loss. It is taken without
 * looking at the loss again, and leaves an error of the loss that is several times to a hundred times smaller.
 */
const LAST: f64 = 1e-12;

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

/**
 * out[i] = b + a v[i] + w . phi[i] for n rows. Four rows at a time hide the latency of an addition; each has a lane where the last
 * fields hold consecutive columns. fields = 0: without phi.
 */
export function applyLogistic(
  theta: usize, v: usize, data: usize, fields: u32, columns: usize, n: u32, out: usize,
): void {
  const stride = usize(fields) << 2;
  const dense = firstDenseField(fields, columns);
  const first = dense + ((fields - dense) & 1); // from here on two fields at a time
  const weights = first < fields ? theta + 16 + (usize(load<i32>(columns + (usize(first) << 2))) << 3) : 0;
  const b = f64x2.splat(load<f64>(theta));
  const a = v128.load64_splat(theta + 8);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const row1 = data + stride;
    const row2 = row1 + stride;
    const row3 = row2 + stride;
    let m01 = f64x2.add(b, f64x2.mul(a, v128.load(v)));
    let m23 = f64x2.add(b, f64x2.mul(a, v128.load(v, 16)));
    for (let s: u32 = 0; s < first; s++) {
      const fixed = load<i32>(columns + (usize(s) << 2));
      m01 = f64x2.add(m01, pair(fieldTerm(theta, data, s, fixed), fieldTerm(theta, row1, s, fixed)));
      m23 = f64x2.add(m23, pair(fieldTerm(theta, row2, s, fixed), fieldTerm(theta, row3, s, fixed)));
    }
    let w = weights;
    for (let s = usize(first) << 2; s < stride; s += 8) {
      const x0 = f64x2.promote_low_f32x4(v128.load64_zero(data + s));
      const x1 = f64x2.promote_low_f32x4(v128.load64_zero(row1 + s));
      const x2 = f64x2.promote_low_f32x4(v128.load64_zero(row2 + s));
      const x3 = f64x2.promote_low_f32x4(v128.load64_zero(row3 + s));
      const w0 = v128.load64_splat(w);
      const w1 = v128.load64_splat(w, 8);
      m01 = f64x2.add(m01, f64x2.mul(w0, v128.shuffle<f64>(x0, x1, 0, 2)));
      m23 = f64x2.add(m23, f64x2.mul(w0, v128.shuffle<f64>(x2, x3, 0, 2)));
      m01 = f64x2.add(m01, f64x2.mul(w1, v128.shuffle<f64>(x0, x1, 1, 3)));
      m23 = f64x2.add(m23, f64x2.mul(w1, v128.shuffle<f64>(x2, x3, 1, 3)));
      w += 16;
    }
    v128.store(out, m01);
    v128.store(out, m23, 16);
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

/** The penalised loss at theta. Writes the probabilities of all rows to `p`. losses: scratch, float64 [n]. */
function objective(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  data: usize, fields: u32, columns: usize, size: u32, penalties: usize, centre: f64, p: usize, losses: usize, weights: usize,
): f64 {
  applyLogistic(theta, v, data, fields, columns, n, losses);
  softplusesAndSigmoids(losses, y, n, losses, p);
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
  return u32(min<u64>(8 * (2 * size * size + 3 * size + 6 * (u64(fields) + 4) + 8 + 2 * u64(n)), 0xffffffff));
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
  const probabilities = at(trial, size); // of the theta that was evaluated last
  const losses = at(probabilities, n);
  // the parts of a row (curvature.ts)
  const first = firstDenseField(fields, columns);
  const allDense = first == 0 && fields > 0 && load<i32>(columns) == 0;
  const denseLength = fields - first + (allDense ? 2 : 0);
  const denseColumn = allDense ? 0 : first < fields ? 2 + u32(load<i32>(columns + (usize(first) << 2))) : 0;
  const indices = at(losses, n);
  const values = at(indices, fields + 2);
  const residuals = at(values, fields + 2);
  const curvatures = at(residuals, 4);
  const slopes = at(curvatures, 4); // v of the rows that wait, and their addresses
  const places = at(slopes, 4);
  const denseRows = at(places, 4);
  let fresh = false; // the Hessian is of this theta
  let factored = false;
  let last: f64 = Infinity;
  let loss = objective(theta, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, probabilities, losses, weights);
  for (let iteration: u32 = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (!reuse) {
      memory.fill(hessian, 0, usize(size) * size * 8);
      fresh = true;
      factored = false;
    }
    memory.fill(gradient, 0, usize(size) * 8);
    let pending: u32 = 0; // rows whose dense parts wait, because four are added at a time
    for (let i: u32 = 0; i < n; i++) {
      const label = load<i8>(y + i);
      if (label < 0 || i32(load<u8>(fold + i)) == skip) continue;
      const weight = weightOf(weights, i);
      if (weight == 0) continue;
      const row = data + ((usize(i) * fields) << 2);
      const p = load<f64>(at(probabilities, i));
      const dense = at(denseRows, pending * denseLength);
      const slope = load<f64>(at(v, i));
      const count = allDense ? 0 : unpackSparse(slope, row, columns, first, indices, values);
      const residual = weight * (p - f64(label));
      const curvature = weight * (p * (1 - p));
      addSparseGradient(gradient, residual, count, indices, values);
      if (!reuse) {
        unpackDense(slope, row, fields, first, allDense, dense);
        addSparseCurvature(hessian, size, curvature, count, indices, values, dense, denseLength, denseColumn);
      }
      store<f64>(at(residuals, pending), residual);
      store<f64>(at(curvatures, pending), curvature);
      store<f64>(at(slopes, pending), slope);
      store<usize>(places + pending * sizeof<usize>(), row);
      if (++pending < 4) continue;
      pending = 0;
      addDenseGradient(gradient, residuals, slopes, places, fields, first, allDense, denseColumn);
      if (!reuse) addDenseCurvature(hessian, size, curvatures, denseRows, denseLength, denseColumn);
    }
    if (pending) {
      memory.fill(at(denseRows, pending * denseLength), 0, usize((4 - pending) * denseLength) << 3);
      for (let k = pending; k < 4; k++) {
        store<f64>(at(residuals, k), 0);
        store<f64>(at(curvatures, k), 0);
        store<f64>(at(slopes, k), 0);
        store<usize>(places + k * sizeof<usize>(), load<usize>(places));
      }
      addDenseGradient(gradient, residuals, slopes, places, fields, first, allDense, denseColumn);
      if (!reuse) addDenseCurvature(hessian, size, curvatures, denseRows, denseLength, denseColumn);
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
    if (!(decrement > 2 * LAST * (1 + loss))) {
      // not where it is NaN, as of margins that are too large
      if (decrement > 0) for (let j: u32 = 0; j < size; j++) store<f64>(at(theta, j), load<f64>(at(theta, j)) - load<f64>(at(step, j)));
      return iteration;
    }
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
      next = objective(trial, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, probabilities, losses, weights);
      if (next <= loss - 1e-4 * length * decrement) break;
      length *= 0.5;
    }
    if (!(next < loss)) return iteration;
    memory.copy(theta, trial, usize(size) << 3);
    loss = next;
  }
  return MAX_ITERATIONS;
}
