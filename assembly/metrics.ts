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

/** out[i] = -log of the predicted probability of the label, which is limited to [EPSILON, 1 - EPSILON] as in scikit-learn. */
export function rowLosses(p: usize, labels: usize, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const q = min<f64>(max<f64>(load<f64>(p + (usize(i) << 3)), EPSILON), 1 - EPSILON);
    store<f64>(out + (usize(i) << 3), load<i8>(labels + i) > 0 ? -log(q) : -log(1 - q));
  }
}

// @ts-ignore: decorator
@inline
function storeAt(out: usize, i: u32, x: f64): void {
  store<f64>(out + (usize(i) << 3), x);
}

/** Accuracy, F1, precision and recall of a confusion matrix, from out[i] on. */
function storeConfusion(out: usize, i: u32, tp: f64, fp: f64, positives: f64, total: f64): void {
  storeAt(out, i, min<f64>(1, (tp + (total - positives) - fp) / total));
  const scored = tp + fp;
  storeAt(out, i + 1, 2 * tp + fp + (positives - tp) > 0 ? (2 * tp) / (scored + positives) : 0);
  storeAt(out, i + 2, scored > 0 ? tp / scored : 0);
  storeAt(out, i + 3, positives > 0 ? tp / positives : 0);
}

/** Flags of a ranked row. */
const IS_ONE: u8 = 1;
const ENDS_TIES: u8 = 2;

/**
 * Copies rows into the order of their scores, so that `measure` reads them one after another. order: from sortDescending.
 * ranked, rankedLosses, rankedWeights: the probabilities, losses and weights, float64 [n] (weights = 0: none is written). flags: uint8
 * [n], bit 0 for class 1, bit 1 for the last row of those with one score.
 */
export function rankRows(
  order: usize, scores: usize, p: usize, labels: usize, losses: usize, n: u32, weights: usize, ranked: usize, rankedLosses: usize,
  rankedWeights: usize, flags: usize,
): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = load<u32>(order + (usize(i) << 2));
    store<f64>(at(ranked, i), load<f64>(at(p, row)));
    store<f64>(at(rankedLosses, i), load<f64>(at(losses, row)));
    if (weights) store<f64>(at(rankedWeights, i), load<f64>(at(weights, row)));
    const isLast = i + 1 == n || load<f64>(at(scores, load<u32>(order + (usize(i + 1) << 2)))) != load<f64>(at(scores, row));
    store<u8>(flags + i, (load<i8>(labels + row) > 0 ? IS_ONE : 0) | (isLast ? ENDS_TIES : 0));
  }
}

/** More than the rounding error of a rate that is a product with a reciprocal instead of a quotient. */
const RATE_ERROR: f64 = 1e-12;

/**
 * All metrics. p, losses, flags, weights: of rows in order, from rankRows (weights = 0: all 1).
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
  let loss: f64 = 0;
  let brier: f64 = 0;
  let tp: f64 = 0;
  let fp: f64 = 0;
  let tpChosen: f64 = 0;
  let fpChosen: f64 = 0;
  let tpHalf: f64 = 0;
  let fpHalf: f64 = 0;
  let area: f64 = 0;
  let ks: f64 = 0;
  let averagePrecision: f64 = 0;
  let tiedTp: f64 = 0;
  let tiedFp: f64 = 0;
  const perPositive = 1 / positives;
  const perNegative = 1 / negatives;
  // the sums of the bin of the last row; rows in order rarely change the bin
  let bin = bins;
  let binWeight: f64 = 0;
  let binP: f64 = 0;
  let binY: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    // rows that were not drawn have a weight of 0, which changes no sum: a branch would cost more
    const weight = weightOf(weights, i) * (counts ? f64(load<u8>(counts + i)) : 1);
    const q = load<f64>(at(p, i));
    const flag = load<u8>(flags + i);
    const y = f64(flag & IS_ONE);
    const one = weight * y;
    const zero = weight * (1 - y);
    loss += weight * load<f64>(at(losses, i));
    brier += weight * (q - y) * (q - y);
    const own = bins + usize(min<u32>(BINS - 1, u32(q * f64(BINS)))) * 24;
    if (own != bin) {
      storeBin(bin, binWeight, binP, binY);
      bin = own;
      binWeight = load<f64>(bin);
      binP = load<f64>(bin + 8);
      binY = load<f64>(bin + 16);
    }
    binWeight += weight;
    binP += weight * q;
    binY += one;
    tiedTp += one;
    tiedFp += zero;
    if (q >= threshold) {
      tpChosen += one;
      fpChosen += zero;
    }
    if (q >= 0.5) {
      tpHalf += one;
      fpHalf += zero;
    }
    if (!(flag & ENDS_TIES)) continue;
    area += tiedFp * tp + 0.5 * tiedFp * tiedTp;
    tp += tiedTp;
    fp += tiedFp;
    if (tiedTp > 0) averagePrecision += (tiedTp / positives) * (tp / (tp + fp));
    // divides only where the difference may be the largest
    if (abs(tp * perPositive - fp * perNegative) > ks - RATE_ERROR) ks = max<f64>(ks, abs(tp / positives - fp / negatives));
    tiedTp = 0;
    tiedFp = 0;
  }
  storeBin(bin, binWeight, binP, binY);
  let ece: f64 = 0;
  for (let b: u32 = 0; b < BINS; b++) {
    const at = bins + usize(b) * 24;
    ece += abs(load<f64>(at + 8) - load<f64>(at + 16));
  }
  // rounding may raise a sum of weights above 1
  storeAt(out, 0, min<f64>(1, area / (positives * negatives)));
  storeAt(out, 1, loss / total);
  storeAt(out, 2, brier / total);
  storeAt(out, 3, ece / total);
  storeConfusion(out, 4, tpChosen, fpChosen, positives, total);
  storeAt(out, 8, positives > 0 && negatives > 0 ? min<f64>(1, ks) : NaN);
  storeAt(out, 9, positives > 0 ? min<f64>(1, averagePrecision) : NaN); // rounding may raise the sum above 1
  storeConfusion(out, 10, tpHalf, fpHalf, positives, total);
}

// @ts-ignore: decorator
@inline
function storeBin(bin: usize, weight: f64, p: f64, y: f64): void {
  store<f64>(bin, weight);
  store<f64>(bin + 8, p);
  store<f64>(bin + 16, y);
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
