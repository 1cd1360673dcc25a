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

/** The preprocessings of a teacher and a student. */
export interface ModelPreprocessings {
  /** The teacher's; undefined: it takes raw columns. */
  readonly preprocessing: Preprocessing | undefined;
  /** That of each of several teachers; default `preprocessing`. */
  readonly teachers?: readonly (Preprocessing | undefined)[] | undefined;
  /** The student's. */
  readonly student: Preprocessing;
}

/**
 * The columns that a teacher and a student take of a table. Several teachers take the columns of each, given soft labels
 * none.
 * @throws DebkdError `column` if an input of the teacher has no column
 */
export function modelColumns(
  teacher: Pick<Teacher, 'takes' | 'inputs' | 'columnInputs' | 'name' | 'given' | 'parts'>,
  table: Pick<AnyTable, 'columns'>,
  { preprocessing, teachers = [], student: ofStudent }: ModelPreprocessings,
): ModelColumns {
  const student = rawNames(ofStudent.columns);
  const each = teacher.parts
    ? teacher.parts.flatMap((part, k) => columnsOf(part, table, teachers[k]))
    : columnsOf(teacher, table, preprocessing);
  return { teacher: [...new Set(each)], student };
}

/** The columns that one teacher takes. */
export function columnsOf(
  teacher: Pick<Teacher, 'takes' | 'inputs' | 'columnInputs' | 'name' | 'given'>,
  table: Pick<AnyTable, 'columns'>,
  preprocessing: Preprocessing | undefined,
): readonly string[] {
  if (teacher.given) return [];
  if (preprocessing) return teacher.inputs.length > 0 ? teacher.inputs : rawNames(preprocessing.columns);
  const names = featureNames(table as AnyTable);
  return teacher.takes === 'matrix' ? names : teacherColumns(teacher, names);
}

/** The columns that only the teacher takes: withheld from the student, or texts that it cannot learn from. */
export function withheldColumns({ teacher, student }: ModelColumns): string[] {
  return teacher.filter((name) => !student.includes(name));
}
