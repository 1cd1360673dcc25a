// debkd predict: a stream from rows to the student's probabilities and labels, in order.
import { absentColumn, locateColumns } from '../data/locate-columns.ts';
import { unknownCounter } from '../data/unknown-values.ts';
import { quote } from '../io/errors.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { type SparseRow, sparseRow, writeDense } from '../kernels/single-row.ts';
import { number, type Values } from '../settings/values.ts';
import { decide } from '../student/decide.ts';
import { thresholdOf } from '../student/group-thresholds.ts';
import { describePushes, strongestPushes } from '../student/pushes.ts';
import { encodeFields, type RawRecord } from '../student/record.ts';
import { openRecords } from '../student/record-answer.ts';
import { recordPlan } from '../student/record-plan.ts';
import type { Student } from '../student/student.ts';
import { imagePredictor, smallChunks } from './image-predictor.ts';
import { studentImageName } from './images-input.ts';
import { note, print } from './messages.ts';
import { openRowWriter } from './row-writer.ts';
import { openStudent } from './student-input.ts';
import { openStream } from './table-input.ts';
import { noteUnknown } from './table-notes.ts';

type Row = readonly string[];
type Rows = readonly Row[];

export async function predict(values: Values): Promise<void> {
  const student = await openStudent(values);
  const { name, format, rows } = await openStream(values);
  const { preprocessing } = student;
  const most = number(values, 'explain');
  const image = studentImageName(preprocessing);
  // with images, encoding finds the columns
  const places = image === undefined ? locateColumns(preprocessing, rows.header, name) : [];
  const groupOf = groupReader(student, rows.header, name);
  const names = [
    'probability',
    'label',
    ...(student.defer ? ['defer'] : []),
    ...(most === undefined ? [] : ['because']),
  ];
  const write = openRowWriter(values, format, rows, names);
  const unknown = unknownCounter(preprocessing);
  let row = 0;
  const subject = (): string => `data ${quote(name, 200)}, row ${row}`;
  const plan = recordPlan(preprocessing);
  const encodeNext = (fields: Row, into: SparseRow): void => {
    row++;
    encodeFields(plan, fields, places, into, subject, unknown.add);
  };
  const images = image === undefined ? undefined : imagePredictor(student, values, rows);
  const predictRows =
    images?.predict ??
    (hasTexts(student) ? recordPredictor(student, encodeNext) : matrixPredictor(student, encodeNext));
  // it comes with the first answers: rows that are refused leave nothing
  let header = write.header;
  for await (const chunk of images ? smallChunks(rows.chunks) : rows.chunks) {
    if (chunk.length === 0) continue;
    const lines = Array.from(await predictRows(chunk), (p, i) => {
      const fields = chunk[i] as Row;
      const record = images ? images.record(i) : recordOf(student, fields, places);
      const because = most === undefined ? [] : [strongestPushes(student.explain(record), record, most)];
      const told = because.map((pushes) => (format === 'ndjson' ? JSON.stringify(pushes) : describePushes(pushes)));
      const { label, defer } = decide(student, p, groupOf && thresholdOf(student, groupOf(fields)));
      return write.line(fields, [
        p,
        label,
        ...(defer === undefined ? [] : [format === 'ndjson' ? String(defer) : Number(defer)]),
        ...told,
      ]);
    });
    await print(header + lines.join(''));
    header = '';
  }
  await print(header);
  const { target } = student;
  if (target && target.positive !== '1') note(`note: label 1 is ${target.name} = ${quote(target.positive)}`);
  noteUnknown(images?.unknown() ?? unknown.list(row));
}

/**
 * Reads a row's value in the column of the student's thresholds of groups; undefined for a student with one threshold.
 * @throws DebkdError `column` if the data lacks the column
 */
function groupReader(
  { groupThresholds }: Student,
  columns: readonly string[],
  data: string,
): ((fields: Row) => string) | undefined {
  if (!groupThresholds) return undefined;
  const { column: name } = groupThresholds;
  const place = columns.indexOf(name);
  const subject = `data ${quote(data, 200)}`;
  if (place < 0) throw absentColumn({ subject, name, columns, use: ', which chooses the threshold' });
  return (fields) => fields[place] as string;
}

type Predictor = (rows: Rows) => Float64Array | Promise<Float64Array>;
type Encode = (fields: Row, into: SparseRow) => void;

/** Predicts rows by the kernel, many at a time. */
function matrixPredictor(student: Student, encode: Encode): Predictor {
  const width = student.preprocessing.encodedWidth;
  const sparse = sparseRow(width);
  return (rows) => {
    const x = new Float32Array(rows.length * width);
    rows.forEach((fields, i) => {
      encode(fields, sparse);
      writeDense(sparse, x.subarray(i * width, (i + 1) * width));
    });
    return student.predictProba(x);
  };
}

/** Predicts each row as a record: rows of texts and images are too wide for a matrix, and texts sum in another order there. */
function recordPredictor(student: Student, encode: Encode): Predictor {
  const { row, margin } = openRecords(student);
  return (rows) =>
    Float64Array.from(rows, (fields) => {
      encode(fields, row);
      return sigmoid(margin(row));
    });
}

const hasTexts = ({ preprocessing }: Student): boolean => preprocessing.columns.some(({ kind }) => kind === 'text');

/** A row as a record. @param places of the student's columns among the fields */
function recordOf(student: Student, fields: Row, places: readonly number[]): RawRecord {
  const { columns } = student.preprocessing;
  return Object.fromEntries(columns.map(({ name }, i) => [name, fields[places[i] as number] as string]));
}
