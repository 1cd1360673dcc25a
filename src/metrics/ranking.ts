// The area under the ROC curve.
import { countsIn } from '../data/row-weights.ts';
import { rowsWhere } from '../data/rows-where.ts';
import { checkLength, checkScores } from '../io/check.ts';
import { descending } from './descending.ts';

/**
 * The area under the ROC curve: the share of pairs of a class 1 and a class 0 row in which class 1 has the higher score; ties count
 * half (Hanley, McNeil 1982). NaN without rows of both classes.
 * @param scores on any scale, float64 [rows]
 * @param labels 1, 0 or -1 [rows]; unlabelled rows (-1) are ignored
 * @param weights of the rows, float64 [rows]; default: all 1
 * @throws DebkdError `value` if lengths differ or a score is NaN
 */
export function rocAuc(scores: Float64Array, labels: Int8Array, weights?: Float64Array): number {
  checkLength('AUC', 'scores', scores, labels.length);
  const rows = rowsWhere(labels.length, countsIn({ labels, weights }));
  checkScores('AUC', scores, rows);
  const n = rows.length;
  const values = new Float64Array(n);
  for (let k = 0; k < n; k++) values[k] = scores[rows[k] as number] as number;
  const sorted = descending(values);
  let [positives, negatives, area] = [0, 0, 0];
  for (let i = 0; i < n; ) {
    let [ones, zeros] = [0, 0];
    const score = values[sorted[i] as number];
    for (; i < n && values[sorted[i] as number] === score; i++) {
      const row = rows[sorted[i] as number] as number;
      const weight = weights?.[row] ?? 1;
      if ((labels[row] as number) > 0) ones += weight;
      else zeros += weight;
    }
    // without weights multiples of .5, so the sum is exact
    area += zeros * positives + 0.5 * zeros * ones;
    positives += ones;
    negatives += zeros;
  }
  return Math.min(1, area / (positives * negatives));
}
