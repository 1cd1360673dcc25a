// Raw columns: rows as texts, for a teacher that encodes them itself.
import { withCodes } from './byte-texts.ts';
import { pickCodes, pickRows } from './row-form.ts';
import type { Column, Table } from './table.ts';

/** Rows as texts by column, for a teacher that encodes them itself. */
export interface RawColumns {
  /** What the data was read from, for messages. */
  readonly name: string;
  /** Number of rows. */
  readonly rows: number;
  /** The columns, with one code per row. */
  readonly columns: readonly Column[];
  /** Each row's number in the table, from 0; [rows]. */
  readonly rowNumbers: Uint32Array;
  /** Spellings of a missing value other than the empty field; default as in TableOptions. */
  readonly missing?: readonly string[];
}

/** Raw columns in a file, for data larger than memory. */
export interface StoredRaw {
  /** Number of rows. */
  readonly rows: number;
  /** Reads rows [from, to) into memory. */
  read(from: number, to: number): RawColumns;
  /** Copies the given rows into memory, in the given order. */
  select(rows: Uint32Array): RawColumns;
}

/** Takes the features of the given rows of a table. */
export function rawColumns(
  { name, columns, missing, before = 0 }: Pick<Table, 'name' | 'columns' | 'missing' | 'before'>,
  rows: Uint32Array,
): RawColumns {
  const rowNumbers = before === 0 ? rows : rows.map((row) => before + row);
  return {
    name,
    rows: rows.length,
    rowNumbers,
    columns: columns.map((column) => pickColumn(column, rows)),
    ...(missing && { missing }),
  };
}

/** Rows [from, to) of raw columns, without a copy. */
export function sliceRawRows(raw: RawColumns, from: number, to: number): RawColumns {
  const columns = raw.columns.map((column) => withCodes(column, column.codes.subarray(from, to)));
  return { ...raw, rows: to - from, rowNumbers: raw.rowNumbers.subarray(from, to), columns };
}

/** Copies the given rows of raw columns, in the given order. */
export function selectRawRows(raw: RawColumns, rows: Uint32Array): RawColumns {
  return {
    ...raw,
    rows: rows.length,
    rowNumbers: Uint32Array.from(rows, (row) => raw.rowNumbers[row] as number),
    columns: raw.columns.map((column) => pickColumn(column, rows)),
  };
}

function pickColumn(column: Column, rows: Uint32Array): Column {
  return pickRows(column, rows) ?? withCodes(column, pickCodes(column.codes, rows));
}
