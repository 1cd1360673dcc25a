// Selects columns of a preprocessing or of a table, and joins preprocessings. A preprocessing column is anything with a
// name, an offset and a width; several may have one name.
import type { Preprocessing, PreprocessingColumn } from './preprocessing.ts';
import { featureNames, isStored } from './row-source.ts';
import type { AnyTable, StoredTable, Table } from './table.ts';

/** The columns of a preprocessing with the given names, in its order; undefined if there are none. */
export function selectColumns(preprocessing: Preprocessing, names: Iterable<string>): Preprocessing | undefined {
  const chosen = new Set(names);
  const columns = preprocessing.columns.filter(({ name }) => chosen.has(name));
  return columns.length > 0 ? withColumns(preprocessing, columns) : undefined;
}

/** Appends the columns of a second preprocessing to those of the first; its limits and missing values are the first's. */
export function joinColumns(first: Preprocessing, second: Preprocessing): Preprocessing {
  return withColumns(first, [...first.columns, ...second.columns]);
}

/** A preprocessing of these columns, at new offsets. */
export function withColumns(preprocessing: Preprocessing, columns: readonly PreprocessingColumn[]): Preprocessing {
  let encodedWidth = 0;
  const moved = columns.map((column) => {
    const offset = encodedWidth;
    encodedWidth += column.width;
    return { ...column, offset };
  });
  return { ...preprocessing, columns: moved, encodedWidth };
}

/** A view of a table with only these features; labels and hashes stay. Dispose of the table, not of the view. */
export function selectFeatures(table: AnyTable, names: readonly string[]): AnyTable {
  const chosen = new Set(names);
  const ofTable = (whole: Table): Table => ({
    ...whole,
    columns: whole.columns.filter(({ name }) => chosen.has(name)),
  });
  if (!isStored(table)) return ofTable(table);
  const view: StoredTable = {
    ...table,
    columns: featureNames(table).filter((name) => chosen.has(name)),
    chunk: (k) => ofTable(table.chunk(k)),
  };
  return view;
}
