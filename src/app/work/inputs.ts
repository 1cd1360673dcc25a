// The inputs of a check and of a run.
import type { Preprocessing } from '../../data/preprocessing.ts';
import { readTable } from '../../data/read-table.ts';
import { type Split, split } from '../../data/split.ts';
import type { Table } from '../../data/table.ts';
import { teacherColumns } from '../../teacher/binding.ts';
import { type ModelColumns, modelColumns } from '../../teacher/model-columns.ts';
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
  /** Without the dropped columns as features. */
  readonly table: Table;
}

/**
 * Reads the table. The columns that are not for the student are dropped if the teacher takes all columns in order, and
 * just as many as are left: they are not for it either, such as an identifier in front. Otherwise it takes them.
 */
export async function readRows(
  file: Blob,
  { target, positive, exclude }: Choice,
  { teacher, preprocessing }: Pick<Inputs, 'teacher' | 'preprocessing'>,
): Promise<Table> {
  const table = await readTable(file, { target, positive });
  const left = table.columns.filter(({ name }) => !exclude.includes(name)).length;
  const drops = left < table.columns.length && !preprocessing && teacher.takes === 'matrix' && teacher.width === left;
  return drops ? readTable(file, { target, positive, drop: exclude }) : table;
}

/** Options of encodeParts: the columns that the teacher takes by name, and those that are not for the student. */
export const columnOptions = ({
  teacher,
  table,
  choice,
}: Inputs): { readonly optional: string[]; readonly exclude: readonly string[] } => ({
  optional: teacherColumns(
    teacher,
    table.columns.map(({ name }) => name),
  ),
  exclude: table.dropped.length > 0 ? [] : choice.exclude,
});

/** The rows of each part. @throws DebkdError as split */
export function splitRows({ table, choice: { split: { by, column = '', shares } = {} } }: Inputs): Split {
  return split(table, {
    ...(by && { [by]: column }),
    ...(shares && { shares: shares.split('/').map((share) => (share.trim() === '' ? NaN : Number(share))) }),
  });
}

/** The columns that both models take. @param student its preprocessing */
export const columnsOf = ({ teacher, table, preprocessing }: Inputs, student: Preprocessing): ModelColumns =>
  modelColumns(teacher, table, { preprocessing, student });

/** The command line's options of the choice. */
export function choiceSettings({ choice, table }: Inputs): Settings {
  const { target, positive, exclude, split: { by, column, shares } = {} } = choice;
  const columns = exclude.map((name) => name || '""').join(',');
  return {
    target,
    positive,
    ...(columns && { [table.dropped.length > 0 ? 'drop' : 'exclude']: columns }),
    ...(shares && { split: shares }),
    ...(by && { 'split-by': `${by}:${column}` }),
  };
}
