// Compares a model's label output with its scores: which class a larger score means, and at which threshold the label
// changes.
import { sameClass } from '../data/target.ts';

/** The order of a label's two values by score. */
export interface Direction {
  /** The label of small scores. */
  readonly low: string;
  /** The label of large scores. */
  readonly high: string;
}

/**
 * Share of pairs of rows with different labels that the score must order the same way. Below 1, because the labels of
 * calibrated classifiers may disagree with the score near the threshold.
 */
const ORDERED = 0.8;

/**
 * Orders the two values of a label by the score. It compares rows with each other rather than with a threshold, because
 * a model may use any threshold.
 * @param labels one per row
 * @param scores one per row
 * @returns undefined if the label does not take two values; `unclear`, with the share of pairs, if the score does not
 *   order them
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

/** True for the labels 1, true and yes; false for 0, -1, false and no; undefined for any other. */
export function isOne(label: string): boolean | undefined {
  if (sameClass(label, '1') || sameClass(label, 'yes')) return true;
  return sameClass(label, '0') || sameClass(label, '-1') || sameClass(label, 'no') ? false : undefined;
}

/** The threshold, 0 or .5, that separates the labels of all rows; undefined if both or neither do. */
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

/** The name of a class that the label output never shows. */
export const UNSEEN = '?';

/** Names of scores by a model's labels. */
interface Naming {
  /** In the order of the scores, UNSEEN for a class without a clear label. */
  readonly names: readonly string[];
  /** Share of rows with the label of their class. */
  readonly share: number;
}

/** Names each class by the labels of the rows in which `pick` chooses its score. */
function nameBy(
  labels: readonly string[],
  scores: Float64Array,
  width: number,
  pick: (...values: number[]) => number,
): Naming {
  const votes = Array.from({ length: width }, () => new Map<string, number>());
  labels.forEach((label, i) => {
    const row = scores.subarray(i * width, (i + 1) * width);
    const counts = votes[row.indexOf(pick(...row))];
    counts?.set(label, (counts.get(label) ?? 0) + 1);
  });
  let agreed = 0;
  const names = votes.map((counts) => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const [name, count] = [...counts].find(([, found]) => found >= ORDERED * total) ?? [UNSEEN, 0];
    agreed += count;
    return name;
  });
  return { names, share: agreed / labels.length };
}

/**
 * Names three or more classes by the label of the rows in which their score is the largest.
 * @param scores [rows x width]
 * @returns names in the order of the scores, UNSEEN for a class without a clear label; undefined if two classes get the
 *   same name, or none gets a name
 */
export function namesByLabels(
  labels: readonly string[],
  scores: Float64Array,
  width: number,
): readonly string[] | undefined {
  const { names } = nameBy(labels, scores, width, Math.max);
  const seen = names.filter((name) => name !== UNSEEN);
  return seen.length > 0 && new Set(seen).size === seen.length ? names : undefined;
}

/** Names a class that the label output never shows, where only one name and one class are left. */
export function completeNames(shown: readonly string[], own: readonly string[]): readonly string[] {
  const left = own.filter((name) => !shown.some((one) => sameClass(one, name)));
  const unseen = shown.filter((name) => name === UNSEEN);
  if (left.length !== 1 || unseen.length !== 1) return shown;
  return shown.map((name) => (name === UNSEEN ? (left[0] as string) : name));
}

/** Whether the label belongs to the smallest score, as for distances, rather than to the largest. */
export function followsSmallest(
  labels: readonly string[],
  scores: Float64Array,
  width: number,
  names: readonly string[] | undefined,
): boolean {
  const [largest, smallest] = [Math.max, Math.min].map((pick) => nameBy(labels, scores, width, pick).share);
  const indices = Array.from({ length: width }, (_, k) => `${k}`);
  const { share, reversed } = followsNames(labels, scores, width, names ?? indices);
  if (follows(share)) return false;
  return follows(reversed) || (follows(smallest as number) && (smallest as number) > (largest as number));
}

/** What a model's label output says about the names of its scores. */
export interface Followed {
  /** Share of rows whose label is the class with the largest score. */
  readonly share: number;
  /** The same with the smallest score. */
  readonly reversed: number;
}

/** Whether a name is a number or a word for one: 1, -1, true, no. */
export function isBare(name: string): boolean {
  return isOne(name) !== undefined || (name.trim() !== '' && Number.isFinite(Number(name)));
}

/**
 * Compares the label output with named scores. Labels that are whole numbers count as indices where the names are texts.
 * @param scores [rows x width]
 */
export function followsNames(
  labels: readonly string[],
  scores: Float64Array,
  width: number,
  names: readonly string[],
): Followed {
  const byIndex = !names.some(isBare) && labels.every((label) => /^\d+$/.test(label) && Number(label) < width);
  const means = (label: string, place: number): boolean =>
    byIndex ? Number(label) === place : sameClass(label, names[place] ?? '');
  let [share, reversed] = [0, 0];
  labels.forEach((label, i) => {
    const row = scores.subarray(i * width, (i + 1) * width);
    share += means(label, row.indexOf(Math.max(...row))) ? 1 : 0;
    reversed += means(label, row.indexOf(Math.min(...row))) ? 1 : 0;
  });
  return { share: share / labels.length, reversed: reversed / labels.length };
}

/** Whether a share of rows shows that the label follows the scores. */
export const follows = (share: number): boolean => share >= ORDERED;
