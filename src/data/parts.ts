// Encodes the parts of a table for the teacher and the student.
import type { ProgressOptions } from '../io/progress.ts';
import { type AnyDataset, type Dataset, encode, type StoredDataset } from './dataset.ts';
import { fitPreprocessing } from './fit-preprocessing.ts';
import type { Preprocessing } from './preprocessing.ts';
import { isStored } from './row-source.ts';
import type { Split } from './split.ts';
import { encodeToFiles } from './stored-dataset.ts';
import { studentPreprocessing } from './student-preprocessing.ts';
import type { AnyTable, StoredTable, Table } from './table.ts';

/** Options of encodeParts. */
export interface EncodeOptions extends ProgressOptions {
  /** Columns to leave out if the student cannot take them (see fitPreprocessing); default none. */
  readonly optional?: readonly string[] | undefined;
}

/** One dataset per part. */
export type EncodedParts<Data> = Readonly<Record<'train' | 'validation' | 'test', Data>>;

/**
 * Encodes the parts of a table. The parts of a stored table are in files: dispose of them after use, and then of the
 * table.
 * @param preprocessing of the teacher and the student, whose numbers from steps are standardised on the training rows
 * (studentPreprocessing); undefined: the student's is fitted on the training rows, and the teacher takes raw columns
 * @throws DebkdError as encode and fitPreprocessing; `source` if the folder of a stored table is full
 * @example
 * const { train, validation, test } = await encodeParts(table, split(table), undefined);
 */
export async function encodeParts(
  table: StoredTable,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  options?: EncodeOptions,
): Promise<EncodedParts<StoredDataset> & Disposable>;
export async function encodeParts(
  table: Table,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  options?: EncodeOptions,
): Promise<EncodedParts<Dataset>>;
export async function encodeParts(
  table: AnyTable,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  options?: EncodeOptions,
): Promise<EncodedParts<AnyDataset> & Partial<Disposable>>;
export async function encodeParts(
  table: AnyTable,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  { optional = [], signal, onProgress }: EncodeOptions = {},
): Promise<EncodedParts<AnyDataset>> {
  const student = preprocessing
    ? studentPreprocessing(table, preprocessing, parts.train)
    : fitPreprocessing(table, { rows: parts.train, optional });
  const teacher = preprocessing ?? 'raw';
  if (isStored(table)) return encodeToFiles(table, parts, student, { teacher, signal, onProgress });
  const encodePart = (rows: Uint32Array): Dataset => encode(table, student, { rows, teacher });
  return { train: encodePart(parts.train), validation: encodePart(parts.validation), test: encodePart(parts.test) };
}
