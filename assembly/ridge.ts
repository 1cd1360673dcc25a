// The rows of a ridge logistic regression with many columns, in float64, for truncated Newton steps (conjugate.ts): no Hessian is
// stored, and each function reads a row once while it is in the cache. A row of fields (fields.ts) is taken in runs, the
// consecutive numeric columns among them. theta = [b, a, w_0 .. w_(F-1)], the margin of a row b + a v + w . phi.

import { at, weightOf } from './address';
import { sigmoid, softplus } from './math';

/** Two float32 numbers as float64. */
// @ts-ignore: decorator
@inline
function pair(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(x));
}

/** The sum of w[k] x[k], k < n; x: float32. Four sums of pairs, then the remaining terms in order. */
function dotRun(w: usize, x: usize, n: u32): f64 {
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  const whole = x + (usize(n & ~7) << 2);
  const end = x + (usize(n) << 2);
  for (; x < whole; x += 32, w += 64) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(w), pair(x)));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(w, 16), pair(x + 8)));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(w, 32), pair(x + 16)));
    s3 = f64x2.add(s3, f64x2.mul(v128.load(w, 48), pair(x + 24)));
  }
  s0 = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; x < end; x += 4, w += 8) sum += load<f64>(w) * f64(load<f32>(x));
  return sum;
}

/** to[k] += value x[k], k < n. */
function addRun(to: usize, value: f64, x: usize, n: u32): void {
  const wide = f64x2.splat(value);
  const whole = x + (usize(n & ~3) << 2);
  const end = x + (usize(n) << 2);
  for (; x < whole; x += 16, to += 32) {
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(wide, pair(x))));
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(wide, pair(x + 8))), 16);
  }
  for (; x < end; x += 4, to += 8) store<f64>(to, load<f64>(to) + value * f64(load<f32>(x)));
}

/** to[k] += value x[k]^2, k < n. */
function addSquaredRun(to: usize, value: f64, x: usize, n: u32): void {
  const wide = f64x2.splat(value);
  const whole = x + (usize(n & ~1) << 2);
  const end = x + (usize(n) << 2);
  for (; x < whole; x += 8, to += 16) {
    const two = pair(x);
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(wide, f64x2.mul(two, two))));
  }
  if (x < end) store<f64>(to, load<f64>(to) + value * (f64(load<f32>(x)) * f64(load<f32>(x))));
}

/**
 * Writes the length of the run that begins at each field: the numeric fields from it on whose columns are consecutive; 0 for one-hot
 * columns. runs: u32 [fields].
 */
export function findRuns(fields: u32, columns: usize, runs: usize): void {
  for (let s: u32 = fields; s-- > 0; ) {
    const here = load<i32>(columns + (usize(s) << 2));
    const joins = s + 1 < fields && load<i32>(columns + (usize(s + 1) << 2)) == here + 1;
    store<u32>(runs + (usize(s) << 2), here < 0 ? 0 : 1 + (joins ? load<u32>(runs + (usize(s + 1) << 2)) : 0));
  }
}

/** theta . [1, v, phi]. */
function dotRow(theta: usize, v: f64, row: usize, fields: u32, columns: usize, runs: usize): f64 {
  let sum = load<f64>(theta) + load<f64>(theta, 8) * v;
  const w = theta + 16;
  for (let s: u32 = 0; s < fields; ) {
    const field = usize(s) << 2;
    const run = load<u32>(runs + field);
    if (run) sum += dotRun(at(w, load<u32>(columns + field)), row + field, run);
    else if (load<i32>(row + field) >= 0) sum += load<f64>(at(w, load<u32>(row + field)));
    s += max<u32>(run, 1);
  }
  return sum;
}

/** to += value [1, v, phi]. */
function addRow(to: usize, value: f64, v: f64, row: usize, fields: u32, columns: usize, runs: usize): void {
  store<f64>(to, load<f64>(to) + value);
  store<f64>(to, load<f64>(to, 8) + value * v, 8);
  const w = to + 16;
  for (let s: u32 = 0; s < fields; ) {
    const field = usize(s) << 2;
    const run = load<u32>(runs + field);
    if (run) addRun(at(w, load<u32>(columns + field)), value, row + field, run);
    else if (load<i32>(row + field) >= 0) {
      const own = at(w, load<u32>(row + field));
      store<f64>(own, load<f64>(own) + value);
    }
    s += max<u32>(run, 1);
  }
}

/** to += value [1, v^2, phi^2]. */
function addSquaredRow(to: usize, value: f64, v: f64, row: usize, fields: u32, columns: usize, runs: usize): void {
  store<f64>(to, load<f64>(to) + value);
  store<f64>(to, load<f64>(to, 8) + value * v * v, 8);
  const w = to + 16;
  for (let s: u32 = 0; s < fields; ) {
    const field = usize(s) << 2;
    const run = load<u32>(runs + field);
    if (run) addSquaredRun(at(w, load<u32>(columns + field)), value, row + field, run);
    else if (load<i32>(row + field) >= 0) {
      const own = at(w, load<u32>(row + field));
      store<f64>(own, load<f64>(own) + value);
    }
    s += max<u32>(run, 1);
  }
}

/**
 * The loss of the rows at theta, without the penalty. Adds its gradient and the diagonal of its Hessian to `gradient` and `diagonal`,
 * float64 [2 + F], and writes the curvature r p (1 - p) of each row, 0 for one that is left out: without a label, in fold `skip`
 * (-1: no fold) or of weight 0. weights: float64 [n] (0: all 1). runs: of findRuns.
 */
export function ridgeRows(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, weights: usize, data: usize, fields: u32, columns: usize,
  runs: usize, n: u32, gradient: usize, diagonal: usize, curvatures: usize,
): f64 {
  const stride = usize(fields) << 2;
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; i++, data += stride) {
    const label = load<i8>(y + i);
    const weight = weightOf(weights, i);
    store<f64>(at(curvatures, i), 0);
    if (label < 0 || i32(load<u8>(fold + i)) == skip || weight == 0) continue;
    const own = load<f64>(at(v, i));
    const m = dotRow(theta, own, data, fields, columns, runs);
    total += weight * softplus(label > 0 ? -m : m);
    const p = sigmoid(m);
    // the other class has no cancellation where p is near 1
    const curvature = weight * (p * sigmoid(-m));
    store<f64>(at(curvatures, i), curvature);
    addRow(gradient, weight * (label > 0 ? -sigmoid(-m) : p), own, data, fields, columns, runs);
    addSquaredRow(diagonal, curvature, own, data, fields, columns, runs);
  }
  return total;
}

/** Adds the product of the Hessian of the rows and a direction to `out`, float64 [2 + F]. curvatures: of ridgeRows. */
export function ridgeMultiply(
  direction: usize, v: usize, data: usize, fields: u32, columns: usize, runs: usize, n: u32, curvatures: usize, out: usize,
): void {
  const stride = usize(fields) << 2;
  for (let i: u32 = 0; i < n; i++, data += stride) {
    const curvature = load<f64>(at(curvatures, i));
    if (curvature == 0) continue;
    const own = load<f64>(at(v, i));
    addRow(out, curvature * dotRow(direction, own, data, fields, columns, runs), own, data, fields, columns, runs);
  }
}
