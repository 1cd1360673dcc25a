// What a run says of its input beside the result: which value is class 1, what is ignored.

import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Preprocessing } from '../data/preprocessing.ts';
import { countKnownRows, parseRowFilter, type RowFilter } from '../data/row-filter.ts';
import type { Table } from '../data/table.ts';
import { sameClass } from '../data/target.ts';
import { MAX_UNKNOWN, type UnknownCount } from '../data/unknown-values.ts';
import { quote } from '../io/errors.ts';
import type { DistillSettings } from '../settings/training.ts';
import { text, type Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
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

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
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

/** The teacher for this label: what must be known of it, and what it calls class 1. */
export function teacherFor(opened: Teacher, target: Table['target']): Teacher {
  const teacher = opened.forTarget(target);
  noteTeacher(teacher);
  return teacher;
}

/** What must be known of a teacher, and what it calls class 1 where that is not plain. */
export function noteTeacher({ notes, reading }: Teacher): void {
  for (const text of notes) note(`note: ${text}`);
  const { className, classes } = reading;
  if (className !== undefined && classes && !(classes.length === 2 && className === '1' && classes.includes('0')))
    note(`note: class 1 of the teacher is ${quote(className)} (of ${classes.map((name) => quote(name)).join(', ')})`);
}

/** Columns named in a note. */
const MAX_NAMED = 5;

function named(names: readonly string[]): string {
  const some = names.slice(0, MAX_NAMED).map((name) => quote(name));
  return some.join(', ') + (names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '');
}

/** Where rows are measured whose classes have other names than those the student was trained with. */
export function noteClasses({ target: seen }: Table, { target }: Student): void {
  if (seen && target && !(sameClass(seen.positive, target.positive) && sameClass(seen.negative, target.negative)))
    note(
      `warning: class 1 is ${quote(seen.positive)} here and class 0 ${quote(seen.negative)}, the student was trained with ${quote(target.positive)} and ${quote(target.negative)} (--positive)`,
    );
}

/** Options that a logistic student has no use for. */
export function noteIdle(values: Values, { student }: Pick<DistillSettings, 'student'>): void {
  const idle = ['activation', 'residual', 'dropout'].filter((name) => values[name] !== undefined);
  if (student.hidden.length > 0) return;
  if (idle.length > 0) note(`note: --${idle.join(', --')}: of hidden layers, and a logistic student has none; ignored`);
  const steps = ['epochs', 'batch-size', 'learning-rate', 'weight-decay', 'schedule'].filter(
    (name) => values[name] !== undefined,
  );
  if (steps.length > 0 && (values['optimizer'] ?? 'newton') === 'newton')
    note(
      `note: --${steps.join(', --')}: a logistic student is fitted to the minimum of its loss; ignored (--optimizer adamw trains it in steps)`,
    );
}

/** Which rows are measured, and how many of them the student was trained on, as the record in its folder says. */
export async function noteTrainedOn(values: Values, table: Table, rows: Uint32Array): Promise<void> {
  const by = text(values, 'split');
  const which =
    by === undefined
      ? `all ${rows.length} rows`
      : `the ${rows.length} test rows of ${by === 'hash' ? 'the split by hash' : by}`;
  const filter = await trainedOn(text(values, 'student') as string);
  if (!filter) return note(`note: measured on ${which}; no record says which rows the student was trained on`);
  const names = columnNames(table);
  if (!sameNames(names, filter.columns) || names.some((name, j) => name !== filter.columns[j]))
    return note(
      by === 'hash'
        ? `warning: measured on ${which}, which is another split than that of the student, whose table had other columns or another order of them; it was probably trained on some of these rows. Give the same columns, or rows that it has not seen`
        : `note: measured on ${which}; whether the student was trained on some cannot be told, since it was trained on a table of other columns`,
    );
  const known = countKnownRows(filter, table.hashes, rows);
  const share = rows.length > 0 ? known / rows.length : 0;
  if (known === 0) note(`note: measured on ${which}; none of them is written as a row that the student was trained on`);
  else
    note(
      `${share > MAX_KNOWN ? 'warning' : 'note'}: measured on ${which}; the student was trained on ${known} of them${share > MAX_KNOWN ? ', so that the figures are too good. Give rows that it has not seen (--split)' : ''}`,
    );
}

/** Share of known rows that may be chance: a filter takes one in some thousand for another. */
const MAX_KNOWN = 0.01;

async function trainedOn(student: string): Promise<RowFilter | undefined> {
  const folder = (await stat(student).catch(() => undefined))?.isDirectory() ? student : dirname(student);
  const record = await readFile(join(folder, 'result.json'), 'utf8').catch(() => undefined);
  try {
    return record === undefined ? undefined : parseRowFilter((JSON.parse(record) as { trainedOn?: unknown }).trainedOn);
  } catch {
    return undefined;
  }
}
