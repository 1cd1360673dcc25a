// Row sources: rows by range or by number, from memory or from a file. Code above this file takes a row source and does
// not distinguish the two.
import { growingList } from './growing-list.ts';
import { type ImageForm, type ImageRows, imageLength } from './image-rows.ts';
import { lookNames } from './looks.ts';
import {
  IMAGE_FIELD,
  type Matrix,
  type StoredMatrix,
  selectMatrixRows,
  sliceMatrixRows,
  TEXT_FIELD,
} from './matrix.ts';
import { type RawColumns, type StoredRaw, selectRawRows, sliceRawRows } from './raw-columns.ts';
import type { AnyTable, StoredTable, Table } from './table.ts';
import type { TextRows } from './text-rows.ts';

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

/** The most rows that `select` reads from a file at a time. */
const SELECT_ROWS = 4096;

/** Whether the rows are in memory. */
export function isInMemory(matrix: Matrix | StoredMatrix): matrix is Matrix {
  return !('read' in matrix);
}

/** The form of the images of rows; undefined without images. */
export function imageFormOf(matrix: Matrix | StoredMatrix): ImageForm | undefined {
  return isInMemory(matrix) ? matrix.images : matrix.imageForm;
}

/** Bytes of images in one read. */
const READ_BYTES = 2 ** 26;

/** How many of `most` rows to read from a file at a time: fewer where they have images. */
export function rowsPerRead(matrix: Matrix | StoredMatrix, most: number): number {
  const form = imageFormOf(matrix);
  return form ? Math.min(most, Math.max(1, Math.floor(READ_BYTES / imageLength(form)))) : most;
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
    select: (rows) => selectStored(matrix, rows),
  };
}

/** Copies the given rows from a file, in the given order; each block is read once. */
function selectStored(matrix: StoredMatrix, rows: Uint32Array): Matrix {
  const { fields, width, fieldColumns } = matrix;
  const data = new Int32Array(rows.length * fields);
  const texts = fieldColumns.includes(TEXT_FIELD) ? openTextCopy(fieldColumns) : undefined;
  const images = matrix.imageForm && openImageCopy(matrix.imageForm, fieldColumns, rows.length);
  const most = rowsPerRead(matrix, SELECT_ROWS);
  const order = Uint32Array.from(rows.keys()).sort((i, j) => (rows[i] as number) - (rows[j] as number) || i - j);
  let from = 0;
  while (from < order.length) {
    const first = rows[order[from] as number] as number;
    let to = from + 1;
    while (to < order.length && (rows[order[to] as number] as number) < first + most) to++;
    const block = matrix.read(first, (rows[order[to - 1] as number] as number) + 1);
    for (const i of order.subarray(from, to)) {
      const start = ((rows[i] as number) - first) * fields;
      const words = data.subarray(i * fields, (i + 1) * fields);
      words.set(block.data.subarray(start, start + fields));
      texts?.add(block.texts as TextRows, words);
      images?.add(block.images as ImageRows, words, i);
    }
    from = to;
  }
  return {
    rows: rows.length,
    fields,
    width,
    fieldColumns,
    data,
    ...(texts && { texts: texts.finish() }),
    ...(images && { images: images.images }),
  };
}

/** Copies images. `add` moves the word of row `place` to its copy. */
function openImageCopy(
  form: ImageForm,
  fieldColumns: Int32Array,
  rows: number,
): { add(images: ImageRows, words: Int32Array, place: number): void; readonly images: ImageRows } {
  const field = fieldColumns.indexOf(IMAGE_FIELD);
  const length = imageLength(form);
  const names = lookNames(form.channels).length;
  const images = { ...form, pixels: new Uint8Array(rows * length), looks: new Float32Array(rows * names) };
  return {
    images,
    add({ pixels, looks }, words, place) {
      const number = words[field] as number;
      images.pixels.set(pixels.subarray(number * length, (number + 1) * length), place * length);
      images.looks.set(looks.subarray(number * names, (number + 1) * names), place * names);
      words[field] = place;
    },
  };
}

/** Copies segments. `add` moves the words of a row to their copies. */
function openTextCopy(fieldColumns: Int32Array): {
  add(texts: TextRows, words: Int32Array): void;
  finish(): TextRows;
} {
  const textFields = [...fieldColumns.keys()].filter((s) => fieldColumns[s] === TEXT_FIELD);
  const list = growingList();
  const offsets: number[] = [0];
  const unseen: number[] = [];
  const scales: number[] = [];
  return {
    add(texts, words) {
      for (const s of textFields) {
        const segment = words[s] as number;
        list.add(texts.columns.subarray(texts.offsets[segment] as number, texts.offsets[segment + 1] as number));
        words[s] = unseen.length;
        offsets.push(list.length);
        unseen.push(texts.unseen[segment] as number);
        scales.push(texts.scales[segment] as number);
      }
    },
    finish: () => ({
      offsets: Uint32Array.from(offsets),
      columns: list.read(0, list.length).slice(),
      unseen: Uint32Array.from(unseen),
      scales: Float32Array.from(scales),
    }),
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
    select: (rows) => inputs.select(rows),
  };
}

/** Whether a table is in a file. */
export function isStored(table: AnyTable): table is StoredTable {
  return 'chunk' in table;
}

/** Names of a table's features, in the file's order. */
export function featureNames({
  columns,
}: {
  readonly columns: readonly (string | { readonly name: string })[];
}): string[] {
  return columns.map((column) => (typeof column === 'string' ? column : column.name));
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
