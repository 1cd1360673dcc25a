// Metrics of a binary classifier in float64, over rows in one order: score descending, ties by row.
// A bootstrap resample is a multiplicity a row, so nothing is sorted again.

import { log } from './math';
import { resample } from './random';
import { STREAM_BOOTSTRAP } from './streams';

export const METRICS: u32 = 14;
const BINS: u32 = 10;
const EPSILON: f64 = 2.220446049250313e-16;

/** order = rows by score descending, ties by row ascending: a bottom-up merge sort. spare: n words. */
export function sortDescending(scores: usize, n: u32, order: usize, spare: usize): void {
  for (let i: u32 = 0; i < n; i++) store<u32>(order + (usize(i) << 2), i);
  let from = order;
  let to = spare;
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

/** out[i] = -log of the probability given to the label, limited to [EPSILON, 1 - EPSILON] as scikit-learn does. */
export function rowLosses(p: usize, labels: usize, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const q = min<f64>(max<f64>(load<f64>(p + (usize(i) << 3)), EPSILON), 1 - EPSILON);
    store<f64>(out + (usize(i) << 3), load<i8>(labels + i) > 0 ? -log(q) : -log(1 - q));
  }
}

// @ts-ignore: decorator
@inline
function put(out: usize, i: u32, x: f64): void {
  store<f64>(out + (usize(i) << 3), x);
}

function putConfusion(out: usize, i: u32, tp: f64, fp: f64, positives: f64, total: f64): void {
  put(out, i, (tp + (total - positives) - fp) / total);
  const scored = tp + fp;
  put(out, i + 1, 2 * tp + fp + (positives - tp) > 0 ? (2 * tp) / (scored + positives) : 0);
  put(out, i + 2, scored > 0 ? tp / scored : 0);
  put(out, i + 3, positives > 0 ? tp / positives : 0);
}

/**
 * order: rows by score descending, ties by row. scores: what they are ranked by, margins where there are some, since
 * probabilities that round to 0 or 1 are no longer apart.
 * out = auc, logLoss, brier, ece, accuracy, f1, precision, recall (at `threshold`), ks, prAuc, then accuracy, f1,
 * precision, recall at 0.5. counts: a multiplicity a row (0: one each). NaN where a class is absent and the metric needs it.
 * ECE: 10 equal-width bins. prAuc: average precision. Scratch: 3 * 10 float64.
 */
export function measure(
  order: usize, scores: usize, p: usize, labels: usize, losses: usize, counts: usize, n: u32, threshold: f64, bins: usize, out: usize,
): void {
  memory.fill(bins, 0, 3 * BINS * 8);
  let total: f64 = 0;
  let positives: f64 = 0;
  let loss: f64 = 0;
  let brier: f64 = 0;
  let tp: f64 = 0;
  let fp: f64 = 0;
  let tpChosen: f64 = 0;
  let fpChosen: f64 = 0;
  let tpHalf: f64 = 0;
  let fpHalf: f64 = 0;
  let area: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = load<u32>(order + (usize(i) << 2));
    if (load<i8>(labels + row) > 0) positives += counts ? f64(load<u32>(counts + (usize(row) << 2))) : 1;
    total += counts ? f64(load<u32>(counts + (usize(row) << 2))) : 1;
  }
  const negatives = total - positives;
  let ks: f64 = 0;
  let precisionArea: f64 = 0;
  let groupTp: f64 = 0;
  let groupFp: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = usize(load<u32>(order + (usize(i) << 2)));
    const weight: f64 = counts ? f64(load<u32>(counts + (row << 2))) : 1;
    const q = load<f64>(p + (row << 3));
    if (weight > 0) {
      const y: f64 = load<i8>(labels + row) > 0 ? 1 : 0;
      loss += weight * load<f64>(losses + (row << 3));
      brier += weight * (q - y) * (q - y);
      const bin = bins + usize(min<u32>(BINS - 1, u32(q * f64(BINS)))) * 24;
      store<f64>(bin, load<f64>(bin) + weight);
      store<f64>(bin + 8, load<f64>(bin + 8) + weight * q);
      store<f64>(bin + 16, load<f64>(bin + 16) + weight * y);
      groupTp += weight * y;
      groupFp += weight * (1 - y);
      if (q >= threshold) {
        tpChosen += weight * y;
        fpChosen += weight * (1 - y);
      }
      if (q >= 0.5) {
        tpHalf += weight * y;
        fpHalf += weight * (1 - y);
      }
    }
    const here = load<f64>(scores + (row << 3));
    const last = i + 1 == n || load<f64>(scores + (usize(load<u32>(order + (usize(i + 1) << 2))) << 3)) != here;
    if (last && groupTp + groupFp > 0) {
      area += groupFp * tp + 0.5 * groupFp * groupTp;
      tp += groupTp;
      fp += groupFp;
      precisionArea += (groupTp / positives) * (tp / (tp + fp));
      ks = max<f64>(ks, abs(tp / positives - fp / negatives));
      groupTp = 0;
      groupFp = 0;
    }
  }
  let ece: f64 = 0;
  for (let b: u32 = 0; b < BINS; b++) {
    const bin = bins + usize(b) * 24;
    ece += abs(load<f64>(bin + 8) - load<f64>(bin + 16));
  }
  put(out, 0, area / (positives * negatives));
  put(out, 1, loss / total);
  put(out, 2, brier / total);
  put(out, 3, ece / total);
  putConfusion(out, 4, tpChosen, fpChosen, positives, total);
  put(out, 8, positives > 0 && negatives > 0 ? ks : NaN);
  put(out, 9, positives > 0 ? min<f64>(1, precisionArea) : NaN); // a sum of shares, which rounding may lift above 1
  putConfusion(out, 10, tpHalf, fpHalf, positives, total);
}

/** Replicates [from, to) of the bootstrap over n rows: METRICS values each, at out + (replicate - from) * METRICS. */
export function bootstrap(
  order: usize, scores: usize, p: usize, labels: usize, losses: usize, counts: usize, n: u32, threshold: f64, bins: usize,
  seedLow: u32, seedHigh: u32, from: u32, to: u32, out: usize,
): void {
  for (let replicate = from; replicate < to; replicate++) {
    resample(counts, n, seedLow, seedHigh, STREAM_BOOTSTRAP, replicate);
    measure(order, scores, p, labels, losses, counts, n, threshold, bins, out);
    out += METRICS * 8;
  }
}

/**
 * The probability threshold with the highest F1 (predict 1 where p >= threshold): halfway between the lowest
 * probability counted as 1 and the next; the highest such threshold on ties. 0.5 where a class is absent.
 */
export function bestF1Threshold(order: usize, p: usize, labels: usize, n: u32): f64 {
  let positives: f64 = 0;
  for (let i: u32 = 0; i < n; i++) if (load<i8>(labels + i) > 0) positives += 1;
  if (positives == 0 || positives == f64(n)) return 0.5;
  let best: f64 = 0;
  let threshold: f64 = 0.5;
  let tp: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const row = usize(load<u32>(order + (usize(i) << 2)));
    if (load<i8>(labels + row) > 0) tp += 1;
    const here = load<f64>(p + (row << 3));
    const next: f64 = i + 1 < n ? load<f64>(p + (usize(load<u32>(order + (usize(i + 1) << 2))) << 3)) : 0;
    if (here == next && i + 1 < n) continue;
    const f1 = (2 * tp) / (f64(i + 1) + positives);
    if (f1 > best) {
      best = f1;
      // between neighbours there is nothing: halfway may round to the one that is not counted
      const halfway = 0.5 * (here + next);
      threshold = halfway > next || i + 1 == n ? halfway : here;
    }
  }
  return threshold;
}
