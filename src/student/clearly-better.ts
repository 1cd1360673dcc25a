// Compares two students on the rows of a selection.
import { log } from '../kernels/elementary.ts';
import { meanInterval, tQuantile } from '../metrics/paired.ts';
import { meanWithError } from '../metrics/weighted-mean.ts';
import type { Selection } from './selection.ts';
import type { Student } from './student.ts';

/** Whether a's cross-entropy on the selection's rows is lower than b's by more than one standard error of the mean difference. */
export function clearlyBetter(a: Student, b: Student, { dataset, rows, targets }: Selection): boolean {
  // clip away from 0 and 1, as log-loss does: a saturated student would make the difference NaN
  const [p, q] = [a, b].map((student) =>
    student.predictProba(dataset).map((share) => Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, share))),
  ) as [Float64Array, Float64Array];
  const differences = Float64Array.from(rows, (row, i) => {
    const t = targets[i] as number;
    const gain = t * (log(q[row] as number) - log(p[row] as number));
    return gain + (1 - t) * (log(1 - (q[row] as number)) - log(1 - (p[row] as number)));
  });
  const { weights } = dataset;
  if (weights) {
    const kept = Array.from(rows.keys()).filter((i) => (weights[rows[i] as number] as number) > 0);
    const { mean, error } = meanWithError(
      kept.map((i) => differences[i] as number),
      kept.map((i) => weights[rows[i] as number] as number),
    );
    return mean < -error;
  }
  const { value, low } = meanInterval(differences);
  const error = (value - low) / tQuantile(differences.length - 1);
  return value < -error;
}
