// Warnings about row weights that leave few rows in effect.
import type { AnyDataset } from '../data/dataset.ts';
import { effectiveRows, sumOf } from '../data/row-weights.ts';

/** Warn with a smaller effective number of labelled rows of a class. */
const MIN_EFFECTIVE = 30;
/** Warn if one row has a larger share of the total weight. */
const MAX_SHARE = 0.1;

/**
 * Warns if the effective sample size of a class is small, or one row has much of the weight.
 * @param part its name in the warnings
 */
export function weightWarnings(part: string, { labels, weights }: Pick<AnyDataset, 'labels' | 'weights'>): string[] {
  if (!weights) return [];
  const warnings: string[] = [];
  for (const label of [1, 0]) {
    const own = weights.filter((_, i) => labels[i] === label);
    const effective = effectiveRows(own);
    if (own.length > 0 && effective < MIN_EFFECTIVE) {
      warnings.push(
        `${part}: by their weights, the ${own.length} rows of class ${label} count as ${effective.toFixed(1)} rows of equal weight, fewer than ${MIN_EFFECTIVE}; results for that class are uncertain. Give more rows of it, or more even weights`,
      );
    }
  }
  const largest = weights.reduce((high, w) => Math.max(high, w), 0);
  const share = largest / sumOf(weights);
  if (share > MAX_SHARE) {
    const row = weights.indexOf(largest) + 1;
    warnings.push(
      `${part}: row ${row} of the part has ${Math.round(100 * share)} % of the total weight; results depend on it. Check its weight, or limit the weights`,
    );
  }
  return warnings;
}
