// The inputs of a check and of a run.
import type { Preprocessing } from '../../data/preprocessing.ts';
import type { Table } from '../../data/table.ts';
import { teacherColumns } from '../../teacher/binding.ts';
import type { Teacher } from '../../teacher/teacher.ts';
import type { Choice, Settings } from '../messages.ts';

/** A teacher and a table with a chosen label. */
export interface Inputs {
  readonly teacher: Teacher;
  /** How the teacher was opened, as command-line options. */
  readonly teacherSettings: Settings;
  /** The teacher's preprocessing; undefined if it takes raw columns. */
  readonly preprocessing: Preprocessing | undefined;
  readonly choice: Choice;
  readonly file: Blob;
  readonly table: Table;
}

/** The columns that the teacher's inputs take by name; empty if one input takes all columns. */
export const columnsOf = ({ teacher, table }: Inputs): string[] =>
  teacherColumns(
    teacher,
    table.columns.map(({ name }) => name),
  );
