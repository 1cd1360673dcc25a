// One record made up of a student's preprocessing: for examples and tests. No row of data.
import type { PreprocessingColumn } from '../../data/preprocessing.ts';
import type { RawRecord } from '../../student/record.ts';
import type { Student } from '../../student/student.ts';

/** Every number near its column's mean, every category its column's first that is not empty. */
export function sampleRecord({ preprocessing }: Student): RawRecord {
  return Object.fromEntries(preprocessing.columns.map((column) => [column.name, sampleValue(column)]));
}

function sampleValue(column: PreprocessingColumn): string | number {
  if (column.kind === 'numeric') return Number(column.mean.toPrecision(3));
  return column.categories.find((text) => text !== '') ?? '';
}
