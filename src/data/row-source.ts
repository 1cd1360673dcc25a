// Rows by range and by number, whatever keeps them: memory, or a file for rows that memory does not hold. Code above
// this file takes a row source and does not ask which it is.
import { type Matrix, type StoredMatrix, selectMatrixRows, sliceMatrixRows } from './matrix.ts';
import { type RawColumns, type StoredRaw, selectRawRows, sliceRawRows } from './raw-columns.ts';
import type { AnyTable, StoredTable, Table } from './table.ts';

/** Rows of one kind; blocks of rows are in memory. Rows of another kind, such as texts, need only these members. */
export interface RowSource<Block> {
  /** How many. */
  readonly rows: number;
  /** All of them, where memory holds them; undefined where a file does. */
  readonly all: Block | undefined;
  /** Rows [from, to); without a copy where memory holds them. */
  read(from: number, to: number): Block;
  /** The given rows, in that order. */
  select(rows: Uint32Array): Block;
}

/** Rows read from a file at a time by `select`, where rows are asked for in any order. */
const SELECT_ROWS = 4096;

/** Whether memory holds the rows. */
export function isInMemory(matrix: Matrix | StoredMatrix): matrix is Matrix {
  return !('read' in matrix);
}

/** Encoded rows. */
export function matrixRows(matrix: Matrix | StoredMatrix): RowSource<Matrix> {
  if (isInMemory(matrix)) {
    return {
      rows: matrix.rows,
      all: matrix,
      read: (from, to) => sliceMatrixRows(matrix, from, to),
      select: (rows) => selectMatrixRows(matrix, rows),
    };
  }
  return {
    rows: matrix.rows,
    all: undefined,
    read: (from, to) => matrix.read(from, to),
    select(rows) {
      const { fields, width, fieldColumns } = matrix;
      const data = new Int32Array(rows.length * fields);
      let block: Matrix | undefined;
      let first = 0;
      for (const [i, row] of rows.entries()) {
        if (!block || row < first || row >= first + block.rows) {
          first = Math.floor(row / SELECT_ROWS) * SELECT_ROWS;
          block = matrix.read(first, Math.min(matrix.rows, first + SELECT_ROWS));
        }
        const start = (row - first) * fields;
        data.set(block.data.subarray(start, start + fields), i * fields);
      }
      return { rows: rows.length, fields, width, fieldColumns, data };
    },
  };
}

/** Rows as a teacher takes them: encoded, or raw columns. */
export function teacherRows(inputs: Matrix | StoredMatrix | RawColumns | StoredRaw): RowSource<Matrix | RawColumns> {
  if ('fields' in inputs) return matrixRows(inputs);
  if (!('read' in inputs)) {
    return {
      rows: inputs.rows,
      all: inputs,
      read: (from, to) => sliceRawRows(inputs, from, to),
      select: (rows) => selectRawRows(inputs, rows),
    };
  }
  return {
    rows: inputs.rows,
    all: undefined,
    read: (from, to) => inputs.read(from, to),
    select(rows) {
      const first = rows.reduce((low, row) => Math.min(low, row), inputs.rows);
      const last = rows.reduce((high, row) => Math.max(high, row), -1);
      return selectRawRows(
        inputs.read(first, last + 1),
        rows.map((row) => row - first),
      );
    },
  };
}

/** Whether a table is in a file. */
export function isStored(table: AnyTable): table is StoredTable {
  return 'chunk' in table;
}

/** Names of a table's features, in the file's order. */
export function featureNames(table: Pick<Table, 'columns'> | Pick<StoredTable, 'columns'>): string[] {
  return table.columns.map((column) => (typeof column === 'string' ? column : column.name));
}

/** Row numbers of a whole table. */
export function allRows({ rows }: { readonly rows: number }): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row);
}

/** Rows of a stored chunk; the last may have fewer. Codes of its columns fit 16 bits. */
export const CHUNK_ROWS = 16384;

/** Some rows of a table in memory, by their numbers in `chunk`. */
export interface TableRows {
  /** A table of its own, with all rows or some; `before` says which is its first. */
  readonly chunk: Table;
  /** Row numbers in it; undefined: all. */
  readonly rows: Uint32Array | undefined;
}

/**
 * A table chunk by chunk: one chunk where it is in memory, and those that have some of the rows where it is in a file.
 * @param rows which rows, ascending where the table is in a file; default all
 */
export function* tableChunks(table: AnyTable, rows?: Uint32Array): Generator<TableRows> {
  if (!isStored(table)) {
    yield { chunk: table, rows };
    return;
  }
  let from = 0;
  for (let k = 0; k < table.chunks; k++) {
    if (!rows) {
      yield { chunk: table.chunk(k), rows: undefined };
      continue;
    }
    const before = k * CHUNK_ROWS;
    let to = from;
    while (to < rows.length && (rows[to] as number) < before + CHUNK_ROWS) to++;
    if (to > from) yield { chunk: table.chunk(k), rows: rows.slice(from, to).map((row) => row - before) };
    from = to;
  }
}
