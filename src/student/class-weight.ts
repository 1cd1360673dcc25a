// Weights of rows by their class.
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

/** Returns the weight of each row, float64 [rows]; undefined where all are 1. Unlabelled rows have weight 1. */
export function rowWeights(labels: Int8Array, weight: ClassWeight | undefined): Float64Array | undefined {
  if (weight === undefined || weight === 1) return undefined;
  const ones = labels.filter((y) => y > 0).length;
  const zeros = labels.filter((y) => y === 0).length;
  const half = (ones + zeros) / 2;
  const [zero, one] = weight === 'balanced' ? [half / Math.max(1, zeros), half / Math.max(1, ones)] : [1, weight];
  return Float64Array.from(labels, (y) => (y > 0 ? one : y === 0 ? zero : 1));
}
