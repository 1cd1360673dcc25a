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
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(rows, (i) => values[i] as number);
  return expectedF1Threshold(pick(probabilities), pick(labels), weights && pick(weights));
}

/**
 * The threshold with the highest F1 of the expected counts, as chooseThreshold with probabilities in place of labels: a row counts as class 1
 * by its target, and as class 0 by the rest.
 * @param probabilities of class 1, float64 [rows]
 * @param targets probabilities of the label 1, float64 [rows]
 * @param weights of the rows, float64 [rows]; default: all 1
 */
export function expectedF1Threshold(
  probabilities: Float64Array,
  targets: Float64Array,
  weights?: Float64Array,
): number {
  const n = targets.length;
  if (n === 0) return 0.5;
  using arena = openArena();
  const [p, q] = [arena.put(probabilities), arena.put(targets)];
  const order = arena.reserve(4 * n);
  arena.kernels.sortDescending(p, n, order, arena.reserve(4 * n));
  const w = weights ? arena.put(meanOne(weights)) : 0;
  return arena.kernels.bestF1Threshold(order, p, q, n, w);
}
