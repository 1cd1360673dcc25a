// The fields of the form for one record.
import { missingTest } from '../../data/missing.ts';
import { parseNumber } from '../../data/preprocessing.ts';
import type { Preprocessing } from '../../data/preprocessing-column.ts';
import { rawInputs } from '../../data/raw-inputs.ts';
import type { Column } from '../../data/table.ts';
import type { Field } from '../messages.ts';

/** Most values of a column to choose from. */
const MAX_CHOICES = 50;

/** The field of a column that only the teachers take. @param teachers the preprocessing of each */
export function fieldOf({ name, texts, images }: Column, teachers: readonly (Preprocessing | undefined)[]): Field {
  const teacherOnly = true;
  if (images) return { name, type: 'image', teacherOnly };
  const columns = teachers.map((one) => one?.columns.filter((column) => column.name === name) ?? []);
  const [known] = rawInputs(columns.find(({ length }) => length > 0) ?? []);
  if (known) return { ...known, teacherOnly };
  const missing = missingTest();
  const values = texts.filter((text) => !missing(text));
  if (values.every((text) => Number.isFinite(parseNumber(text)))) return { name, type: 'number', teacherOnly };
  if (values.length > MAX_CHOICES) return { name, type: 'text', teacherOnly };
  return { name, type: 'category', categories: values, teacherOnly };
}
