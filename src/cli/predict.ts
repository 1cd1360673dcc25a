// debkd predict: a stream from rows to the student's probabilities and labels, in order.
import { locateColumns } from '../data/locate-columns.ts';
import { unknownCounter } from '../data/unknown-values.ts';
import { quote } from '../io/errors.ts';
import { sparseRow, writeDense } from '../kernels/single-row.ts';
import type { Values } from '../settings/values.ts';
import { encodeFields } from '../student/record.ts';
import { recordPlan } from '../student/record-plan.ts';
import { note, print } from './messages.ts';
import { openRowWriter } from './row-writer.ts';
import { openStudent } from './student-input.ts';
import { openStream } from './table-input.ts';
import { noteUnknown } from './table-notes.ts';

export async function predict(values: Values): Promise<void> {
  const student = await openStudent(values);
  const { name, format, rows } = await openStream(values);
  const { preprocessing, threshold } = student;
  const places = locateColumns(preprocessing, rows.header, name);
  const write = openRowWriter(values, format, rows, ['probability', 'label']);
  const plan = recordPlan(preprocessing);
  const width = preprocessing.encodedWidth;
  const sparse = sparseRow(width);
  const unknown = unknownCounter(preprocessing);
  let row = 0;
  const subject = (): string => `data ${quote(name, 200)}, row ${row}`;
  await print(write.header);
  for await (const chunk of rows.chunks) {
    const x = new Float32Array(chunk.length * width);
    chunk.forEach((fields, i) => {
      row++;
      encodeFields(plan, fields, places, sparse, subject, unknown.add);
      writeDense(sparse, x.subarray(i * width, (i + 1) * width));
    });
    if (chunk.length === 0) continue;
    const lines: string[] = [];
    student.predictProba(x).forEach((p, i) => {
      lines.push(write.line(chunk[i] as readonly string[], [p, p >= threshold ? 1 : 0]));
    });
    await print(lines.join(''));
  }
  const { target } = student;
  if (target && target.positive !== '1') note(`note: label 1 is ${target.name} = ${quote(target.positive)}`);
  noteUnknown(unknown.list(row));
}
