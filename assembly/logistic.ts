// Label de-biasing in float64: the ridge logistic regression behind `platt` and `residual`.
//   minimise sum r_i BCE(y, sigmoid(b + a v + w . phi)) + sum lambda_j / 2 w_j^2 + 1/2 (a - centre)^2, b unpenalised; r: row weights
// by Newton's method with a backtracking line search (full steps diverge on over-confident margins). The Hessian is reused from
// iteration to iteration, corrected by the last steps, and from one penalty to the next, until it makes too little progress: a pass for the gradient costs
// rows x fields, one for the Hessian rows x fields^2.
// phi is a row of fields (fields.ts), so each one-hot group costs one term. theta = [b, a, w_0 .. w_(F-1)].

import { at, weigh, weightOf } from './address';
import { dot, factorise, solve } from './cholesky';
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

/** Rows whose margins, losses and gradients are computed in turn, while the rows are in the cache; a multiple of 4. */
const ROWS_AT_ONCE: u32 = 32;

/** Bytes of scratch of `evaluate`. */
// @ts-ignore: decorator
@inline
function evaluateScratch(fields: u64): u64 {
  return 8 * (2 * ROWS_AT_ONCE + 6 * (fields + 4) + 16);
}

/**
 * The penalised loss at theta. Writes its gradient, and with a Hessian (0: none) that of the loss without penalties. All sums are in the order
 * of the rows.
 */
function evaluate(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  data: usize, fields: u32, columns: usize, size: u32, penalties: usize, centre: f64, weights: usize,
  gradient: usize, hessian: usize, scratch: usize,
): f64 {
  const losses = scratch;
  const probabilities = at(losses, ROWS_AT_ONCE);
  // the parts of a row (curvature.ts)
  const first = firstDenseField(fields, columns);
  const allDense = first == 0 && fields > 0 && load<i32>(columns) == 0;
  const denseLength = fields - first + (allDense ? 2 : 0);
  const denseColumn = allDense ? 0 : first < fields ? 2 + u32(load<i32>(columns + (usize(first) << 2))) : 0;
  const indices = at(probabilities, ROWS_AT_ONCE);
  const values = at(indices, fields + 2);
  const residuals = at(values, fields + 2);
  const curvatures = at(residuals, 4);
  const slopes = at(curvatures, 4); // v of the rows that wait, and their addresses
  const places = at(slopes, 4);
  const denseRows = at(places, 4);
  memory.fill(gradient, 0, usize(size) * 8);
  if (hessian) memory.fill(hessian, 0, usize(size) * size * 8);
  let loss: f64 = 0;
  let pending: u32 = 0; // rows whose dense parts wait, because four are added at a time
  for (let start: u32 = 0; start < n; start += ROWS_AT_ONCE) {
    const m = min(ROWS_AT_ONCE, n - start);
    const rows = data + ((usize(start) * fields) << 2);
    applyLogistic(theta, at(v, start), rows, fields, columns, m, losses);
    softplusesAndSigmoids(losses, y + start, m, losses, probabilities);
    for (let k: u32 = 0; k < m; k++) {
      const i = start + k;
      const label = load<i8>(y + i);
      if (label < 0 || i32(load<u8>(fold + i)) == skip) continue;
      loss += weigh(weights, i, load<f64>(at(losses, k)));
      const weight = weightOf(weights, i);
      if (weight == 0) continue;
      const row = rows + ((usize(k) * fields) << 2);
      const p = load<f64>(at(probabilities, k));
      const dense = at(denseRows, pending * denseLength);
      const slope = load<f64>(at(v, i));
      const count = allDense ? 0 : unpackSparse(slope, row, columns, first, indices, values);
      const residual = weight * (p - f64(label));
      const curvature = weight * (p * (1 - p));
      addSparseGradient(gradient, residual, count, indices, values);
      if (hessian) {
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
      if (hessian) addDenseCurvature(hessian, size, curvatures, denseRows, denseLength, denseColumn);
    }
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
    if (hessian) addDenseCurvature(hessian, size, curvatures, denseRows, denseLength, denseColumn);
  }
  const a = load<f64>(theta + 8) - centre;
  loss += 0.5 * a * a;
  store<f64>(gradient, load<f64>(gradient, 8) + load<f64>(theta, 8) - centre, 8);
  let squares: f64 = 0;
  for (let j: u32 = 2; j < size; j++) {
    const w = load<f64>(at(theta, j));
    const penalty = load<f64>(at(penalties, j - 2));
    squares += penalty * w * w;
    store<f64>(at(gradient, j), load<f64>(at(gradient, j)) + penalty * w);
  }
  return loss + 0.5 * squares;
}

/** Bytes of scratch that fitLogistic needs for `features` columns and n rows of `fields` fields; 2^32 - 1 where that is more. */
export function logisticScratch(features: u32, fields: u32): u32 {
  const size = u64(features) + 2;
  return u32(min<u64>(8 * (2 * size * size + (5 + 2 * PAIRS) * size + PAIRS) + evaluateScratch(fields), 0xffffffff));
}

/** A step with a reused Hessian must reduce the squared Newton decrement to this share; else the Hessian is computed again. */
const MIN_PROGRESS: f64 = 0.2;

/** The most earlier steps that correct a reused Hessian. */
const PAIRS: u32 = 4;

/**
 * step = B g, for the inverse B of the reused Hessian, corrected by earlier steps (L-BFGS: Nocedal 1980, the two loops). moves, changes: [PAIRS
 * x size], how theta and the gradient changed in the last `count` steps, in a ring whose next place is `next`. Returns g . step.
 */
function correctedStep(factor: usize, gradient: usize, step: usize, size: u32, moves: usize, changes: usize, count: u32, next: u32, work: usize): f64 {
  const shares = at(work, size);
  memory.copy(work, gradient, usize(size) << 3);
  for (let k: u32 = 1; k <= count; k++) {
    const place = (next + PAIRS - k) % PAIRS;
    const move = at(moves, place * size);
    const change = at(changes, place * size);
    const share = product(move, work, size) / product(move, change, size);
    store<f64>(at(shares, place), share);
    addScaled(work, change, -share, size);
  }
  solve(factor, work, step, size);
  for (let k = count; k > 0; k--) {
    const place = (next + PAIRS - k) % PAIRS;
    const move = at(moves, place * size);
    const change = at(changes, place * size);
    addScaled(step, move, load<f64>(at(shares, place)) - product(change, step, size) / product(move, change, size), size);
  }
  return product(gradient, step, size);
}

/** a . b, once in the module: dot is inlined where it is called. */
function product(a: usize, b: usize, size: u32): f64 {
  return dot(a, b, size);
}

/** to += factor * from */
function addScaled(to: usize, from: usize, factor: f64, size: u32): void {
  for (let j: u32 = 0; j < size; j++) store<f64>(at(to, j), load<f64>(at(to, j)) + factor * load<f64>(at(from, j)));
}

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
  const moves = at(trial, size);
  const changes = at(moves, PAIRS * size);
  const before = at(changes, PAIRS * size); // the gradient before the step
  const work = at(before, size);
  let count: u32 = 0;
  let place: u32 = 0;
  let fresh = !reuse; // the Hessian is of this theta
  let factored = false;
  let last: f64 = Infinity;
  let loss = evaluate(
    theta, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, weights, gradient, reuse ? 0 : hessian, work,
  );
  for (let iteration: u32 = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (!factored) {
      memory.copy(factor, hessian, usize(size) * size * 8);
      addPenalties(factor, size, penalties);
      factorise(factor, size);
      factored = true;
    }
    const decrement = correctedStep(factor, gradient, step, size, moves, changes, count, place, work);
    if (!(decrement > 2 * LAST * (1 + loss))) {
      // not where it is NaN, as of margins that are too large
      if (decrement > 0) addScaled(theta, step, -1, size);
      return iteration;
    }
    if (!fresh && decrement > MIN_PROGRESS * last) {
      evaluate(theta, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, weights, gradient, hessian, work);
      fresh = true;
      factored = false;
      count = 0;
      last = Infinity;
      continue;
    }
    last = fresh ? Infinity : decrement;
    fresh = false;
    memory.copy(before, gradient, usize(size) << 3);
    let length: f64 = 1;
    let next: f64 = Infinity;
    for (let halving = 0; halving < 50; halving++) {
      memory.copy(trial, theta, usize(size) << 3);
      addScaled(trial, step, -length, size);
      next = evaluate(trial, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, weights, gradient, 0, work);
      if (next <= loss - 1e-4 * length * decrement) break;
      length *= 0.5;
    }
    if (!(next < loss)) return iteration;
    const move = at(moves, place * size);
    const change = at(changes, place * size);
    memory.copy(move, trial, usize(size) << 3);
    addScaled(move, theta, -1, size);
    memory.copy(change, gradient, usize(size) << 3);
    addScaled(change, before, -1, size);
    if (product(move, change, size) > 0) {
      place = (place + 1) % PAIRS;
      count = min(count + 1, PAIRS);
    }
    memory.copy(theta, trial, usize(size) << 3);
    loss = next;
  }
  return MAX_ITERATIONS;
}
