// Notes about classes: the names of class 1 in the teacher, the student and the data.
import type { Table } from '../data/table.ts';
import { sameClass } from '../data/target.ts';
import { quote } from '../io/errors.ts';
import type { Student } from '../student/student.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { note } from './messages.ts';

/** The teacher, read for this label, with notes about it. */
export function teacherFor(opened: Teacher, target: Table['target']): Teacher {
  const teacher = opened.forTarget(target);
  noteTeacher(teacher);
  return teacher;
}

/** Writes the notes of a teacher, and the name of its class 1 where that is not obvious. */
export function noteTeacher({ notes, reading }: Teacher): void {
  for (const text of notes) note(`note: ${text}`);
  const { className, classes } = reading;
  if (className !== undefined && classes && !(classes.length === 2 && className === '1' && classes.includes('0')))
    note(`note: class 1 of the teacher is ${quote(className)} (of ${classes.map((name) => quote(name)).join(', ')})`);
}

/** Warns where the classes of the rows have other names than those the student was trained with. */
export function noteClasses({ target: seen }: Table, { target }: Student): void {
  if (seen && target && !(sameClass(seen.positive, target.positive) && sameClass(seen.negative, target.negative)))
    note(
      `warning: here class 1 is ${quote(seen.positive)} and class 0 is ${quote(seen.negative)}, but the student was trained with class 1 ${quote(target.positive)} and class 0 ${quote(target.negative)} (--positive)`,
    );
}
