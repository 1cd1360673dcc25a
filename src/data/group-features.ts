// Groups of rows as features of label de-biasing, which the student is not given.
import { columnNames, findColumn } from './column-values.ts';
import type { Dataset } from './dataset.ts';
import { encodeMatrix } from './encode-matrix.ts';
import { fitPreprocessing } from './fit-preprocessing.ts';
import { absentColumn } from './locate-columns.ts';
import type { AnyTable, Table } from './table.ts';

/** Encodes the groups of rows. */
export type GroupEncoder = (rows: Uint32Array) => NonNullable<Dataset['groups']>;

/**
 * Fits the encoding of group columns, features or dropped ones.
 * @param names of the columns; at least one
 * @param rows rows to fit on
 * @throws DebkdError `column` if a column is absent or cannot be encoded
 */
export function fitGroups(table: AnyTable, names: readonly string[], rows: Uint32Array): GroupEncoder {
  const columns = names.map((name) => {
    const column = findColumn(table, name);
    if (!column) throw absentColumn({ subject: 'groups', name, columns: columnNames(table), setting: 'groups' });
    return column;
  });
  const { labels, hashes, rows: count } = table;
  const groups: Table = {
    name: table.name,
    rows: count,
    columns,
    dropped: [],
    labels,
    hashes,
    ...(table.missing && { missing: table.missing }),
  };
  const preprocessing = fitPreprocessing(groups, { rows, text: [] });
  return (wanted) => ({ preprocessing, matrix: encodeMatrix(groups, preprocessing, wanted) });
}
