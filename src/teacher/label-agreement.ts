// What a model's own label output says of its scores: which class a larger score means, and from which value on.
import { sameClass } from '../data/target.ts';

/** Which of a label's two values a larger score goes with. */
export interface Direction {
  /** The label where the score is small, and where it is large. */
  readonly low: string;
  readonly high: string;
}

/** Share of pairs of rows with different labels that a score must order alike: labels of calibrated classifiers differ near the middle. */
const ORDERED = 0.8;

/**
 * Orders the two values of a label by the score. It compares rows with each other and not with a threshold, because models may have
 * a threshold of their own.
 * @param labels one a row
 * @param scores one a row
 * @returns undefined where the label has not two values; `unclear`, with the share of pairs, where the score does not order them
 */
export function directionOf(
  labels: readonly string[],
  scores: ArrayLike<number>,
): Direction | { readonly unclear: number } | undefined {
  const seen = [...new Set(labels)].sort();
  const [a, b] = seen;
  if (seen.length !== 2 || a === undefined || b === undefined || labels.length !== scores.length) return undefined;
  let [pairs, above] = [0, 0];
  labels.forEach((label, i) => {
    if (label !== b) return;
    labels.forEach((other, j) => {
      if (other !== a) return;
      const [x, y] = [scores[i] as number, scores[j] as number];
      pairs++;
      above += x > y ? 1 : x === y ? 0.5 : 0;
    });
  });
  const share = above / pairs;
  if (share >= ORDERED) return { low: a, high: b };
  if (1 - share >= ORDERED) return { low: b, high: a };
  return { unclear: share };
}

/** Whether a label is 1, true or yes (true), or 0, -1, false or no (false); undefined where it is neither. */
export function isOne(label: string): boolean | undefined {
  if (sameClass(label, '1') || sameClass(label, 'yes')) return true;
  return sameClass(label, '0') || sameClass(label, '-1') || sameClass(label, 'no') ? false : undefined;
}

/** The threshold, 0 or .5, at which the label changes in every row; undefined where both fit, or none. */
export function thresholdOf(
  labels: readonly string[],
  scores: ArrayLike<number>,
  { high }: Direction,
): 0 | 0.5 | undefined {
  const fits = ([0, 0.5] as const).filter((threshold) =>
    labels.every((label, i) => {
      const score = scores[i] as number;
      return score === threshold || score > threshold === (label === high);
    }),
  );
  return fits.length === 1 ? fits[0] : undefined;
}

/** The name of a class that nobody knows. */
const UNSEEN = '?';

/**
 * Names of three classes and more by the label of the rows in which each score is the largest.
 * @param scores [rows x width]
 * @returns in the order of the scores, UNSEEN for classes that no row is of; undefined where two have the same name, or all are unseen
 */
export function namesByLabels(
  labels: readonly string[],
  scores: Float64Array,
  width: number,
): readonly string[] | undefined {
  const votes = Array.from({ length: width }, () => new Map<string, number>());
  labels.forEach((label, i) => {
    const row = scores.subarray(i * width, (i + 1) * width);
    const counts = votes[row.indexOf(Math.max(...row))];
    counts?.set(label, (counts.get(label) ?? 0) + 1);
  });
  const names = votes.map((counts) => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return [...counts].find(([, count]) => count >= ORDERED * total)?.[0] ?? UNSEEN;
  });
  const seen = names.filter((name) => name !== UNSEEN);
  return seen.length > 0 && new Set(seen).size === seen.length ? names : undefined;
}
