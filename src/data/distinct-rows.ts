// Rows that differ. A table of a few categories has many rows and few different ones, and a split by hash keeps equal rows together.
import type { AnyDataset } from './dataset.ts';
import { matrixRows, rowsPerRead } from './row-source.ts';

/** With fewer different rows in a part, its figures depend on few rows. */
export const FEW_DISTINCT = 20;

/** Rows in one read. */
const READ_ROWS = 1024;

/** The rows that are compared: encoded, with their folds, which tell rows apart whose categories are not listed. */
type Rows = Pick<AnyDataset, 'features' | 'folds'>;

/** The different rows as texts, at most `most`; undefined for rows with texts or images, which count as different. */
function distinctRows({ features, folds }: Rows, most: number): Set<string> | undefined {
  const { fields, fieldColumns, rows } = features;
  if (fieldColumns.some((column) => column < -1)) return undefined;
  const source = matrixRows(features);
  const step = rowsPerRead(features, READ_ROWS);
  const found = new Set<string>();
  for (let from = 0; from < rows && found.size < most; from += step) {
    const { data } = source.read(from, Math.min(rows, from + step));
    for (let i = 0; i * fields < data.length && found.size < most; i++)
      found.add(`${data.subarray(i * fields, (i + 1) * fields).join()} ${folds[from + i]}`);
  }
  return found;
}

/** Whether all rows are equal. */
export function areEqual(rows: Rows): boolean {
  return distinctRows(rows, 2)?.size === 1;
}

/**
 * The number of different rows of a part, if there are few, each several times, and none of them is among the training rows: then the
 * figures of the part say little. Undefined otherwise.
 */
export function fewDistinct(part: Rows, train: Rows): number | undefined {
  if (part.features.rows < 2 * FEW_DISTINCT) return undefined;
  const own = distinctRows(part, FEW_DISTINCT);
  if (!own || own.size >= FEW_DISTINCT) return undefined;
  const others = distinctRows(train, FEW_DISTINCT * FEW_DISTINCT) ?? new Set();
  return [...own].some((row) => others.has(row)) ? undefined : own.size;
}
