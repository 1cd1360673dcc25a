// Predicts one record with the teacher and both students.
import { buildTable } from '../../data/build-table.ts';
import { encode } from '../../data/dataset.ts';
import { textColumnsOf } from '../../data/encode-texts.ts';
import type { Table } from '../../data/table.ts';
import { sigmoid } from '../../kernels/elementary.ts';
import type { RawRecord } from '../../student/record.ts';
import { softLabels } from '../../teacher/soft-labels.ts';
import type { Answers, Picture } from '../messages.ts';
import type { Finished } from './run.ts';

/**
 * @param picture the image of the record, if the models take one
 * @throws DebkdError `column` for a record that the student cannot read, `image` for a picture that is none
 */
export async function predictAll(
  { asksTeacher, live, names, image, student, plain }: Finished,
  record: Readonly<Record<string, string>>,
  picture?: Picture,
): Promise<Answers> {
  // the code of images loads on demand
  const opened =
    image === undefined || picture === undefined
      ? undefined
      : await (await import('./picture.ts')).openPicture(picture);
  // a teacher that takes raw columns needs the order of the table
  const texts = Object.fromEntries(names.map((name) => [name, record[name] ?? '']));
  const column = student.groupThresholds?.column;
  const group = column !== undefined && { [column]: record[column] ?? '' };
  const row: RawRecord = { ...texts, ...group, ...(image !== undefined && opened && { [image]: opened.pixels }) };
  // the student validates the record first, because its errors name the field
  const { probability, label, defer } = student.predictRecord(row);
  async function* oneRow(): AsyncGenerator<readonly (readonly string[])[]> {
    yield [names.map((name) => (name === image && opened ? opened.path : (texts[name] as string)))];
  }
  const ask = async (): Promise<number> => {
    const { teacher, teachers } = await live();
    const [first = 'raw', ...others] = teachers.map((one) => one ?? ('raw' as const));
    const typed: Table = await buildTable({ name: 'record', header: names, chunks: oneRow() }, {});
    const table = image !== undefined && opened ? await opened.place(typed, image, student.preprocessing) : typed;
    const { margins } = await softLabels(teacher, encode(table, student.preprocessing, { teacher: first, others }));
    return sigmoid(margins[0] as number);
  };
  const isOfImages = student.preprocessing.columns.some(({ kind }) => kind === 'image');
  return {
    ...(asksTeacher && { teacher: await ask() }),
    plain: plain.predictRecord(row).probability,
    debiased: probability,
    label,
    ...(column === undefined && { threshold: student.threshold }),
    ...(defer !== undefined && { defer }),
    texts: Object.fromEntries(textColumnsOf(student.preprocessing).map(({ name }) => [name, texts[name] ?? ''])),
    ...(!isOfImages && { why: { plain: plain.explain(row), debiased: student.explain(row) } }),
    unknown: student.unknownFields(row),
  };
}
