// Notes about the columns and labels of a table: which value is class 1, and which columns are not used.
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Table } from '../data/table.ts';
import { MAX_UNKNOWN, type UnknownCount } from '../data/unknown-values.ts';
import { quote } from '../io/errors.ts';
import { teacherColumns } from '../teacher/binding.ts';
import type { Teacher } from '../teacher/onnx.ts';
import { note } from './messages.ts';

/** Says which value of the label is class 1, and which columns tell rows apart without being used. */
export function noteRows(
  table: Pick<Table, 'target' | 'labels' | 'rows'> & { readonly columns: readonly (string | { name: string })[] },
  preprocessing: Preprocessing | undefined,
): void {
  const { target, labels, rows } = table;
  const ones = labels.filter((y) => y === 1).length;
  const unlabelled = labels.filter((y) => y < 0).length;
  const rest = unlabelled > 0 ? `, ${unlabelled} without a label` : '';
  if (target)
    note(
      `note: class 1 is ${target.name} = ${quote(target.positive)} (${ones} of ${rows} rows), class 0 ${quote(target.negative)}${rest}`,
    );
  const names = columnNames(table);
  const idle = preprocessing && names.filter((name) => !preprocessing.columns.some((column) => column.name === name));
  if (idle && idle.length > 0)
    note(
      `note: ${named(idle)}: not in the preprocessing, and so no feature; rows that differ only there count as different rows, also between the parts of the split (--drop)`,
    );
}

/** Names of a table's features. */
export function columnNames({ columns }: { readonly columns: readonly (string | { name: string })[] }): string[] {
  return columns.map((column) => (typeof column === 'string' ? column : column.name));
}

/** Which columns the teacher takes and which the student takes, where these are not the same or not all there are. */
export function noteColumns(
  teacher: Teacher,
  preprocessing: Preprocessing | undefined,
  student: Preprocessing,
  names: readonly string[],
): void {
  const own = student.columns.map(({ name }) => name);
  const theirs = preprocessing
    ? preprocessing.columns.map(({ name }) => name)
    : teacher.takes === 'matrix'
      ? names
      : teacherColumns(teacher, names);
  note(
    `note: the teacher takes ${named(theirs)}; the student ${sameNames(own, theirs) ? 'the same' : `takes ${named(own)}`}`,
  );
  const lost = theirs.filter((name) => !own.includes(name));
  if (lost.length > 0)
    note(
      `note: ${named(lost)}: text that the teacher takes and the student cannot learn from; left out of the student`,
    );
  const more = own.filter((name) => !theirs.includes(name));
  if (more.length > 0)
    note(
      `note: ${named(more)}: the teacher does not take ${more.length > 1 ? 'them' : 'it'}, the student learns from ${more.length > 1 ? 'them' : 'it'}; leave out what is no feature (--drop)`,
    );
}

export const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name));

/** Values that a preprocessing does not list, by column, each with an example. */
export function noteUnknown(unknown: readonly UnknownCount[]): void {
  if (unknown.length === 0) return;
  const shown = unknown
    .slice(0, MAX_NAMED)
    .map(
      ({ column, count, rows, example, cause }) =>
        `${quote(column)} in ${count} of ${rows} rows, such as ${quote(example)}${cause === '' ? '' : ` (${cause}?)`}`,
    );
  const more = unknown.length > MAX_NAMED ? `; ${unknown.length - MAX_NAMED} columns more` : '';
  const most = unknown.some(({ count, rows }) => count > MAX_UNKNOWN * rows);
  note(
    `${most ? 'warning' : 'note'}: values that the preprocessing does not list count for nothing: ${shown.join('; ')}${more}`,
  );
}

/** Columns named in a note. */
const MAX_NAMED = 5;

function named(names: readonly string[]): string {
  const some = names.slice(0, MAX_NAMED).map((name) => quote(name));
  return some.join(', ') + (names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '');
}
