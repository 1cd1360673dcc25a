// Label de-biasing in float64: the ridge logistic fit behind `platt` and `residual`.
//   minimise sum BCE(y, b + a v + w . phi) + sum lambda_j / 2 w_j^2 + 1/2 (a - centre)^2, b free
// by Newton's method with a backtracking line search (undamped steps diverge on over-confident margins). The curvature is
// kept from step to step, and from one penalty to the next, and made anew only where steps with it gain too slowly: a pass
// for the gradient costs rows x fields, one for the curvature rows x fields^2.
// phi is the row in fields (fields.ts), so one-hot columns cost one term each. theta = [b, a, w_0 .. w_(F-1)].

import { at } from './address';
import { dot, factorise, solve } from './cholesky';
import { addGradient, addHead, addTails, penalise, tailOf, unpackRow } from './curvature';
import { sigmoids, softpluses } from './wide';

const MAX_STEPS: u32 = 100;
/** Stop when half the squared Newton decrement, the loss still to gain, is below this share of the loss. */
const TOLERANCE: f64 = 1e-13;

/** b + a v + w . phi of one row. */
// @ts-ignore: decorator
@inline
function margin(theta: usize, v: f64, row: usize, fields: u32, columns: usize): f64 {
  let sum = load<f64>(theta) + load<f64>(theta + 8) * v;
  for (let s: u32 = 0; s < fields; s++) sum += term(theta, row, s, load<i32>(columns + (usize(s) << 2)));
  return sum;
}

/** What field s adds to a row's margin. */
// @ts-ignore: decorator
@inline
function term(theta: usize, row: usize, s: u32, fixed: i32): f64 {
  const at = row + (usize(s) << 2);
  if (fixed >= 0) return load<f64>(theta + 16 + (usize(fixed) << 3)) * f64(load<f32>(at));
  const index = load<i32>(at);
  return index >= 0 ? load<f64>(theta + 16 + (usize(index) << 3)) : 0;
}

/** out[i] = b + a v[i] + w . phi[i] for n rows, four side by side: each waits for its own sum alone. fields = 0: without phi. */
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
      m0 += term(theta, data, s, fixed);
      m1 += term(theta, data + stride, s, fixed);
      m2 += term(theta, data + 2 * stride, s, fixed);
      m3 += term(theta, data + 3 * stride, s, fixed);
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

/** The penalised loss at theta; margins of all rows are left in `margins`. losses: scratch, float64 [n]. */
function objective(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  data: usize, fields: u32, columns: usize, size: u32, penalties: usize, centre: f64, margins: usize, losses: usize,
): f64 {
  applyLogistic(theta, v, data, fields, columns, n, margins);
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

/** Bytes of scratch that fitLogistic needs for `features` columns and n rows of `fields` fields; more than 4 GiB: 2^32 - 1. */
export function logisticScratch(features: u32, fields: u32, n: u32): u32 {
  const size = u64(features) + 2;
  return u32(min<u64>(8 * (2 * size * size + 3 * size + 6 * (u64(fields) + 4) + 2 * u64(n)), 0xffffffff));
}

/** A step with a kept curvature must shrink what is left to gain to this share of it. */
const SLOW: f64 = 0.2;

/**
 * Fits theta (in: the start, out: the minimum) on rows with a label whose fold is not `skip` (-1: all).
 * features = 0 with fields = 0 leaves out phi. penalties: lambda of each weight, float64. reuse: the scratch still holds the curvature of a call on the same rows.
 * Returns the number of steps.
 */
export function fitLogistic(
  theta: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32,
  data: usize, fields: u32, columns: usize, features: u32, penalties: usize, centre: f64, scratch: usize, reuse: bool,
): u32 {
  const size = features + 2;
  const hessian = scratch;
  const factor = at(hessian, size * size);
  const gradient = at(factor, size * size);
  const step = at(gradient, size);
  const trial = at(step, size);
  const margins = at(trial, size); // of the theta that was looked at last
  const losses = at(margins, n);
  // a row: what it has beside the columns that all rows have, and these (unpackRow)
  const first = tailOf(fields, columns);
  const whole = first == 0 && fields > 0 && load<i32>(columns) == 0;
  const length = fields - first + (whole ? 2 : 0);
  const column = whole ? 0 : first < fields ? 2 + u32(load<i32>(columns + (usize(first) << 2))) : 0;
  const places = at(losses, n);
  const values = at(places, fields + 2);
  const curvatures = at(values, fields + 2);
  const tails = at(curvatures, 4);
  let fresh = false; // the curvature is of this theta
  let factored = false;
  let last: f64 = Infinity;
  let loss = objective(theta, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, margins, losses);
  for (let turn: u32 = 0; turn < MAX_STEPS; turn++) {
    if (!reuse) {
      memory.fill(hessian, 0, usize(size) * size * 8);
      fresh = true;
      factored = false;
    }
    memory.fill(gradient, 0, usize(size) * 8);
    sigmoids(margins, n, losses);
    let held: u32 = 0; // rows whose tails wait for three more
    for (let i: u32 = 0; i < n; i++) {
      const label = load<i8>(y + i);
      if (label < 0 || i32(load<u8>(fold + i)) == skip) continue;
      const row = data + ((usize(i) * fields) << 2);
      const p = load<f64>(at(losses, i));
      const tail = at(tails, held * length);
      const count = unpackRow(load<f64>(at(v, i)), row, fields, columns, first, places, values, tail);
      addGradient(gradient, p - f64(label), count, places, values, tail, length, column);
      if (reuse) continue;
      addHead(hessian, size, p * (1 - p), count, places, values, tail, length, column);
      store<f64>(at(curvatures, held), p * (1 - p));
      if (++held == 4) {
        addTails(hessian, size, curvatures, tails, length, column);
        held = 0;
      }
    }
    if (held) {
      memory.fill(at(tails, held * length), 0, usize((4 - held) * length) << 3);
      memory.fill(at(curvatures, held), 0, usize(4 - held) << 3);
      addTails(hessian, size, curvatures, tails, length, column);
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
      next = objective(trial, v, y, fold, skip, n, data, fields, columns, size, penalties, centre, margins, losses);
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
  const inverted = at(factor, size * size);
  memory.copy(factor, scratch, usize(size) * size * 8);
  penalise(factor, size, penalties);
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
