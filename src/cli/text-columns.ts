// The columns of texts that the student is given.
import { textColumnsOf } from '../data/encode-texts.ts';
import { textFeatures } from '../data/fit-text.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { AnyTable } from '../data/table.ts';
import { textColumns } from '../data/text-columns.ts';
import { quote } from '../io/errors.ts';
import { list, texts, type Values } from '../settings/values.ts';
import { type Architecture, USUAL_CONVOLUTIONS } from '../student/architecture.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { note } from './messages.ts';

/** Those of --text, or else those that the teachers read; and further columns of free text. */
export function studentTexts(values: Values, teacher: Teacher, table: AnyTable): string[] {
  const named = texts(values, 'text').flatMap((given) => list({ given }, 'given'));
  if (named.length > 0) {
    const running = textColumns(table);
    for (const name of textFeatures(table, named))
      if (!running.includes(name))
        note(
          `note: column ${quote(name)} does not look like running text, and is read as text because --text names it`,
        );
    return textFeatures(table, [...named, ...textFeatures(table, undefined)]);
  }
  const read = (teacher.parts ?? [teacher]).flatMap((part) => part.text?.columns ?? []);
  return [...new Set([...textFeatures(table, undefined), ...read])];
}

/** The student's architecture: that of --student, else convolutions for images, and logistic for texts. */
export function studentFor(values: Values, asked: Architecture, preprocessing: Preprocessing): Architecture {
  if (values['student'] !== undefined) return asked;
  if (preprocessing.columns.some(({ kind }) => kind === 'image')) return { hidden: [], conv: USUAL_CONVOLUTIONS };
  if (textNames(preprocessing).length === 0) return asked;
  note('note: the student of texts is a logistic regression; give --student for hidden layers');
  return { hidden: [] };
}

/** Names of the columns of texts of a preprocessing. */
export function textNames(preprocessing: Preprocessing): string[] {
  return textColumnsOf(preprocessing).map(({ name }) => name);
}
