// Predicts rows of a table one chunk after the other, as texts of cells: what `debkd predict` and the page share. Rows of images are
// read elsewhere.
import { absentColumn, locateColumns } from '../data/locate-columns.ts';
import type { TableFormat } from '../data/read-table.ts';
import type { RawRows } from '../data/table.ts';
import { type UnknownCount, unknownCounter } from '../data/unknown-values.ts';
import { quote } from '../io/errors.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { type SparseRow, sparseRow, writeDense } from '../kernels/single-row.ts';
import { type Answer, decide } from './decide.ts';
import { thresholdOf } from './group-thresholds.ts';
import { encodeFields } from './record.ts';
import { openRecords } from './record-answer.ts';
import { recordPlan } from './record-plan.ts';
import type { Student } from './student.ts';

type Row = readonly string[];

/** Predicts rows, in order. */
export interface RowPredictor {
  /** The position of each column of the student among the fields. */
  readonly places: readonly number[];
  /** The probabilities of class 1. @throws DebkdError with the row of a value that cannot be read */
  predict(rows: readonly Row[]): Float64Array;
  /** Values that the preprocessing does not list, in the rows so far. */
  unknown(): readonly UnknownCount[];
}

/** Opens the predictor of a student that reads no images. @throws DebkdError `column` if the data lacks a column of the student */
export function openRowPredictor(student: Student, { name, header }: Pick<RawRows, 'name' | 'header'>): RowPredictor {
  const { preprocessing } = student;
  const places = locateColumns(preprocessing, header, name);
  const unknown = unknownCounter(preprocessing);
  const plan = recordPlan(preprocessing);
  let row = 0;
  const subject = (): string => `data ${quote(name, 200)}, row ${row}`;
  const encode: Encode = (fields, into) => {
    row++;
    encodeFields(plan, fields, places, into, subject, unknown.add);
  };
  const hasTexts = preprocessing.columns.some(({ kind }) => kind === 'text');
  const predict = hasTexts ? recordPredictor(student, encode) : matrixPredictor(student, encode);
  return { places, predict, unknown: () => unknown.list(row) };
}

type Predict = RowPredictor['predict'];
type Encode = (fields: Row, into: SparseRow) => void;

/** Predicts rows by the kernel, many at a time. */
function matrixPredictor(student: Student, encode: Encode): Predict {
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

/** Predicts each row as a record: rows of texts are too wide for a matrix, and texts sum in another order there. */
function recordPredictor(student: Student, encode: Encode): Predict {
  const { row, margin } = openRecords(student);
  return (rows) =>
    Float64Array.from(rows, (fields) => {
      encode(fields, row);
      return sigmoid(margin(row));
    });
}

/**
 * Opens what decides rows from their probabilities.
 * @param data the name of the data, for messages
 * @throws DebkdError `column` if the data lacks the column of the student's thresholds of groups
 */
export function openDecider(
  student: Student,
  columns: readonly string[],
  data: string,
): (fields: Row, probability: number) => Answer {
  const { groupThresholds } = student;
  if (!groupThresholds) return (_, probability) => decide(student, probability, undefined);
  const { column: name } = groupThresholds;
  const place = columns.indexOf(name);
  const subject = `data ${quote(data, 200)}`;
  if (place < 0) throw absentColumn({ subject, name, columns, use: ', which chooses the threshold' });
  return (fields, probability) => decide(student, probability, thresholdOf(student, fields[place] as string));
}

/** The names of the answers of a student. */
export function answerNames({ defer }: Pick<Student, 'defer'>): string[] {
  return ['probability', 'label', ...(defer ? ['defer'] : [])];
}

/** The cells of an answer: `defer` is true or false in NDJSON, 1 or 0 elsewhere. */
export function answerCells({ probability, label, defer }: Answer, format: TableFormat): (number | string)[] {
  const deferred = defer === undefined ? [] : [format === 'ndjson' ? String(defer) : Number(defer)];
  return [probability, label, ...deferred];
}
