// Encodes rows into files, for data larger than memory. Only a label and a fold per row stay in memory.
import { dispose } from '../io/dispose.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import type { TempFile } from '../io/temp-file.ts';
import { columnBuilder } from './build-table.ts';
import { type Dataset, encode, foldsOf, type StoredDataset } from './dataset.ts';
import { type Matrix, type StoredMatrix, selectMatrixRows } from './matrix.ts';
import type { Preprocessing } from './preprocessing.ts';
import { type RawColumns, rawColumns, type StoredRaw } from './raw-columns.ts';
import { CHUNK_ROWS, tableChunks } from './row-source.ts';
import type { Split } from './split.ts';
import type { StoredTable, Table } from './table.ts';
import { addUnknown, type UnknownCount } from './unknown-values.ts';

/** How encodeToFiles encodes rows for the teacher. */
export interface EncodeToFilesOptions extends ProgressOptions {
  /**
   * The teacher's preprocessing, or `raw` if it takes the columns as they are, which are then read from the table: it
   * must outlive the parts. If it is the student's, both share one matrix; otherwise each has a matrix in a file.
   */
  readonly teacher: Preprocessing | 'raw';
  /** Further members of each part. */
  readonly more?: Pick<StoredDataset, 'studentOnly'>;
}

/**
 * Encodes the parts of a stored table into files, in one pass over its chunks.
 * @param preprocessing the student's preprocessing
 * @throws DebkdError as encode; `source` if the folder is full
 */
export async function encodeToFiles(
  table: StoredTable,
  parts: Split,
  preprocessing: Preprocessing,
  { teacher, more, signal, onProgress }: EncodeToFilesOptions,
): Promise<Record<'train' | 'validation' | 'test', StoredDataset> & Disposable> {
  const inputs: TeacherInputs = teacher === 'raw' ? 'raw' : teacher === preprocessing ? 'shared' : 'separate';
  let used: Preprocessing | undefined;
  let unknown: readonly UnknownCount[] = [];
  const writers: Writer[] = [];
  try {
    for (const part of ['train', 'validation', 'test'] as const) writers.push(openWriter(table, parts, part, inputs));
    for (let k = 0; k < table.chunks; k++) {
      signal?.throwIfAborted();
      const chunk = table.chunk(k);
      const local = writers.map(({ rowsOf }) => rowsOf(k));
      // one call for all parts, so that each distinct text is encoded once
      const rows = union(local);
      // raw columns are read from the table later
      const encoded = encode(chunk, preprocessing, { rows, ...(teacher !== 'raw' && { teacher }) });
      used = encoded.preprocessing;
      unknown = addUnknown([unknown, encoded.unknown ?? []]);
      const index = new Map(Array.from(rows, (row, i) => [row, i]));
      writers.forEach((writer, p) => {
        const places = (local[p] as Uint32Array).map((row) => index.get(row) as number);
        writer.add(encoded, places);
      });
      onProgress?.({ stage: 'encoding', done: Math.min(table.rows, (k + 1) * CHUNK_ROWS), total: table.rows });
      await yieldToEventLoop();
    }
    const datasets = writers.map((writer, p) => ({
      ...writer.finish(used as Preprocessing),
      ...more,
      // counted over all parts, and reported with the first
      unknown: p === 0 ? unknown : [],
    }));
    const [train, validation, test] = datasets as [StoredDataset, StoredDataset, StoredDataset];
    const close = (): void => {
      for (const part of datasets) part[dispose]();
    };
    return { train, validation, test, [dispose]: close };
  } catch (error) {
    for (const writer of writers) writer[dispose]();
    throw error;
  }
}

/** The rows of all parts, ascending. */
function union(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint8Array(CHUNK_ROWS);
  for (const rows of parts) for (const row of rows) all[row] = 1;
  return Uint32Array.from([...all.keys()].filter((row) => all[row] === 1));
}

/** Where the teacher's inputs are: in the table, in the student's matrix, or in another matrix. */
type TeacherInputs = 'raw' | 'shared' | 'separate';

/** Writes one part. */
interface Writer extends Disposable {
  /** The part's rows in chunk k, numbered from the chunk's first; call it once per chunk, in order. */
  rowsOf(k: number): Uint32Array;
  /** Appends rows of a dataset. */
  add(encoded: Pick<Dataset, 'features' | 'teacherInputs'>, rows: Uint32Array): void;
  finish(preprocessing: Preprocessing): StoredDataset;
}

function openWriter(
  table: StoredTable,
  parts: Split,
  part: 'train' | 'validation' | 'test',
  inputs: TeacherInputs,
): Writer {
  const rows = parts[part];
  const features = openMatrixFile(table.openTempFile());
  const teacherInputs = inputs === 'separate' ? openMatrixFile(table.openTempFile()) : undefined;
  const close = (): void => {
    features.file[dispose]();
    teacherInputs?.file[dispose]();
  };
  let next = 0;
  return {
    rowsOf(k) {
      const before = k * CHUNK_ROWS;
      const from = next;
      while (next < rows.length && (rows[next] as number) < before + CHUNK_ROWS) next++;
      return rows.slice(from, next).map((row) => row - before);
    },
    add(encoded, places) {
      features.add(selectMatrixRows(encoded.features, places));
      teacherInputs?.add(selectMatrixRows(encoded.teacherInputs as Matrix, places));
    },
    finish(preprocessing) {
      const stored = features.finish();
      return {
        rows: rows.length,
        features: stored,
        teacherInputs: inputs === 'raw' ? storedRaw(table, rows) : (teacherInputs?.finish() ?? stored),
        preprocessing,
        labels: Int8Array.from(rows, (row) => table.labels[row] as number),
        folds: foldsOf(table, rows, parts.folds),
        ...(table.target && { target: table.target }),
        [dispose]: close,
      };
    },
    [dispose]: close,
  };
}

/** Appends rows of matrices with the same columns to a file. */
interface MatrixFile {
  readonly file: TempFile;
  add(matrix: Matrix): void;
  /** The matrix of all rows; call it after at least one `add`. */
  finish(): StoredMatrix;
}

function openMatrixFile(file: TempFile): MatrixFile {
  let shape: Matrix | undefined;
  let rows = 0;
  return {
    file,
    add(matrix) {
      shape ??= matrix;
      rows += matrix.rows;
      file.append(new Uint8Array(matrix.data.buffer, matrix.data.byteOffset, matrix.data.byteLength));
    },
    finish() {
      const { fields, width, fieldColumns } = shape as Matrix;
      return {
        rows,
        fields,
        width,
        fieldColumns,
        read(from, to) {
          const bytes = file.read(4 * fields * from, 4 * fields * (to - from));
          return { rows: to - from, fields, width, fieldColumns, data: new Int32Array(bytes.buffer) };
        },
      };
    },
  };
}

function storedRaw(table: StoredTable, rows: Uint32Array): StoredRaw {
  return {
    rows: rows.length,
    read(from, to) {
      const chunks = Array.from(tableChunks(table, rows.subarray(from, to)), ({ chunk, rows: local }) =>
        rawColumns(chunk, local as Uint32Array),
      );
      return joinRaw(table, chunks);
    },
  };
}

/** Concatenates the rows of chunks. */
function joinRaw({ name, columns, missing }: StoredTable, chunks: readonly RawColumns[]): RawColumns {
  const rowNumbers = chunks.flatMap((chunk) => [...chunk.rowNumbers]);
  const joined = columns.map((column, j) => {
    const builder = columnBuilder(column);
    for (const chunk of chunks) {
      const { codes, texts } = chunk.columns[j] as Table['columns'][number];
      for (const code of codes) builder.add(texts[code] as string);
    }
    return builder.finish();
  });
  return {
    name,
    rows: rowNumbers.length,
    columns: joined,
    rowNumbers: Uint32Array.from(rowNumbers),
    ...(missing && { missing }),
  };
}
