// A synthetic record for examples and tests, made from a student's preprocessing; it is no row of data.
import type { PreprocessingColumn } from '../../data/preprocessing.ts';
import type { RawRecord } from '../../student/record.ts';
import type { Student } from '../../student/student.ts';

/** Numbers are their column's mean, rounded to 3 digits; categories are the first of their column that is not empty. */
export function sampleRecord({ preprocessing }: Student): RawRecord {
  return Object.fromEntries(preprocessing.columns.map((column) => [column.name, sampleValue(column)]));
}

function sampleValue(column: PreprocessingColumn): string | number {
  if (column.kind === 'numeric') return Number(column.mean.toPrecision(3));
  return column.categories.find((text) => text !== '') ?? '';
}
