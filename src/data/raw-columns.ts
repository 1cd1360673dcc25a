// Rows as their raw texts, for a teacher that takes them as they are.
import type { Column, Table } from './table.ts';

/** Rows as texts by column, for a teacher that encodes them itself. */
export interface RawColumns {
  /** What the data was read from, for messages. */
  readonly name: string;
  /** How many. */
  readonly rows: number;
  /** With one code for each of these rows. */
  readonly columns: readonly Column[];
  /** The table's row that each came from; [rows]. */
  readonly places: Uint32Array;
  /** What counts as missing, as the empty field does; default MISSING. */
  readonly missing?: readonly string[];
}

/** Raw columns in a file, for rows that memory does not hold. */
export interface StoredRaw {
  /** How many. */
  readonly rows: number;
  /** Rows [from, to), in memory. */
  read(from: number, to: number): RawColumns;
}

/** The features of the given rows of a table. */
export function rawColumns(
  { name, columns, missing, before = 0 }: Pick<Table, 'name' | 'columns' | 'missing' | 'before'>,
  rows: Uint32Array,
): RawColumns {
  const places = before === 0 ? rows : rows.map((row) => before + row);
  return {
    ...{ name, rows: rows.length, places, columns: columns.map((column) => pickCodes(column, rows)) },
    ...(missing && { missing }),
  };
}

/** Rows [from, to) of raw columns, without a copy. */
export function sliceRawRows(raw: RawColumns, from: number, to: number): RawColumns {
  const columns = raw.columns.map((column) => ({ ...column, codes: column.codes.subarray(from, to) }));
  return { ...raw, rows: to - from, places: raw.places.subarray(from, to), columns };
}

/** The given rows of raw columns, in that order. */
export function selectRawRows(raw: RawColumns, rows: Uint32Array): RawColumns {
  return {
    ...raw,
    rows: rows.length,
    places: Uint32Array.from(rows, (row) => raw.places[row] as number),
    columns: raw.columns.map((column) => pickCodes(column, rows)),
  };
}

function pickCodes(column: Column, rows: Uint32Array): Column {
  return { ...column, codes: Uint32Array.from(rows, (row) => column.codes[row] as number) };
}
