// The calibration fits of label de-biasing, in float64: prior shift, logistic regression on a few columns, isotonic regression.
// The training rows of a fit are the rows with a label (y >= 0) outside fold `skip` (-1: no fold is left out). weights: of the rows,
// float64 [n] (0: all 1); a row of weight k counts as k rows.

import { at, weigh, weightOf } from './address';
import { newtonStep } from './cholesky';
import { log, sigmoid, softplus } from './math';

const MAX_ITERATIONS: u32 = 100;
const TOLERANCE: f64 = 1e-13;

// @ts-ignore: decorator
@inline
function isTrainingRow(y: usize, fold: usize, skip: i32, i: u32): bool {
  return load<i8>(y + i) >= 0 && i32(load<u8>(fold + i)) != skip;
}

/**
 * The shift s for which the mean of sigmoid(v - s) equals the share of class 1, by bisection to nearly the last bit. Where all
 * labels are equal, the share is half a row away from 0 or 1.
 */
export function fitPrior(v: usize, y: usize, fold: usize, skip: i32, n: u32, weights: usize): f64 {
  let count: f64 = 0;
  let ones: f64 = 0;
  let low: f64 = 0;
  let high: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (!isTrainingRow(y, fold, skip, i)) continue;
    const weight = weightOf(weights, i);
    if (weight == 0) continue;
    const m = load<f64>(at(v, i));
    low = count > 0 ? min<f64>(low, m) : m;
    high = count > 0 ? max<f64>(high, m) : m;
    count += weight;
    if (load<i8>(y + i) > 0) ones += weight;
  }
  if (weights && !(count > 0)) return 0;
  const half: f64 = weights ? min<f64>(0.5, 0.5 * count) : 0.5;
  const wanted = min<f64>(max<f64>(ones, half), count - half);
  low -= 50;
  high += 50;
  for (let iteration = 0; iteration < 120; iteration++) {
    const s = 0.5 * (low + high);
    if (s == low || s == high) break;
    let sum: f64 = 0;
    for (let i: u32 = 0; i < n; i++) if (isTrainingRow(y, fold, skip, i)) sum += weigh(weights, i, sigmoid(load<f64>(at(v, i)) - s));
    if (sum > wanted) low = s;
    else high = s;
  }
  return 0.5 * (low + high);
}

/** The penalised loss that fitColumns minimises, at theta. */
function objective(
  theta: usize, x: usize, k: u32, y: usize, fold: usize, skip: i32, n: u32, penalty: usize, centre: usize, weights: usize,
): f64 {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (!isTrainingRow(y, fold, skip, i)) continue;
    let m: f64 = 0;
    for (let j: u32 = 0; j < k; j++) m += load<f64>(at(theta, j)) * load<f64>(at(x, i * k + j));
    sum += weigh(weights, i, softplus(load<i8>(y + i) > 0 ? -m : m));
  }
  for (let j: u32 = 0; j < k; j++) {
    const d = load<f64>(at(theta, j)) - load<f64>(at(centre, j));
    sum += 0.5 * load<f64>(at(penalty, j)) * d * d;
  }
  return sum;
}

/** Bytes of scratch that fitColumns needs for k columns. */
export function columnsScratch(k: u32): u32 {
  return 8 * (k * k + 3 * k);
}

/**
 * Minimises sum weight BCE(y, sigmoid(theta . x)) + sum penalty_j / 2 (theta_j - centre_j)^2 over x [n x k], float64, by Newton's method
 * with a backtracking line search (Nocedal, Wright 2006, Algorithm 3.1). theta: the start on entry, the minimum on return.
 * Returns the number of iterations.
 */
export function fitColumns(
  theta: usize, x: usize, k: u32, y: usize, fold: usize, skip: i32, n: u32, penalty: usize, centre: usize, scratch: usize,
  weights: usize,
): u32 {
  const hessian = scratch;
  const gradient = at(hessian, k * k);
  const step = at(gradient, k);
  const trial = at(step, k);
  let loss = objective(theta, x, k, y, fold, skip, n, penalty, centre, weights);
  for (let iteration: u32 = 0; iteration < MAX_ITERATIONS; iteration++) {
    memory.fill(hessian, 0, usize(k * k + k) << 3);
    for (let i: u32 = 0; i < n; i++) {
      if (!isTrainingRow(y, fold, skip, i)) continue;
      const sampleWeight = weightOf(weights, i);
      const row = at(x, i * k);
      let m: f64 = 0;
      for (let j: u32 = 0; j < k; j++) m += load<f64>(at(theta, j)) * load<f64>(at(row, j));
      const p = sigmoid(m);
      const residual = sampleWeight * (p - f64(load<i8>(y + i)));
      const curvature = sampleWeight * (p * (1 - p));
      for (let a: u32 = 0; a < k; a++) {
        const xa = load<f64>(at(row, a));
        store<f64>(at(gradient, a), load<f64>(at(gradient, a)) + residual * xa);
        for (let b: u32 = 0; b <= a; b++) {
          const to = at(hessian, a * k + b);
          store<f64>(to, load<f64>(to) + curvature * xa * load<f64>(at(row, b)));
        }
      }
    }
    for (let j: u32 = 0; j < k; j++) {
      const weight = load<f64>(at(penalty, j));
      const to = at(gradient, j);
      store<f64>(to, load<f64>(to) + weight * (load<f64>(at(theta, j)) - load<f64>(at(centre, j))));
      const d = at(hessian, j * k + j);
      store<f64>(d, load<f64>(d) + weight);
    }
    const decrement = newtonStep(hessian, gradient, step, k);
    if (!(decrement > 2 * TOLERANCE * (1 + loss))) return iteration;
    let length: f64 = 1;
    let next: f64 = Infinity;
    for (let halving = 0; halving < 50; halving++) {
      for (let j: u32 = 0; j < k; j++) {
        store<f64>(at(trial, j), load<f64>(at(theta, j)) - length * load<f64>(at(step, j)));
      }
      next = objective(trial, x, k, y, fold, skip, n, penalty, centre, weights);
      if (next <= loss - 1e-4 * length * decrement) break;
      length *= 0.5;
    }
    if (!(next < loss)) return iteration;
    memory.copy(theta, trial, usize(k) << 3);
    loss = next;
  }
  return MAX_ITERATIONS;
}

/**
 * Isotonic regression of the labels on v by pooling adjacent violators (Ayer et al. 1955); rows of equal v are pooled first.
 * order: all rows by v descending. Writes blocks by v ascending: starts[b] is midway between the block and the one below it,
 * margins[b] is the log-odds of its share of class 1, limited to +-log(2 m - 1) for m training rows (the sum of their weights), which
 * is one row in 2 m of the other class. Returns the number of blocks (0: no training rows).
 * sums, counts, ends: scratch, n float64 each.
 */
export function fitIsotonic(
  order: usize, v: usize, y: usize, fold: usize, skip: i32, n: u32, starts: usize, margins: usize, sums: usize, counts: usize, ends: usize,
  weights: usize,
): u32 {
  let blocks: u32 = 0;
  let total: f64 = 0;
  let last: f64 = NaN;
  for (let r: i32 = i32(n) - 1; r >= 0; r--) {
    const i = load<u32>(order + (usize(r) << 2));
    if (!isTrainingRow(y, fold, skip, i)) continue;
    const weight = weightOf(weights, i);
    if (weight == 0) continue;
    total += weight;
    const here = load<f64>(at(v, i));
    const one: f64 = load<i8>(y + i) > 0 ? weight : 0;
    if (blocks > 0 && here == last) {
      store<f64>(at(sums, blocks - 1), load<f64>(at(sums, blocks - 1)) + one);
      store<f64>(at(counts, blocks - 1), load<f64>(at(counts, blocks - 1)) + weight);
      continue;
    }
    blocks = poolLastBlock(sums, counts, ends, blocks);
    store<f64>(at(starts, blocks), here);
    store<f64>(at(ends, blocks), here);
    store<f64>(at(sums, blocks), one);
    store<f64>(at(counts, blocks), weight);
    blocks++;
    last = here;
  }
  blocks = poolLastBlock(sums, counts, ends, blocks);
  for (let b = blocks; b > 1; b--) {
    store<f64>(at(starts, b - 1), 0.5 * (load<f64>(at(ends, b - 2)) + load<f64>(at(starts, b - 1))));
  }
  const limit = log(max<f64>(2 * total - 1, 1));
  for (let b: u32 = 0; b < blocks; b++) {
    const ones = load<f64>(at(sums, b));
    // sums of weights that are not whole may differ in the last bit where all rows are of class 1
    const margin = log(ones) - log(max<f64>(load<f64>(at(counts, b)) - ones, 0));
    store<f64>(at(margins, b), min<f64>(max<f64>(margin, -limit), limit));
  }
  return blocks;
}

/** Pools the last block with the one before it while its share of class 1 is not above that one's. Returns the number of blocks. */
function poolLastBlock(sums: usize, counts: usize, ends: usize, blocks: u32): u32 {
  while (blocks > 1) {
    const a = blocks - 2;
    const b = blocks - 1;
    if (load<f64>(at(sums, a)) * load<f64>(at(counts, b)) < load<f64>(at(sums, b)) * load<f64>(at(counts, a))) break;
    store<f64>(at(sums, a), load<f64>(at(sums, a)) + load<f64>(at(sums, b)));
    store<f64>(at(counts, a), load<f64>(at(counts, a)) + load<f64>(at(counts, b)));
    store<f64>(at(ends, a), load<f64>(at(ends, b)));
    blocks--;
  }
  return blocks;
}

/** out[i] = the margin of v[i]'s block: the last one that starts at or below v[i], else the first. */
export function applyIsotonic(v: usize, n: u32, starts: usize, margins: usize, blocks: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const x = load<f64>(at(v, i));
    let low: u32 = 0;
    let high: u32 = blocks;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (load<f64>(at(starts, middle)) <= x) low = middle;
      else high = middle;
    }
    store<f64>(at(out, i), load<f64>(at(margins, low)));
  }
}
