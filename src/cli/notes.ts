// What a run says of its input beside the result: which value is class 1, what is ignored.

import type { Preprocessing } from '../data/preprocessing.ts';
import type { Table } from '../data/table.ts';
import { quote } from '../io/errors.ts';
import type { Student } from '../student/student.ts';
import type { Teacher } from '../teacher/onnx.ts';
import { note } from './messages.ts';
import type { DistillSettings } from './settings.ts';
import type { Values } from './values.ts';

/** Says which value of the label is class 1, and which columns shape the default split without being used. */
export function noteRows(
  values: Values,
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
  const names = table.columns.map((column) => (typeof column === 'string' ? column : column.name));
  const idle = preprocessing && names.filter((name) => !preprocessing.columns.some((column) => column.name === name));
  if (idle && idle.length > 0 && values['split'] === undefined)
    note(
      `note: ${named(idle)}: not in the preprocessing, and so no feature; rows that differ only there may lie in different parts of the split (--drop)`,
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
const MOST_NAMED = 5;

function named(names: readonly string[]): string {
  const some = names.slice(0, MOST_NAMED).map((name) => quote(name));
  return some.join(', ') + (names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '');
}

/** Where rows are measured whose classes have other names than those the student was trained with. */
export function noteClasses({ target: seen }: Table, { target }: Student): void {
  if (seen && target && (seen.positive !== target.positive || seen.negative !== target.negative))
    note(
      `warning: class 1 is ${quote(seen.positive)} here and class 0 ${quote(seen.negative)}, the student was trained with ${quote(target.positive)} and ${quote(target.negative)} (--positive)`,
    );
}

/** Options that a logistic student has no use for. */
export function noteIdle(values: Values, { student }: Pick<DistillSettings, 'student'>): void {
  const idle = ['activation', 'residual', 'dropout'].filter((name) => values[name] !== undefined);
  if (student.hidden.length === 0 && idle.length > 0)
    note(`note: --${idle.join(', --')}: of hidden layers, and a logistic student has none; ignored`);
}
