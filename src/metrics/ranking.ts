// How well scores rank class 1 above class 0.
import { checkLength, checkScores } from '../io/check.ts';
import { openArena } from '../kernels/memory.ts';

/**
 * Area under the ROC curve of the labelled rows, ties counting half; NaN where a class is absent.
 * @param scores any scale, float64 [rows]
 * @param labels 1, 0 or -1 [rows]; -1 rows are left out
 * @throws DebkdError `value` when lengths differ, or a score is NaN
 */
export function rocAuc(scores: Float64Array, labels: Int8Array): number {
  checkLength('AUC', 'scores', scores, labels.length);
  const rows = [...labels.keys()].filter((i) => (labels[i] as number) >= 0);
  const n = rows.length;
  checkScores('AUC', scores, rows);
  using arena = openArena();
  const values = Float64Array.from(rows, (i) => scores[i] as number);
  const order = arena.reserve(4 * n);
  arena.kernels.sortDescending(arena.put(values), n, order, arena.reserve(4 * n));
  const sorted = arena.u32(order, n);
  let [positives, negatives, area] = [0, 0, 0];
  for (let i = 0; i < n; ) {
    let [ones, zeros] = [0, 0];
    const score = values[sorted[i] as number];
    for (; i < n && values[sorted[i] as number] === score; i++) {
      if ((labels[rows[sorted[i] as number] as number] as number) > 0) ones++;
      else zeros++;
    }
    // whole and half numbers: exact in any order
    area += zeros * positives + 0.5 * zeros * ones;
    positives += ones;
    negatives += zeros;
  }
  return area / (positives * negatives);
}
