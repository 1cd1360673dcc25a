// A table with some of its features: the others become dropped columns, and rows that differ only there have equal hashes.
import { hashRows } from './hash.ts';
import { isStored, tableChunks } from './row-source.ts';
import type { AnyTable, Column, StoredTable, Table } from './table.ts';

/** The table with these of its features, in this order, and the others as dropped columns: hashes cover the features that stay. */
export function withFeatures<T extends AnyTable>(table: T, names: readonly string[]): T {
  return (isStored(table) ? storedFeatures(table, names) : tableFeatures(table, names)) as T;
}

function chooseColumns(table: Table, names: readonly string[]): Table {
  const columns = names.map((name) => table.columns.find((column) => column.name === name) as Column);
  return {
    ...table,
    columns,
    dropped: [...table.dropped, ...table.columns.filter(({ name }) => !names.includes(name))],
  };
}

function tableFeatures(table: Table, names: readonly string[]): Table {
  const chosen = chooseColumns(table, names);
  return { ...chosen, hashes: hashRows(chosen.columns, table.rows) };
}

function storedFeatures(table: StoredTable, names: readonly string[]): StoredTable {
  const hashes = new Uint32Array(2 * table.rows);
  for (const { chunk } of tableChunks(table)) {
    hashes.set(hashRows(chooseColumns(chunk, names).columns, chunk.rows), 2 * (chunk.before ?? 0));
  }
  return {
    ...table,
    columns: names,
    dropped: [...table.dropped, ...table.columns.filter((column) => !names.includes(column))],
    hashes,
    chunk(k) {
      const chunk = chooseColumns(table.chunk(k), names);
      const from = 2 * (chunk.before ?? 0);
      return { ...chunk, hashes: hashes.subarray(from, from + 2 * chunk.rows) };
    },
  };
}
