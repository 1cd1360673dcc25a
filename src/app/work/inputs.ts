// A teacher and rows that go together.
import type { Preprocessing } from '../../data/preprocessing.ts';
import type { Table } from '../../data/table.ts';
import { teacherColumns } from '../../teacher/binding.ts';
import type { Teacher } from '../../teacher/teacher.ts';
import type { Choice, Settings } from '../messages.ts';

/** What a check and a run work on. */
export interface Inputs {
  readonly teacher: Teacher;
  /** How the teacher was opened, as options of the command line. */
  readonly teacherSettings: Settings;
  /** The teacher's; undefined where it takes raw columns. */
  readonly preprocessing: Preprocessing | undefined;
  readonly choice: Choice;
  readonly file: Blob;
  readonly table: Table;
}

/** The table's columns that the teacher takes. */
export const columnsOf = ({ teacher, table }: Inputs): string[] =>
  teacherColumns(
    teacher,
    table.columns.map(({ name }) => name),
  );
