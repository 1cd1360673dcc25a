// A synthetic record for examples and tests, made from a student's preprocessing; it is no row of data.
import type { PlainColumn } from '../../data/preprocessing.ts';
import { toBase64 } from '../../io/base64.ts';
import type { RawRecord } from '../../student/record.ts';
import { groupInput } from '../../student/record-inputs.ts';
import type { Student } from '../../student/student.ts';
import { TYPICAL_IMAGE } from '../synthetic-images.ts';
import { syntheticColumns } from '../synthetic-steps.ts';

/** TYPICAL_IMAGE as a PNG file, in base64. */
export const TYPICAL_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAEklEQVR42mNkEIEAJg4oII8BAF5MAlwVpt5WAAAAAElFTkSuQmCC';

/** A record as a request has it: the pixels of an image in base64. */
export function jsonRecord(record: RawRecord): object {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      if (typeof value !== 'object' || value === null) return [name, value];
      const { width, height, pixels, data = pixels } = value;
      return [name, { width, height, pixels: toBase64(Uint8Array.from(data as Uint8Array)) }];
    }),
  );
}

/**
 * Numbers are their column's mean, rounded to 3 digits; categories are the first of their column that is not empty. With
 * steps: a number that they turn into about 0, or the first listed value.
 */
export function sampleRecord(student: Student): RawRecord {
  const { preprocessing } = student;
  const withSteps = syntheticColumns(preprocessing);
  const ofColumns = Object.fromEntries(
    preprocessing.columns.map((column) => {
      const steps = withSteps.get(column.name);
      if (column.kind === 'image') return [column.name, TYPICAL_IMAGE];
      return [column.name, steps ? steps.typical : sampleValue(column as PlainColumn)];
    }),
  );
  const [group] = groupInput(student);
  return group ? { ...ofColumns, [group.name]: group.categories?.[0] } : ofColumns;
}

function sampleValue(column: PlainColumn): string | number {
  if (column.kind === 'numeric') return Number(column.mean.toPrecision(3));
  return column.categories.find((text) => text !== '') ?? '';
}
