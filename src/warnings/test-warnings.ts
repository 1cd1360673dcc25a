// Warnings about the test rows.
import { countLabels } from '../data/count-labels.ts';

/** Fewer labelled test rows, or fewer of a class, cause a warning. */
const MIN_EXACT_ROWS = { rows: 100, class: 20 };

/** Warns where metrics of the test rows are unreliable. */
export function testWarnings(labels: Int8Array): string[] {
  if (labels.length === 0) return ['test: the split has no test rows; nothing was measured'];
  const { rows: known, rarer } = countLabels({ labels });
  if (known === 0) return ['test: no labelled rows; nothing was measured'];
  if (known >= MIN_EXACT_ROWS.rows && rarer >= MIN_EXACT_ROWS.class) return [];
  return [
    `test: only ${known} labelled rows, ${rarer} of the rarer class, for which metrics are unreliable; use a split with at least ${MIN_EXACT_ROWS.rows} and ${MIN_EXACT_ROWS.class}`,
  ];
}
