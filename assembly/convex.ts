// The fit of a logistic student to its optimum, in float64. The loss is convex in the weights, so Newton's method with a line
// search reaches the minimum. Its steps come from preconditioned conjugate gradients (conjugate.ts; truncated Newton: Dembo,
// Steihaug 1983). A pass over the rows costs rows x fields, and no Hessian is stored: memory grows with the columns, not their square.
// theta = [bias, w_0 .. w_(F-1)]; size = F + 1. The penalty applies to the weights, not to the bias.
// The caller passes blocks of rows in order; each call continues the sums of the one before.

import { at } from './address';
import { readSegment, segment, TEXT } from './fields';
import { log, sigmoid, softplus } from './math';

/** The sum of w over the columns of `segment`: four sums at a time hide the latency of an addition. */
function sumSegment(w: usize): f64 {
  let k = segment.from;
  const end = segment.to;
  let s0: f64 = 0;
  let s1: f64 = 0;
  let s2: f64 = 0;
  let s3: f64 = 0;
  for (; k + 16 <= end; k += 16) {
    s0 += load<f64>(w + (usize(load<u32>(k)) << 3));
    s1 += load<f64>(w + (usize(load<u32>(k, 4)) << 3));
    s2 += load<f64>(w + (usize(load<u32>(k, 8)) << 3));
    s3 += load<f64>(w + (usize(load<u32>(k, 12)) << 3));
  }
  for (; k < end; k += 4) s0 += load<f64>(w + (usize(load<u32>(k)) << 3));
  return s0 + s1 + (s2 + s3);
}

/** w += value in the columns of `segment`. */
function addToSegment(w: usize, value: f64): void {
  for (let k = segment.from, end = segment.to; k < end; k += 4) {
    const a = w + (usize(load<u32>(k)) << 3);
    store<f64>(a, load<f64>(a) + value);
  }
}

/** bias + w . x of a row of fields (fields.ts). */
// @ts-ignore: decorator
@inline
function marginOf(theta: usize, row: usize, fields: u32, columns: usize): f64 {
  let sum = load<f64>(theta);
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = load<i32>(columns + (usize(s) << 2));
    if (fixed >= 0) sum += load<f64>(theta + 8 + (usize(fixed) << 3)) * f64(load<f32>(row + (usize(s) << 2)));
    else if (fixed == TEXT) {
      readSegment(columns, fields, load<i32>(row + (usize(s) << 2)));
      sum += f64(segment.scale) * sumSegment(theta + 8);
    } else {
      const index = load<i32>(row + (usize(s) << 2));
      if (index >= 0) sum += load<f64>(theta + 8 + (usize(index) << 3));
    }
  }
  return sum;
}

/** to += value [1, x]. */
// @ts-ignore: decorator
@inline
function addScaledRow(to: usize, value: f64, row: usize, fields: u32, columns: usize): void {
  store<f64>(to, load<f64>(to) + value);
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = load<i32>(columns + (usize(s) << 2));
    if (fixed >= 0) {
      const a = to + 8 + (usize(fixed) << 3);
      store<f64>(a, load<f64>(a) + value * f64(load<f32>(row + (usize(s) << 2))));
    } else if (fixed == TEXT) {
      readSegment(columns, fields, load<i32>(row + (usize(s) << 2)));
      addToSegment(to + 8, value * f64(segment.scale));
    } else {
      const index = load<i32>(row + (usize(s) << 2));
      if (index < 0) continue;
      const a = to + 8 + (usize(index) << 3);
      store<f64>(a, load<f64>(a) + value);
    }
  }
}

/** to += value [1, x^2]. */
// @ts-ignore: decorator
@inline
function addScaledSquares(to: usize, value: f64, row: usize, fields: u32, columns: usize): void {
  store<f64>(to, load<f64>(to) + value);
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = load<i32>(columns + (usize(s) << 2));
    if (fixed == TEXT) {
      readSegment(columns, fields, load<i32>(row + (usize(s) << 2)));
      addToSegment(to + 8, value * f64(segment.scale) * f64(segment.scale));
      continue;
    }
    const index = fixed >= 0 ? fixed : load<i32>(row + (usize(s) << 2));
    if (index < 0) continue;
    const x: f64 = fixed >= 0 ? f64(load<f32>(row + (usize(s) << 2))) : 1;
    const a = to + 8 + (usize(index) << 3);
    store<f64>(a, load<f64>(a) + value * x * x);
  }
}

/**
 * Adds the contribution of n rows to the gradient and to the Hessian's diagonal, float64 [size] each, and writes the second
 * derivative of each row's loss by its margin to curvatures, float64 [n]. Returns the sum of the losses (formula in loss.ts).
 * labels: int8. q, entropy: float64 [n] from softenTargets; with marginLoss, q holds margins. weights: float64 [n] (0: all 1).
 */
export function convexRows(
  theta: usize, data: usize, fields: u32, columns: usize, n: u32, labels: usize, q: usize, entropy: usize, weights: usize,
  alpha: f64, temperature: f64, marginLoss: bool, gradient: usize, diagonal: usize, curvatures: usize,
): f64 {
  const stride = usize(fields) << 2;
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const z = marginOf(theta, data, fields, columns);
    const y = load<i8>(labels + i);
    const target = load<f64>(at(q, i));
    let value: f64 = 0;
    let slope: f64 = 0;
    let curvature: f64 = 0;
    if (alpha < 1 && y >= 0) {
      const p = sigmoid(z);
      value = (1 - alpha) * softplus(y > 0 ? -z : z);
      slope = (1 - alpha) * (p - f64(y));
      curvature = (1 - alpha) * p * sigmoid(-z);
    }
    if (alpha > 0) {
      if (marginLoss) {
        const gap = z - target;
        value += 0.125 * alpha * gap * gap;
        slope += 0.25 * alpha * gap;
        curvature += 0.25 * alpha;
      } else {
        const t = z / temperature;
        const p = sigmoid(t);
        value += alpha * temperature * temperature * (softplus(t) - target * t - load<f64>(at(entropy, i)));
        slope += alpha * temperature * (p - target);
        curvature += alpha * p * sigmoid(-t);
      }
    }
    if (weights) {
      const weight = load<f64>(at(weights, i));
      value *= weight;
      slope *= weight;
      curvature *= weight;
    }
    total += value;
    store<f64>(at(curvatures, i), curvature);
    addScaledRow(gradient, slope, data, fields, columns);
    addScaledSquares(diagonal, curvature, data, fields, columns);
    data += stride;
  }
  return total;
}

/** Adds the contribution of n rows to the product of the Hessian and a direction, float64 [size]. */
export function convexMultiply(
  direction: usize, data: usize, fields: u32, columns: usize, n: u32, curvatures: usize, out: usize,
): void {
  const stride = usize(fields) << 2;
  for (let i: u32 = 0; i < n; i++) {
    const c = load<f64>(at(curvatures, i));
    if (c != 0) addScaledRow(out, c * marginOf(direction, data, fields, columns), data, fields, columns);
    data += stride;
  }
}

/**
 * Adds the penalty to gradient and diagonal; returns its loss, penalty / 2 times the sum of f w^2.
 * factors: f of each weight, float64 [size - 1] (0: all 1). centres: what w is counted from, float64 [size - 1] (0: 0).
 */
export function convexPenalty(
  theta: usize, size: u32, penalty: f64, factors: usize, centres: usize, gradient: usize, diagonal: usize,
): f64 {
  let squares: f64 = 0;
  for (let j: u32 = 1; j < size; j++) {
    const share = factorOf(penalty, factors, j);
    const w = load<f64>(at(theta, j)) - (centres ? load<f64>(at(centres, j - 1)) : 0);
    if (factors) squares += load<f64>(at(factors, j - 1)) * w * w;
    else squares += w * w;
    store<f64>(at(gradient, j), load<f64>(at(gradient, j)) + share * w);
    store<f64>(at(diagonal, j), load<f64>(at(diagonal, j)) + share);
  }
  return 0.5 * penalty * squares;
}

/** The penalty of weight j, from 1. */
// @ts-ignore: decorator
@inline
export function factorOf(penalty: f64, factors: usize, j: u32): f64 {
  return factors ? penalty * load<f64>(at(factors, j - 1)) : penalty;
}

/**
 * The log-odds of class 1 among n rows, where the bias starts: of the weighted mean of the labels, with sigmoid(u) for unlabelled
 * rows, at least half a row away from 0 and 1. u: the targets' margins, float64. Independent of the loss.
 */
export function meanTarget(u: usize, labels: usize, weights: usize, n: u32): f64 {
  let sum: f64 = 0;
  let count: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const y = load<i8>(labels + i);
    const weight: f64 = weights ? load<f64>(at(weights, i)) : 1;
    sum += weight * (y < 0 ? sigmoid(load<f64>(at(u, i))) : f64(y));
    count += weight;
  }
  if (!(count > 0)) return 0;
  const half = 0.5 / f64(n);
  const share = min<f64>(max<f64>(sum / count, half), 1 - half);
  return log(share) - log(1 - share);
}
