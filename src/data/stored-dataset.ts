// Encodes rows into files, for data larger than memory. Only a label, a fold and, with texts, 8 bytes per row stay in memory.
import type { LabelCache } from '../io/cache.ts';
import { dispose } from '../io/dispose.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { bucketsOf, encode, type StoredDataset } from './dataset.ts';
import type { LookScale } from './image-rows.ts';
import { type Matrix, type StoredMatrix, selectMatrixRows } from './matrix.ts';
import { type MatrixFile, openMatrixFile } from './matrix-file.ts';
import type { Preprocessing } from './preprocessing.ts';
import { decodeImages } from './rasters.ts';
import type { StoredRaw } from './raw-columns.ts';
import { CHUNK_ROWS } from './row-source.ts';
import type { Split } from './split.ts';
import { storedRaw } from './stored-raw.ts';
import type { StoredTable } from './table.ts';
import { addUnknown, type UnknownCount } from './unknown-values.ts';

/** Options of encodeToFiles. */
interface StoredOptions extends ProgressOptions {
  readonly teachers: readonly (Preprocessing | 'raw')[];
  /** How the images' looks are standardised. */
  readonly lookScale?: LookScale | undefined;
  readonly cache?: LabelCache | undefined;
}

/**
 * Encodes the parts of a stored table into files, in one pass over its chunks.
 * @param preprocessing the student's preprocessing
 * @param options.teachers the preprocessing of each teacher, or `raw` if it takes raw columns; these are read from the table, which
 * must then outlive the parts
 * @throws DebkdError as encode; `source` if the folder is full
 */
export async function encodeToFiles(
  table: StoredTable,
  parts: Split,
  preprocessing: Preprocessing,
  { teachers, lookScale, cache, signal, onProgress }: StoredOptions,
): Promise<Record<'train' | 'validation' | 'test', StoredDataset> & Disposable> {
  let used: Preprocessing | undefined;
  let unknown: readonly UnknownCount[] = [];
  const writers: Writer[] = [];
  // a file for each part, and one for each further preprocessing
  const further = [...new Set(teachers)].filter((one) => one !== 'raw' && one !== preprocessing) as Preprocessing[];
  const inputs = new Map<Preprocessing, Writer[]>();
  try {
    for (const part of PARTS) writers.push(openWriter(table, parts[part]));
    for (const other of further) {
      inputs.set(other, []);
      for (const part of PARTS) inputs.get(other)?.push(openWriter(table, parts[part]));
    }
    for (let k = 0; k < table.chunks; k++) {
      signal?.throwIfAborted();
      const chunk = table.chunk(k);
      const local = writers.map(({ rowsOf }) => rowsOf(k));
      // one call for all parts, so that each distinct text is encoded once
      const rows = union(local);
      const decoded = await decodeImages(chunk, preprocessing, { rows, lookScale, cache, signal });
      const encoded = encode(decoded, preprocessing, { rows, others: further });
      used = encoded.preprocessing;
      unknown = addUnknown([unknown, encoded.unknown ?? []]);
      const places = new Uint32Array(CHUNK_ROWS);
      rows.forEach((row, i) => {
        places[row] = i;
      });
      const chosen = local.map((part) => part.map((row) => places[row] as number));
      const add = (to: readonly Writer[], matrix: Matrix): void =>
        to.forEach((writer, p) => {
          writer.add(selectMatrixRows(matrix, chosen[p] as Uint32Array));
        });
      add(writers, encoded.features);
      further.forEach((other, i) => {
        add(inputs.get(other) ?? [], encoded.otherInputs?.[i] as Matrix);
      });
      onProgress?.({ stage: 'encoding', done: Math.min(table.rows, (k + 1) * CHUNK_ROWS), total: table.rows });
      await yieldToEventLoop();
    }
    const datasets = writers.map((writer, p) => ({
      ...finish(writer, table, { preprocessing: used as Preprocessing, folds: parts.folds }, (features) =>
        teachers.map((teacher) => {
          if (teacher === 'raw') return storedRaw(table, writer.rows);
          return inputs.get(teacher)?.[p]?.matrix() ?? features;
        }),
      ),
      // counted over all parts, and reported with the first
      unknown: p === 0 ? unknown : [],
    }));
    const [train, validation, test] = datasets as [StoredDataset, StoredDataset, StoredDataset];
    const close = (): void => {
      for (const part of datasets) part[dispose]();
      for (const writer of [...inputs.values()].flat()) writer[dispose]();
    };
    return { train, validation, test, [dispose]: close };
  } catch (error) {
    for (const writer of [...writers, ...[...inputs.values()].flat()]) writer[dispose]();
    throw error;
  }
}

const PARTS = ['train', 'validation', 'test'] as const;

/** The rows of all parts, ascending. */
function union(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint8Array(CHUNK_ROWS);
  for (const rows of parts) for (const row of rows) all[row] = 1;
  const rows = new Uint32Array(CHUNK_ROWS);
  let n = 0;
  for (let row = 0; row < CHUNK_ROWS; row++) if (all[row] === 1) rows[n++] = row;
  return rows.subarray(0, n);
}

/** Writes one part. */
interface Writer extends MatrixFile {
  /** The part's rows in chunk k, numbered from the chunk's first; call it once per chunk, in order. */
  rowsOf(k: number): Uint32Array;
  /** The part's rows in the table. */
  readonly rows: Uint32Array;
}

function finish(
  { rows, matrix, [dispose]: close }: Writer,
  table: StoredTable,
  { preprocessing, folds }: { readonly preprocessing: Preprocessing; readonly folds: Uint8Array | undefined },
  inputsOf: (features: StoredMatrix) => readonly (StoredMatrix | StoredRaw)[],
): StoredDataset {
  const features = matrix();
  const [teacherInputs = features, ...otherInputs] = inputsOf(features);
  return {
    rows: rows.length,
    features,
    teacherInputs,
    ...(otherInputs.length > 0 && { otherInputs }),
    preprocessing,
    labels: Int8Array.from(rows, (row) => table.labels[row] as number),
    folds: bucketsOf(table, rows, folds),
    ...(table.target && { target: table.target }),
    rowNumbers: rows,
    tableRows: table.rows,
    [dispose]: close,
  };
}

function openWriter(table: StoredTable, rows: Uint32Array): Writer {
  const encoded = openMatrixFile(table, rows.length);
  let next = 0;
  return {
    rowsOf(k) {
      const before = k * CHUNK_ROWS;
      const from = next;
      while (next < rows.length && (rows[next] as number) < before + CHUNK_ROWS) next++;
      return rows.slice(from, next).map((row) => row - before);
    },
    rows,
    ...encoded,
  };
}
