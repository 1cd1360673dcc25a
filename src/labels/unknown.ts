// Rows without a soft label. Their margin is NaN: no map sees it, and a student is trained on the row's own label.
import { rowsWhere } from '../data/rows-where.ts';

/** The numbers of the rows with a margin; undefined if all rows have one. */
export function knownRows(margins: Float64Array): Uint32Array | undefined {
  if (!margins.some(Number.isNaN)) return undefined;
  return rowsWhere(margins.length, (row) => !Number.isNaN(margins[row]));
}

/** Margins of some rows. */
export function pickMargins(margins: Float64Array, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => margins[row] as number);
}

/** The margins of all rows from those of the known ones; NaN for the others. @param rows see knownRows */
export function spreadMargins(margins: Float64Array, rows: Uint32Array, total: number): Float64Array {
  const all = new Float64Array(total).fill(NaN);
  rows.forEach((row, i) => {
    all[row] = margins[i] as number;
  });
  return all;
}

/**
 * The margins, with the label of a row instead of an unknown margin: Infinity for class 1, -Infinity for class 0; NaN is left where
 * a row has neither. The same object if all are known.
 */
export function orLabels(margins: Float64Array, labels: Int8Array): Float64Array {
  if (!margins.some(Number.isNaN)) return margins;
  return margins.map((v, row) => {
    if (!Number.isNaN(v)) return v;
    const y = labels[row] as number;
    return y < 0 ? NaN : y > 0 ? Infinity : -Infinity;
  });
}

/** The margins, with those of `others` in the place of unknown ones. The same object if all are known. */
export function orMargins(margins: Float64Array, others: Float64Array): Float64Array {
  if (!margins.some(Number.isNaN)) return margins;
  return margins.map((v, row) => (Number.isNaN(v) ? (others[row] as number) : v));
}

/** The numbers of the rows with a margin or a label; undefined if all rows have one. */
export function usableRows(margins: Float64Array, labels: Int8Array): Uint32Array | undefined {
  return knownRows(orLabels(margins, labels));
}
