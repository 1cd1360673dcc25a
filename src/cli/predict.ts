// debkd predict: a stream from rows to the student's probabilities and labels, in order.
import { listedRow } from '../data/listed-values.ts';
import { quote } from '../io/errors.ts';
import { missingCounter } from '../monitor/more-missing.ts';
import { number, type Values } from '../settings/values.ts';
import { answerCells, answerNames, openDecider, openRowPredictor } from '../student/predict-rows.ts';
import { describePushes, strongestPushes } from '../student/pushes.ts';
import type { RawRecord } from '../student/record.ts';
import type { Student } from '../student/student.ts';
import { imagePredictor, smallChunks } from './image-predictor.ts';
import { studentImageName } from './images-input.ts';
import { note, print } from './messages.ts';
import { noteMissing } from './missing-note.ts';
import { checkRowOutput, openRowWriter } from './row-writer.ts';
import { openStudent } from './student-input.ts';
import { openStream } from './table-input.ts';
import { noteUnknown } from './table-notes.ts';

type Row = readonly string[];

export async function predict(values: Values): Promise<void> {
  checkRowOutput(values);
  const student = await openStudent(values);
  const { name, format, rows } = await openStream(values);
  const { preprocessing } = student;
  const most = number(values, 'explain');
  const image = studentImageName(preprocessing);
  // with images, encoding finds the columns
  const table = image === undefined ? openRowPredictor(student, { name, header: rows.header }) : undefined;
  const asListed = listedRow(rows, { listed: student.listedTexts(), missing: preprocessing.missing });
  const decideRow = openDecider(student, rows.header, name);
  const names = [...answerNames(student), ...(most === undefined ? [] : ['because'])];
  const write = openRowWriter(values, format, rows, names);
  const images = table ? undefined : imagePredictor(student, values, rows);
  const predictRows = (table ?? images)?.predict as (chunk: readonly Row[]) => Float64Array | Promise<Float64Array>;
  const missing = missingCounter(preprocessing, rows.header);
  let count = 0;
  // it comes with the first answers: rows that are refused leave nothing
  let header = write.header;
  for await (const chunk of images ? smallChunks(rows.chunks) : rows.chunks) {
    if (chunk.length === 0) continue;
    const seen = chunk.map(asListed);
    missing.add(seen);
    count += seen.length;
    const lines = Array.from(await predictRows(seen), (p, i) => {
      const fields = seen[i] as Row;
      const record = images ? images.record(i) : recordOf(student, fields, table?.places ?? []);
      const because = most === undefined ? [] : [strongestPushes(student.explain(record), record, most)];
      const pushes = because.map((list) => (format === 'ndjson' ? JSON.stringify(list) : describePushes(list)));
      return write.line(chunk[i] as Row, [...answerCells(decideRow(fields, p), format), ...pushes]);
    });
    await print(header + lines.join(''));
    header = '';
  }
  await print(header);
  const { target } = student;
  if (target && target.positive !== '1') note(`note: label 1 is ${target.name} = ${quote(target.positive)}`);
  noteUnknown((table ?? images)?.unknown() ?? []);
  await noteMissing(values, missing.list(), count);
}

/** A row as a record. @param places of the student's columns among the fields */
function recordOf(student: Student, fields: Row, places: readonly number[]): RawRecord {
  const { columns } = student.preprocessing;
  return Object.fromEntries(columns.map(({ name }, i) => [name, fields[places[i] as number] as string]));
}
