// Notes about classes: what the teacher and the student call class 1.
import type { Table } from '../data/table.ts';
import { sameClass } from '../data/target.ts';
import { quote } from '../io/errors.ts';
import type { Student } from '../student/student.ts';
import type { Teacher } from '../teacher/onnx.ts';
import { note } from './messages.ts';

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

/** Where rows are measured whose classes have other names than those the student was trained with. */
export function noteClasses({ target: seen }: Table, { target }: Student): void {
  if (seen && target && !(sameClass(seen.positive, target.positive) && sameClass(seen.negative, target.negative)))
    note(
      `warning: class 1 is ${quote(seen.positive)} here and class 0 ${quote(seen.negative)}, the student was trained with ${quote(target.positive)} and ${quote(target.negative)} (--positive)`,
    );
}
