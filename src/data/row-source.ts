// Row sources: rows by range or by number, from memory or from a file. Code above this file takes a row source and does
// not distinguish the two.
import { type Matrix, type StoredMatrix, selectMatrixRows, sliceMatrixRows } from './matrix.ts';
import { type RawColumns, type StoredRaw, selectRawRows, sliceRawRows } from './raw-columns.ts';
import type { AnyTable, StoredTable, Table } from './table.ts';

/**
 * A source of rows; the blocks that it returns are in memory. Rows of a new kind, such as texts, need only these
 * members.
 */
export interface RowSource<Block> {
  /** Number of rows. */
  readonly rows: number;
  /** All rows if they are in memory; undefined if they are in a file. */
  readonly all: Block | undefined;
  /** Reads rows [from, to), without a copy if they are in memory. */
  read(from: number, to: number): Block;
  /** Copies the given rows, in the given order. */
  select(rows: Uint32Array): Block;
}

/** Rows that `select` reads from a file at a time. */
const SELECT_ROWS = 4096;

/** Whether the rows are in memory. */
export function isInMemory(matrix: Matrix | StoredMatrix): matrix is Matrix {
  return !('read' in matrix);
}

/** A row source of encoded rows. */
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

/** A row source of a teacher's inputs: encoded rows or raw columns. */
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

/** The row numbers of all rows. */
export function allRows({ rows }: { readonly rows: number }): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row);
}

/** Rows of a stored chunk; the last may have fewer. The codes of its columns fit into 16 bits. */
export const CHUNK_ROWS = 16384;

/** A chunk of a table in memory, and some of its rows. */
export interface TableRows {
  /** A table; `before` is the number of rows before its first. */
  readonly chunk: Table;
  /** Row numbers in the chunk; undefined for all. */
  readonly rows: Uint32Array | undefined;
}

/**
 * Reads a table chunk by chunk: a table in memory is one chunk; of a stored table, the chunks with any of the rows are
 * read.
 * @param rows row numbers, ascending for a stored table; default all
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
