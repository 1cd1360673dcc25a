// The columns that the teacher and the student take.
import type { Preprocessing } from '../data/preprocessing.ts';
import { rawNames } from '../data/raw-inputs.ts';
import { featureNames } from '../data/row-source.ts';
import type { AnyTable } from '../data/table.ts';
import { teacherColumns } from './binding.ts';
import type { Teacher } from './teacher.ts';

/** Names of the table's columns that each model takes. */
export interface ModelColumns {
  /** The teacher's, in its order. */
  readonly teacher: readonly string[];
  /** The student's, in the order of its preprocessing. */
  readonly student: readonly string[];
}

/**
 * The columns that a teacher and a student take of a table.
 * @param options.preprocessing the teacher's; undefined: it takes raw columns
 * @param options.student the student's
 * @throws DebkdError `column` if an input of the teacher has no column
 */
export function modelColumns(
  teacher: Pick<Teacher, 'takes' | 'inputs' | 'columnInputs' | 'name'>,
  table: Pick<AnyTable, 'columns'>,
  {
    preprocessing,
    student: ofStudent,
  }: { readonly preprocessing: Preprocessing | undefined; readonly student: Preprocessing },
): ModelColumns {
  const names = featureNames(table as AnyTable);
  const student = rawNames(ofStudent.columns);
  if (preprocessing)
    return { teacher: teacher.inputs.length > 0 ? teacher.inputs : rawNames(preprocessing.columns), student };
  return { teacher: teacher.takes === 'matrix' ? names : teacherColumns(teacher, names), student };
}

/** The columns that only the teacher takes: withheld from the student, or texts that it cannot learn from. */
export function withheldColumns({ teacher, student }: ModelColumns): string[] {
  return teacher.filter((name) => !student.includes(name));
}
