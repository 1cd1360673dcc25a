// The fields of a raw column in encoded rows.
import type { Matrix } from './matrix.ts';
import type { Preprocessing } from './preprocessing-column.ts';

/** The fields of a raw column, which may be encoded several times. */
export function columnFields({ columns }: Preprocessing, { fields }: Pick<Matrix, 'fields'>, name: string): number[] {
  return columns.flatMap((column, i) => {
    if (column.name !== name) return [];
    // rows that were made from plain numbers have a field for each encoded column
    return fields === columns.length ? [i] : Array.from({ length: column.width }, (_, k) => column.offset + k);
  });
}
