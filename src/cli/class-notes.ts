// Notes about classes: the names of class 1 in the teacher, the student and the data.
import type { AnyTable, Table } from '../data/table.ts';
import { sameClass } from '../data/target.ts';
import { listed, quote } from '../io/errors.ts';
import type { Student } from '../student/student.ts';
import { type DecidingRows, newNotes, readyTeacher } from '../teacher/ready-teacher.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { note } from './messages.ts';

/**
 * The teacher, read for the label and the columns of a table, with notes about it.
 * @throws DebkdError `convention` where class 1 is still open, `column` where columns do not fit
 */
export function teacherFor(opened: Teacher, table: AnyTable): Teacher {
  const chosen = opened.forTarget(table.target);
  if (chosen.refusal) throw chosen.refusal;
  const teacher = chosen.forTable(table);
  noteTeacher(teacher);
  return teacher;
}

/** The teacher as it is read for the training rows, with further notes: labelled rows may show how it reads images. */
export async function teacherForRows(assigned: Teacher, train: DecidingRows): Promise<Teacher> {
  const teacher = await readyTeacher(assigned, train);
  for (const text of newNotes(assigned, teacher)) note(`note: ${text}`);
  return teacher;
}

/** Most classes that a note names. */
const MAX_NAMED = 20;

/** Writes the notes of a teacher, and the name of its class 1 where that is not obvious. */
export function noteTeacher({ notes, reading }: Teacher): void {
  for (const text of notes) note(`note: ${text}`);
  // the note of a class that the label chose says the same
  if (notes.some((text) => text.startsWith('teacher: class 1 is '))) return;
  const { className, classes, margin, positiveClass } = reading;
  if (positiveClass === 'other' && className === undefined)
    note(`note: class 1 of the teacher is value ${margin.place} of 0 to ${margin.width - 1}`);
  if (className !== undefined && classes && !(classes.length === 2 && className === '1' && classes.includes('0')))
    note(
      `note: class 1 of the teacher is ${quote(className)} (of ${listed(
        classes.map((name) => quote(name)),
        MAX_NAMED,
      )})`,
    );
}

/** Warns where the classes of the rows have other names than those the student was trained with. */
export function noteClasses({ target: seen }: Table, { target }: Student): void {
  if (seen && target && !(sameClass(seen.positive, target.positive) && sameClass(seen.negative, target.negative)))
    note(
      `warning: here class 1 is ${quote(seen.positive)} and class 0 is ${quote(seen.negative)}, but the student was trained with class 1 ${quote(target.positive)} and class 0 ${quote(target.negative)} (--positive)`,
    );
}
