// Encodes the parts of a table for the teacher and the student.
import type { ProgressOptions } from '../io/progress.ts';
import { type AnyDataset, type Dataset, encode, type StoredDataset } from './dataset.ts';
import { namesOf, type Preprocessing } from './preprocessing.ts';
import { isStored } from './row-source.ts';
import type { Split } from './split.ts';
import { encodeToFiles } from './stored-dataset.ts';
import { type ColumnChoice, studentPreprocessing } from './student-columns.ts';
import type { AnyTable, StoredTable, Table } from './table.ts';

/** Options of encodeParts. */
export interface EncodeOptions extends ProgressOptions, ColumnChoice {
  /** Columns to leave out if the student cannot take them (see fitPreprocessing); default none. */
  readonly optional?: readonly string[] | undefined;
}

/** One dataset per part. */
export type EncodedParts<Data> = Readonly<Record<'train' | 'validation' | 'test', Data>>;

/**
 * Encodes the parts of a table. With `features` or `exclude` the student is given only some columns, and the teacher
 * still takes what it takes. The parts of a stored table are in files: dispose of them after use, and then of the
 * table.
 * @param preprocessing of the teacher and the student; undefined: the student's is fitted on the training rows, and the
 * teacher takes raw columns. A feature that it lacks, named in `features`, is fitted on the training rows.
 * @throws DebkdError as encode and fitPreprocessing; `value` for both `features` and `exclude`; `column` for one that is
 * no feature, or if none is left; `source` if the folder of a stored table is full
 * @example
 * const { train, validation, test } = await encodeParts(table, split(table), undefined);
 * const withoutSex = await encodeParts(table, split(table), undefined, { exclude: ['sex'] });
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
  { optional = [], features, exclude, signal, onProgress }: EncodeOptions = {},
): Promise<EncodedParts<AnyDataset>> {
  const ofStudent = studentPreprocessing(table, { rows: parts.train, preprocessing, optional, features, exclude });
  const teacher = preprocessing ?? 'raw';
  const taken = new Set(preprocessing?.columns.map(({ name }) => name));
  const studentOnly = preprocessing ? namesOf(ofStudent).filter((name) => !taken.has(name)) : [];
  const more = studentOnly.length > 0 ? { studentOnly } : {};
  if (isStored(table)) return encodeToFiles(table, parts, ofStudent, { teacher, more, signal, onProgress });
  const encodePart = (rows: Uint32Array): Dataset => ({
    ...encode(table, ofStudent, { rows, teacher, folds: parts.folds }),
    ...more,
  });
  return { train: encodePart(parts.train), validation: encodePart(parts.validation), test: encodePart(parts.test) };
}
