// Metrics of a binary classifier in float64, summed over the rows in one order: score descending, ties by row number.
// A bootstrap resample (Efron 1979) is given by how often each row is drawn, so nothing is sorted again.

import { at, weightOf } from './address';
import { log } from './math';
import { resample } from './random';
import { STREAM_BOOTSTRAP } from './streams';

export const METRICS: u32 = 14;
const BINS: u32 = 10;
const EPSILON: f64 = 2.220446049250313e-16;

/** order = row numbers by score descending, ties by row number: a bottom-up merge sort. scratch: n words. */
export function sortDescending(scores: usize, n: u32, order: usize, scratch: usize): void {
  for (let i: u32 = 0; i < n; i++) store<u32>(order + (usize(i) << 2), i);
  let from = order;
  let to = scratch;
  for (let width: u32 = 1; width < n; width <<= 1) {
    for (let low: u32 = 0; low < n; low += 2 * width) {
      const middle = min<u32>(low + width, n);
      const high = min<u32>(low + 2 * width, n);
      let i = low;
      let j = middle;
      for (let k = low; k < high; k++) {
        let left = i < middle;
        if (left && j < high) {
          const a = load<f64>(scores + (usize(load<u32>(from + (usize(i) << 2))) << 3));
          const b = load<f64>(scores + (usize(load<u32>(from + (usize(j) << 2))) << 3));
          left = a >= b;
        }
        store<u32>(to + (usize(k) << 2), load<u32>(from + (usize(left ? i++ : j++) << 2)));
      }
    }
    const t = from;
    from = to;
    to = t;
  }
  if (from != order) memory.copy(order, from, usize(n) << 2);
}

/**
 * out[i] = -log of the predicted probability of the label, which is limited to [EPSILON, 1 - EPSILON] as in scikit-learn. labels: int8
 * [n], class 1 where bit 0 is set, as of labels 1 and 0 and of ranked flags.
 */
export function rowLosses(p: usize, labels: usize, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const q = min<f64>(max<f64>(load<f64>(p + (usize(i) << 3)), EPSILON), 1 - EPSILON);
    store<f64>(out + (usize(i) << 3), load<i8>(labels + i) & 1 ? -log(q) : -log(1 - q));
  }
}

// @ts-ignore: decorator
@inline
function storeAt(out: usize, i: u32, x: f64): void {
  store<f64>(out + (usize(i) << 3), x);
}

/**
 * Accuracy, F1, precision and recall from out[i] on. called: the rows of class 1 and of class 0 that are called 1. NaN for a share of
 * nothing: recall and F1 without a row of class 1, precision without a row that is called 1. F1 is 0 where no row of class 1 is called 1.
 */
function storeConfusion(out: usize, i: u32, called: v128, positives: f64, total: f64): void {
  const tp = f64x2.extract_lane(called, 0);
  const fp = f64x2.extract_lane(called, 1);
  storeAt(out, i, min<f64>(1, (tp + (total - positives) - fp) / total));
  const scored = tp + fp;
  storeAt(out, i + 1, positives > 0 ? (2 * tp) / (scored + positives) : NaN);
  storeAt(out, i + 2, scored > 0 ? tp / scored : NaN);
  storeAt(out, i + 3, positives > 0 ? tp / positives : NaN);
}

/** Flags of a ranked row. */
const IS_ONE: u8 = 1;
const ENDS_TIES: u8 = 2;

/**
 * flags of rows in the order of their scores: uint8 [n], bit 0 for class 1, bit 1 for the last row of those with one score. order: from
 * sortDescending.
 */
export function rankLabels(order: usize, scores: usize, labels: usize, n: u32, flags: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = load<u32>(order + (usize(i) << 2));
    const isLast = i + 1 == n || load<f64>(at(scores, load<u32>(order + (usize(i + 1) << 2)))) != load<f64>(at(scores, row));
    store<u8>(flags + i, (load<i8>(labels + row) > 0 ? IS_ONE : 0) | (isLast ? ENDS_TIES : 0));
  }
}

/** out[i] = values[order[i]], float64 [n]: what `measure` takes, which reads rows one after another. */
export function rankValues(order: usize, values: usize, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) store<f64>(at(out, i), load<f64>(at(values, load<u32>(order + (usize(i) << 2)))));
}

/** (y, 1 - y) for a row of class 0 and of class 1. */
const CLASS_PAIRS = memory.data<f64>([0, 1, 1, 0], 16);

/** More than the rounding error of a rate that is a product with a reciprocal instead of a quotient. */
const RATE_ERROR: f64 = 1e-12;

/**
 * All metrics. p, losses, flags, weights: of rows in order, from rankLabels and rankValues (weights = 0: all 1).
 * out = auc, logLoss, brier, ece, accuracy, f1, precision, recall (at `threshold`), ks, prAuc, then accuracy, f1,
 * precision, recall at 0.5. counts: how often each row in order counts, uint8 [n] (0: once). NaN where a class is absent and the
 * metric needs it.
 * auc: ties count half (Mann-Whitney). ece: 10 bins of equal width (Naeini et al. 2015). prAuc: average precision. bins: scratch, 30
 * float64.
 */
export function measure(
  p: usize, losses: usize, flags: usize, counts: usize, n: u32, threshold: f64, bins: usize, out: usize, weights: usize,
): void {
  memory.fill(bins, 0, 3 * BINS * 8);
  let total: f64 = 0;
  let positives: f64 = 0;
  let zeros: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const weight = weightOf(weights, i) * (counts ? f64(load<u8>(counts + i)) : 1);
    const y = f64(load<u8>(flags + i) & IS_ONE);
    positives += weight * y;
    zeros += weight * (1 - y);
    total += weight;
  }
  // sums of weights round: where all rows are of class 1, total - positives may not be 0
  const negatives = weights ? zeros : total - positives;
  // pairs of sums: of class 1 and of class 0, of log-loss and of squared error, of p and of labels in a bin
  let all = f64x2.splat(0);
  let tied = f64x2.splat(0);
  let chosen = f64x2.splat(0);
  let half = f64x2.splat(0);
  let errors = f64x2.splat(0);
  let area: f64 = 0;
  let averagePrecision: f64 = 0;
  const classes = f64x2(positives, negatives);
  const perClass = f64x2.div(f64x2.splat(1), classes);
  // the widest gap of the two rates so far and where it is, by products, which are cheaper than quotients
  let widest: f64 = 0;
  let atWidest = f64x2.splat(0);
  let ks: f64 = 0;
  // the sums of the bin of the last row; rows in order rarely change the bin
  let bin = bins;
  let low: f64 = 0;
  let high: f64 = 1;
  let binWeight: f64 = 0;
  let binSums = f64x2.splat(0);
  for (let i: u32 = 0; i < n; i++) {
    // rows that were not drawn have a weight of 0, which changes no sum: a branch would cost more
    const weight = weightOf(weights, i) * (counts ? f64(load<u8>(counts + i)) : 1);
    const weightPair = f64x2.splat(weight);
    const q = load<f64>(at(p, i));
    const flag = load<u8>(flags + i);
    const ones = CLASS_PAIRS + (usize(flag & IS_ONE) << 4);
    const y = load<f64>(ones);
    const counted = f64x2.mul(weightPair, v128.load(ones));
    const error = f64x2.replace_lane(f64x2.splat(q - y), 0, load<f64>(at(losses, i)));
    // weight * loss * 1 and weight * (q - y) * (q - y)
    errors = f64x2.add(errors, f64x2.mul(f64x2.mul(weightPair, error), f64x2.replace_lane(error, 0, 1)));
    const scaled = q * f64(BINS);
    if (scaled < low || scaled >= high) {
      storeBin(bin, binWeight, binSums);
      const b = min<u32>(BINS - 1, u32(scaled));
      low = f64(b);
      high = b == BINS - 1 ? Infinity : low + 1;
      bin = bins + usize(b) * 24;
      binWeight = load<f64>(bin);
      binSums = v128.load(bin + 8);
    }
    binWeight += weight;
    binSums = f64x2.add(binSums, f64x2.mul(weightPair, f64x2.replace_lane(f64x2.splat(y), 0, q)));
    tied = f64x2.add(tied, counted);
    if (q >= threshold) chosen = f64x2.add(chosen, counted);
    if (q >= 0.5) half = f64x2.add(half, counted);
    if (!(flag & ENDS_TIES)) continue;
    const tiedTp = f64x2.extract_lane(tied, 0);
    const tiedFp = f64x2.extract_lane(tied, 1);
    area += tiedFp * f64x2.extract_lane(all, 0) + 0.5 * tiedFp * tiedTp;
    all = f64x2.add(all, tied);
    tied = f64x2.splat(0);
    const tp = f64x2.extract_lane(all, 0);
    // two quotients at once; before the first drawn row the second is 0 / tiny
    const quotients = f64x2.div(
      f64x2.replace_lane(f64x2.splat(tp), 0, tiedTp),
      f64x2.replace_lane(f64x2.splat(max<f64>(tp + f64x2.extract_lane(all, 1), f64.MIN_VALUE)), 0, positives),
    );
    averagePrecision += f64x2.extract_lane(quotients, 0) * f64x2.extract_lane(quotients, 1);
    const gap = difference(f64x2.mul(all, perClass));
    if (abs(gap - widest) <= RATE_ERROR && v128.any_true(v128.xor(all, atWidest))) {
      // too close to tell without the quotients
      ks = max<f64>(ks, max<f64>(difference(f64x2.div(all, classes)), difference(f64x2.div(atWidest, classes))));
    }
    const isWider = f64x2.gt(f64x2.splat(gap), f64x2.splat(widest));
    atWidest = v128.bitselect(all, atWidest, isWider);
    widest = f64x2.extract_lane(f64x2.pmax(f64x2.splat(widest), f64x2.splat(gap)), 0);
  }
  storeBin(bin, binWeight, binSums);
  ks = max<f64>(ks, difference(f64x2.div(atWidest, classes)));
  let ece: f64 = 0;
  for (let b: u32 = 0; b < BINS; b++) {
    const at = bins + usize(b) * 24;
    ece += abs(load<f64>(at + 8) - load<f64>(at + 16));
  }
  // rounding may raise a sum of weights above 1
  storeAt(out, 0, min<f64>(1, area / (positives * negatives)));
  storeAt(out, 1, f64x2.extract_lane(errors, 0) / total);
  storeAt(out, 2, f64x2.extract_lane(errors, 1) / total);
  storeAt(out, 3, ece / total);
  storeConfusion(out, 4, chosen, positives, total);
  storeAt(out, 8, positives > 0 && negatives > 0 ? min<f64>(1, ks) : NaN);
  storeAt(out, 9, positives > 0 ? min<f64>(1, averagePrecision) : NaN); // rounding may raise the sum above 1
  storeConfusion(out, 10, half, positives, total);
}

// @ts-ignore: decorator
@inline
function storeBin(bin: usize, weight: f64, sums: v128): void {
  store<f64>(bin, weight);
  v128.store(bin + 8, sums);
}

/** The absolute difference of two numbers. */
// @ts-ignore: decorator
@inline
function difference(pair: v128): f64 {
  return abs(f64x2.extract_lane(pair, 0) - f64x2.extract_lane(pair, 1));
}

/**
 * The metrics of bootstrap replicates [from, to) over n rows: METRICS numbers for each replicate. p, losses, flags, weights: of rows in
 * order, as of measure. order: from sortDescending. counts: scratch, 2 n bytes.
 */
export function bootstrap(
  order: usize, p: usize, losses: usize, flags: usize, counts: usize, n: u32, threshold: f64, bins: usize, seedLow: u32, seedHigh: u32,
  from: u32, to: u32, out: usize, weights: usize,
): void {
  const ranked = counts + n;
  for (let replicate = from; replicate < to; replicate++) {
    resample(counts, n, seedLow, seedHigh, STREAM_BOOTSTRAP, replicate);
    for (let i: u32 = 0; i < n; i++) {
      store<u8>(ranked + i, load<u8>(counts + load<u32>(order + (usize(i) << 2))));
    }
    measure(p, losses, flags, ranked, n, threshold, bins, out, weights);
    out += METRICS * 8;
  }
}

/**
 * The probability threshold with the highest F1 (predict 1 where p >= threshold): midway between the lowest probability above it and
 * the highest below it. Of equal F1, the highest threshold; 0.5 where a class is absent. targets: the label or the probability of class 1 of
 * each row, float64 [n]; with probabilities it is the F1 of the expected counts. weights: of the rows, float64 [n] (0: all 1).
 */
export function bestF1Threshold(order: usize, p: usize, targets: usize, n: u32, weights: usize): f64 {
  let positives: f64 = 0;
  let negatives: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const target = load<f64>(targets + (usize(i) << 3));
    positives += weightOf(weights, i) * target;
    negatives += weightOf(weights, i) * (1 - target);
  }
  if (positives == 0 || negatives == 0) return 0.5;
  let best: f64 = 0;
  let threshold: f64 = 0.5;
  let tp: f64 = 0;
  let above: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = usize(load<u32>(order + (usize(i) << 2)));
    const weight = weightOf(weights, u32(row));
    above += weight;
    tp += weight * load<f64>(targets + (row << 3));
    const probability = load<f64>(p + (row << 3));
    const next: f64 = i + 1 < n ? load<f64>(p + (usize(load<u32>(order + (usize(i + 1) << 2))) << 3)) : 0;
    if (probability == next && i + 1 < n) continue;
    const f1 = (2 * tp) / (above + positives);
    if (f1 > best) {
      best = f1;
      // of adjacent float64 numbers, the midpoint may round to the lower one
      const halfway = 0.5 * (probability + next);
      threshold = halfway > next || i + 1 == n ? halfway : probability;
    }
  }
  return threshold;
}
