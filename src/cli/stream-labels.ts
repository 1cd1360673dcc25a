// The labels of the first rows of a stream, where it has a label column.
import { encodeForTeacher } from '../data/dataset.ts';
import type { TeacherTable } from '../data/encode-matrix.ts';
import type { Column, Table } from '../data/table.ts';
import { labelsOf } from '../data/target.ts';
import { DebkdError } from '../io/errors.ts';
import type { Values } from '../settings/values.ts';
import { readyTeacher } from '../teacher/ready-teacher.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { tableOptions } from './table-input.ts';

/** The labels of some rows, and what they mean. */
export interface StreamLabels {
  readonly labels: Int8Array;
  readonly target: NonNullable<Table['target']>;
}

/** The labels in the label column and what they mean; undefined without a label column, or where the rows do not show which value is class 1. */
export function streamLabels(values: Values, name: string, columns: readonly Column[]): StreamLabels | undefined {
  const { missing, target = 'label', positive } = tableOptions(values);
  const column = columns.find((one) => one.name === target);
  if (!column) return undefined;
  try {
    return labelsOf(column, positive, name, missing);
  } catch (error) {
    if (error instanceof DebkdError) return undefined;
    throw error;
  }
}

/** The teacher as it is read for the first rows of a stream. @throws DebkdError as Teacher.forTable and readyTeacher */
export async function readyForStream(
  opened: Teacher,
  table: TeacherTable,
  found: StreamLabels | undefined,
): Promise<Teacher> {
  const teacher = opened.forTarget(found?.target).forTable(table);
  if (!teacher.image || !found) return teacher;
  const { labels, target } = found;
  return readyTeacher(teacher, { target, labels, teacherInputs: encodeForTeacher(table, undefined) });
}
