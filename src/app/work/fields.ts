// The fields of the form for one record.
import { missingTest } from '../../data/missing.ts';
import { parseNumber } from '../../data/preprocessing.ts';
import type { Preprocessing } from '../../data/preprocessing-column.ts';
import { rawInputs } from '../../data/raw-inputs.ts';
import type { Column, Table } from '../../data/table.ts';
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

/** A field with the range of its numbers in the training rows. */
export function withRange(
  field: Field,
  { columns, dropped }: Pick<Table, 'columns' | 'dropped'>,
  train: Uint32Array,
): Field {
  if (field.type !== 'number') return field;
  const column = [...columns, ...dropped].find(({ name }) => name === field.name);
  if (!column) return field;
  const { codes, texts } = column;
  const used = new Uint8Array(texts.length);
  for (const row of train) used[codes[row] as number] = 1;
  let [least, largest] = [Infinity, -Infinity];
  for (const [code, text] of texts.entries()) {
    if (used[code] !== 1) continue;
    const number = parseNumber(text);
    if (number < least) least = number;
    if (number > largest) largest = number;
  }
  return least <= largest ? { ...field, range: [least, largest] } : field;
}

/** A row of a table as a record; a missing value is empty. */
export function recordAt(
  { columns, dropped }: Pick<Table, 'columns' | 'dropped'>,
  row: number,
  names: readonly string[],
): Record<string, string> {
  const missing = missingTest();
  const all = [...columns, ...dropped];
  return Object.fromEntries(
    names.map((name) => {
      const column = all.find((one) => one.name === name);
      const text = column?.texts[column.codes[row] as number] ?? '';
      return [name, missing(text) ? '' : text];
    }),
  );
}
