// The columns that the teacher and the student take.
import { namesOf, type Preprocessing } from '../data/preprocessing.ts';
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
  teacher: Pick<Teacher, 'takes' | 'inputs' | 'name'>,
  table: Pick<AnyTable, 'columns'>,
  { preprocessing, student }: { readonly preprocessing: Preprocessing | undefined; readonly student: Preprocessing },
): ModelColumns {
  const names = featureNames(table as AnyTable);
  const taken = preprocessing ? namesOf(preprocessing) : teacher.takes === 'matrix' ? names : undefined;
  return { teacher: taken ?? teacherColumns(teacher, names), student: namesOf(student) };
}

/** The columns that only the teacher takes: withheld from the student, or texts that it cannot learn from. */
export function withheldColumns({ teacher, student }: ModelColumns): string[] {
  return teacher.filter((name) => !student.includes(name));
}
