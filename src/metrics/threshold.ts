// Chooses the decision threshold.
import { countsIn, meanOne } from '../data/row-weights.ts';
import { checkLength, checkWeights } from '../io/check.ts';
import { openArena } from '../kernels/memory.ts';

/**
 * The threshold with the highest F1, midway between two probabilities; the highest one on ties. 0.5 if the labelled rows are of one
 * class or there are none.
 * @param probabilities of class 1, float64 [rows]
 * @param labels 1, 0 or -1 [rows]; unlabelled rows (-1) are ignored
 * @param weights of the rows, from 0, float64 [rows]; default: all 1
 * @throws DebkdError `value` if lengths differ or a weight is not a finite number from 0
 * @example
 * const threshold = chooseThreshold(student.predictProba(validation), validation.labels);
 * const decided = student.with({ threshold });
 */
export function chooseThreshold(probabilities: Float64Array, labels: Int8Array, weights?: ArrayLike<number>): number {
  checkLength('threshold', 'probabilities', probabilities, labels.length);
  checkWeights('threshold', weights, labels.length);
  const rows = [...labels.keys()].filter(countsIn({ labels, weights }));
  const n = rows.length;
  if (n === 0) return 0.5;
  using arena = openArena();
  const p = arena.put(Float64Array.from(rows, (i) => probabilities[i] as number));
  const y = arena.put(Int8Array.from(rows, (i) => labels[i] as number));
  const order = arena.reserve(4 * n);
  arena.kernels.sortDescending(p, n, order, arena.reserve(4 * n));
  const w = weights ? arena.put(meanOne(Float64Array.from(rows, (i) => weights[i] as number))) : 0;
  return arena.kernels.bestF1Threshold(order, p, y, n, w);
}
