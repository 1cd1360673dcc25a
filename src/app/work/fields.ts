// The fields of the form for one record.
import { missingTest } from '../../data/missing.ts';
import { type Preprocessing, parseNumber } from '../../data/preprocessing.ts';
import type { Column } from '../../data/table.ts';
import type { Student } from '../../student/student.ts';
import type { Field } from '../messages.ts';

/** Most values of a column to choose from. */
const MAX_CHOICES = 50;

/** The field of a column that only the teacher takes. */
export function fieldOf({ name, texts }: Column, preprocessing: Preprocessing | undefined): Field {
  const teacherOnly = true;
  const column = preprocessing?.columns.find((known) => known.name === name);
  if (column?.kind === 'categorical') return { name, type: 'category', categories: column.categories, teacherOnly };
  const missing = missingTest();
  const known = texts.filter((text) => !missing(text));
  if (known.every((text) => Number.isFinite(parseNumber(text)))) return { name, type: 'number', teacherOnly };
  if (known.length > MAX_CHOICES) return { name, type: 'text', teacherOnly };
  return { name, type: 'category', categories: known, teacherOnly };
}

/** The fields of the student's columns. */
export function fieldsOf({ preprocessing }: Student): Field[] {
  return preprocessing.columns.map((column) =>
    column.kind === 'numeric'
      ? { name: column.name, type: 'number' }
      : { name: column.name, type: 'category', categories: column.categories },
  );
}
