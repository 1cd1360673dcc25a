// The folds of cross-fitting. Rows have buckets, which are finer than folds, so that cross-fitting can be repeated with other folds
// that also keep equal rows, or the rows of one group of the split, together.

/** Number of folds of cross-fitting. */
export const FOLDS = 5;
/** Number of buckets. */
export const BUCKETS = 250;

/** The bucket of a hash word. */
export function bucketOf(word: number): number {
  return word % BUCKETS;
}

/** Factors that permute the buckets: coprime with their number. */
const FACTORS = [7, 37, 83, 117];
/** How many different assignments of buckets to folds there are. */
export const REPEATS: number = 1 + FACTORS.length;

/**
 * The fold of each row, 0 .. 4.
 * @param buckets of the rows, uint8
 * @param repeat which of the assignments, 0 .. 4; the first is the remainder by 5
 * @returns uint8 [rows]
 */
export function foldsOf(buckets: Uint8Array, repeat = 0): Uint8Array {
  if (repeat === 0) return buckets.map((bucket) => bucket % FOLDS);
  const factor = FACTORS[repeat - 1] as number;
  return buckets.map((bucket) => Math.floor(((factor * bucket) % BUCKETS) / (BUCKETS / FOLDS)));
}
