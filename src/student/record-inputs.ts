// The fields of a student's records: its columns, and the column of its thresholds of groups.
import { type RawInput, rawInputs } from '../data/raw-inputs.ts';
import type { StudentData } from './student-data.ts';

/** The field that chooses the threshold, if the student does not take it as a column; otherwise none. */
export function groupInput({
  preprocessing,
  groupThresholds,
}: Pick<StudentData, 'preprocessing' | 'groupThresholds'>): RawInput[] {
  if (!groupThresholds || preprocessing.columns.some(({ name }) => name === groupThresholds.column)) return [];
  const { column: name, thresholds } = groupThresholds;
  return [{ name, type: 'category', categories: thresholds.map(([value]) => value) }];
}

/** All fields, those of the columns first. */
export function recordInputs(student: Pick<StudentData, 'preprocessing' | 'groupThresholds'>): RawInput[] {
  return [...rawInputs(student.preprocessing.columns), ...groupInput(student)];
}
