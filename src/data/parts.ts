// The parts of a table, encoded for teacher and student.
import { type Dataset, encode } from './dataset.ts';
import { fitPreprocessing } from './fit-preprocessing.ts';
import type { Preprocessing } from './preprocessing.ts';
import type { Split } from './split.ts';
import type { Table } from './table.ts';

/**
 * Without a preprocessing the student's is fitted on the training rows and the teacher takes raw columns.
 * @param optional columns that the student does without where it cannot take them (fitPreprocessing)
 */
export function encodeParts(
  table: Table,
  parts: Split,
  preprocessing: Preprocessing | undefined,
  optional: readonly string[] = [],
): Record<'train' | 'validation' | 'test', Dataset> {
  const own = preprocessing ?? fitPreprocessing(table, { rows: parts.train, optional });
  const of = (rows: Uint32Array): Dataset => encode(table, own, { rows, teacher: preprocessing ?? 'raw' });
  return { train: of(parts.train), validation: of(parts.validation), test: of(parts.test) };
}
