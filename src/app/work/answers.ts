// Predicts one record with the teacher and both students.
import { buildTable } from '../../data/build-table.ts';
import { encode } from '../../data/dataset.ts';
import { textColumnsOf } from '../../data/encode-texts.ts';
import { sigmoid } from '../../kernels/elementary.ts';
import { softLabels } from '../../teacher/soft-labels.ts';
import type { Answers } from '../messages.ts';
import { isAsked } from './inputs.ts';
import type { Finished } from './run.ts';

/** @throws DebkdError `column` for a record that the student cannot read */
export async function predictAll(
  { teacher, teachers, names, student, plain }: Finished,
  record: Readonly<Record<string, string>>,
): Promise<Answers> {
  // a teacher that takes raw columns needs the order of the table
  const row = Object.fromEntries(names.map((name) => [name, record[name] ?? '']));
  // the student validates the record first, because its errors name the field
  const { probability, label } = student.predictRecord(row);
  async function* oneRow(): AsyncGenerator<readonly (readonly string[])[]> {
    yield [names.map((name) => row[name] as string)];
  }
  const table = await buildTable({ name: 'record', header: names, chunks: oneRow() }, {});
  const [first = 'raw', ...others] = teachers.map((one) => one ?? ('raw' as const));
  const ask = async (): Promise<number> => {
    const { margins } = await softLabels(teacher, encode(table, student.preprocessing, { teacher: first, others }));
    return sigmoid(margins[0] as number);
  };
  return {
    ...(isAsked(teacher) && { teacher: await ask() }),
    plain: plain.predictRecord(row).probability,
    debiased: probability,
    label,
    texts: Object.fromEntries(textColumnsOf(student.preprocessing).map(({ name }) => [name, row[name] ?? ''])),
    why: { plain: plain.explain(row), debiased: student.explain(row) },
    unknown: student.unknownFields(row),
  };
}
