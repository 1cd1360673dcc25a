// Encodes the parts of a table for the teacher and the student.
import type { ProgressOptions } from '../io/progress.ts';
import { type AnyDataset, type Dataset, encode, type StoredDataset } from './dataset.ts';
import { fitPreprocessing } from './fit-preprocessing.ts';
import type { Preprocessing } from './preprocessing.ts';
import { isStored } from './row-source.ts';
import type { Split } from './split.ts';
import { encodeToFiles } from './stored-dataset.ts';
import type { AnyTable, StoredTable, Table } from './table.ts';

/** Options of encodeParts. */
export interface EncodeOptions extends ProgressOptions {
  /** Columns to leave out if the student cannot take them (see fitPreprocessing); default none. */
  readonly optional?: readonly string[] | undefined;
  /** The preprocessing of each teacher, undefined for one that takes raw columns; default: one teacher with `preprocessing`. */
  readonly teachers?: readonly (Preprocessing | undefined)[] | undefined;
}

/** One dataset per part. */
export type EncodedParts<Data> = Readonly<Record<'train' | 'validation' | 'test', Data>>;

/**
 * Encodes the parts of a table. The parts of a stored table are in files: dispose of them after use, and then of the
 * table.
 * @param preprocessing of the teacher and the student; undefined: the student's is fitted on the training rows, and the
 * teacher takes raw columns
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
  { optional = [], teachers = [preprocessing], signal, onProgress }: EncodeOptions = {},
): Promise<EncodedParts<AnyDataset>> {
  const studentPreprocessing = preprocessing ?? fitPreprocessing(table, { rows: parts.train, optional });
  const [teacher = 'raw', ...others] = teachers.map((one) => one ?? ('raw' as const));
  if (isStored(table))
    return encodeToFiles(table, parts, studentPreprocessing, { teachers: [teacher, ...others], signal, onProgress });
  const encodePart = (rows: Uint32Array): Dataset =>
    encode(table, studentPreprocessing, { rows, teacher, ...(others.length > 0 && { others }) });
  return { train: encodePart(parts.train), validation: encodePart(parts.validation), test: encodePart(parts.test) };
}
