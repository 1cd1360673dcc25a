// The population stability index: how far the shares of bins have moved.
import { log } from '../kernels/elementary.ts';

/** The usual reading of the index. */
export type StabilityReading = 'stable' | 'some shift' | 'large shift';

/** From here on a column has shifted somewhat, and from the second limit on much (Siddiqi 2006). */
export const STABILITY_LIMITS: readonly [some: number, large: number] = [0.1, 0.25];

/**
 * The population stability index of counts in the same bins: the sum of (q - p) log(q / p) over the shares p and q. A bin counts as half
 * a row of a sample that has no row in it.
 * @param reference counts of the reference, [bins]
 * @param counts counts of the new rows, [bins]
 */
export function stabilityIndex(reference: readonly number[], counts: readonly number[]): number {
  const sum = (list: readonly number[]): number => list.reduce((total, count) => total + count, 0);
  const [m, n] = [sum(reference), sum(counts)];
  if (m === 0 || n === 0) return 0;
  let index = 0;
  reference.forEach((x, i) => {
    const y = counts[i] ?? 0;
    if (x + y === 0) return;
    const [p, q] = [Math.max(x, 0.5) / m, Math.max(y, 0.5) / n];
    index += (q - p) * (log(q) - log(p));
  });
  return index;
}

/** Reads an index: below .1 stable, from .1 some shift, from .25 a large one. */
export function readStability(index: number): StabilityReading {
  const [some, large] = STABILITY_LIMITS;
  return index >= large ? 'large shift' : index >= some ? 'some shift' : 'stable';
}
