// Encoded columns that have the same value in all rows. Nothing can be learned about them.
import type { Matrix, StoredMatrix } from './matrix.ts';
import type { Preprocessing } from './preprocessing.ts';
import { matrixRows, rowsPerRead } from './row-source.ts';

/** An encoded column, and its value in all rows. */
export interface ConstantColumn {
  readonly column: number;
  readonly value: number;
}

/** Rows in one read. */
const READ_ROWS = 4096;

/**
 * Finds the columns of numbers and the one-hot columns that have the same value in all rows, in ascending order. Those of texts and
 * images are left out: a student has only the buckets that its training rows have, and a pixel that never varies is rare.
 */
export function constantColumns(features: Matrix | StoredMatrix, preprocessing: Preprocessing): ConstantColumn[] {
  const { fieldColumns, fields, width } = features;
  const source = matrixRows(features);
  const counts = new Uint32Array(width);
  /** The value of the column of each field; NaN where it varies. */
  const values = new Float32Array(fields).fill(NaN);
  let numeric = [...fieldColumns.keys()].filter((s) => (fieldColumns[s] as number) >= 0);
  const categorical = [...fieldColumns.keys()].filter((s) => fieldColumns[s] === -1);
  const step = rowsPerRead(features, READ_ROWS);
  for (let from = 0; from < source.rows && numeric.length + categorical.length > 0; from += step) {
    const block = source.read(from, Math.min(source.rows, from + step));
    const numbers = new Float32Array(block.data.buffer, block.data.byteOffset, block.data.length);
    if (from === 0) for (const s of numeric) values[s] = numbers[s] as number;
    for (const s of numeric) {
      const value = values[s] as number;
      for (let at = s; at < numbers.length; at += fields)
        if (numbers[at] !== value) {
          values[s] = NaN;
          break;
        }
    }
    numeric = numeric.filter((s) => !Number.isNaN(values[s]));
    for (const s of categorical)
      for (let at = s; at < block.data.length; at += fields) {
        const column = block.data[at] as number;
        if (column >= 0) counts[column] = (counts[column] as number) + 1;
      }
  }
  const found = new Map(numeric.map((s) => [fieldColumns[s] as number, values[s] as number]));
  const isNumeric = new Set(fieldColumns);
  for (const { from, to } of oneHotRanges(preprocessing, width))
    for (let column = from; column < to; column++) {
      const count = counts[column] as number;
      if (!isNumeric.has(column) && (count === 0 || count === source.rows)) found.set(column, count > 0 ? 1 : 0);
    }
  return [...found].map(([column, value]) => ({ column, value })).sort((a, b) => a.column - b.column);
}

/** The encoded columns that are neither those of texts nor those of images. */
function oneHotRanges({ columns }: Preprocessing, width: number): { readonly from: number; readonly to: number }[] {
  return columns.flatMap(({ kind, offset }, i) =>
    kind === 'text' || kind === 'image' ? [] : [{ from: offset, to: columns[i + 1]?.offset ?? width }],
  );
}
