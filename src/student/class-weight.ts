// Weights of rows in training: by their class, and given ones.
import type { AnyDataset } from '../data/dataset.ts';
import { meanOne } from '../data/row-weights.ts';
import { checkWeights } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';

/**
 * Weight of the loss of labelled rows of class 1; rows of class 0 have weight 1. `balanced` gives both classes the same total
 * weight.
 */
export type ClassWeight = number | 'balanced';

/** Checks a class weight. @throws DebkdError `value` */
export function checkClassWeight(weight: ClassWeight | undefined): void {
  if (weight === undefined || weight === 'balanced' || (weight > 0 && weight <= 1e6)) return;
  throw new DebkdError('value', {
    subject: 'training',
    seen: `class weight ${weight}`,
    expected: 'balanced or a number above 0, at most 1e6',
  });
}

/**
 * Returns the class weight of each row, float64 [rows]; undefined where all are 1. Unlabelled rows have weight 1.
 * @param weights of the rows, float64 [rows]: `balanced` gives both classes the same total of products; default: all 1
 */
export function rowWeights(
  labels: Int8Array,
  weight: ClassWeight | undefined,
  weights?: Float64Array,
): Float64Array | undefined {
  if (weight === undefined || weight === 1) return undefined;
  const [zeros, ones] = [0, 1].map((label) => totalOf(labels, label, weights)) as [number, number];
  const half = (ones + zeros) / 2;
  const [zero, one] =
    weight === 'balanced' ? [zeros > 0 ? half / zeros : half, ones > 0 ? half / ones : half] : [1, weight];
  return Float64Array.from(labels, (y) => (y > 0 ? one : y === 0 ? zero : 1));
}

/** The total weight of the rows with a label. */
function totalOf(labels: Int8Array, label: number, weights: Float64Array | undefined): number {
  let total = 0;
  labels.forEach((y, i) => {
    if (y === label) total += weights?.[i] ?? 1;
  });
  return total;
}

/**
 * The weights of a fit: the dataset's, divided by their mean so that their unit does not change the learning rate, times given factors.
 * float64 [rows]; undefined where all are 1.
 * @param factors of the rows' losses, such as class weights, float64 [rows]; default: all 1
 * @throws DebkdError `rows` if all weights are 0, `value` for a weight that is not a finite number from 0
 */
export function trainingWeights(
  { weights, rows }: Pick<AnyDataset, 'weights' | 'rows'>,
  factors: Float64Array | undefined,
): Float64Array | undefined {
  if (!weights) return factors;
  checkWeights('training', weights, rows);
  const own = meanOne(weights);
  return factors ? own.map((w, i) => w * (factors[i] as number)) : own;
}
