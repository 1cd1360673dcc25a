// Opens the student of --student and --threshold, and reads the labelled rows to measure it on.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, encode } from '../data/dataset.ts';
import { decodeImages } from '../data/rasters.ts';
import type { Table } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { number, text, type Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
import { loadStudent } from '../student/student-file.ts';
import { noteClasses } from './class-notes.ts';
import { withStudentImages } from './images-input.ts';
import { note, onProgress } from './messages.ts';
import { withTrainedColumns } from './overlap-note.ts';
import { readParts } from './split-input.ts';
import { readTable } from './table-input.ts';

/** The student of --student, with the threshold of --threshold where it is given. */
export async function openStudent(values: Values): Promise<Student> {
  const student = await readStudent(text(values, 'student') as string);
  const threshold = number(values, 'threshold');
  if (threshold === undefined) return student;
  if (student.groupThresholds)
    note('note: the thresholds of groups are left out: they were chosen for another threshold');
  if (student.defer) note('note: the deferral band is left out: it was chosen for another threshold');
  return student.with({ threshold });
}

/** Reads a student from the folder that distill made, or from its student.debkd. @throws DebkdError `source`, `student` */
export async function readStudent(path: string): Promise<Student> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return loadStudent(path);
  const file = join(path, 'student.debkd');
  if (!(await stat(file).catch(() => undefined))) {
    throw new DebkdError('source', {
      subject: `student ${quote(path, 200)}`,
      seen: 'this folder holds no student.debkd',
      remedy: 'give the folder that distill --out made',
    });
  }
  return loadStudent(file);
}

/** Without --positive, class 1 is the value that the student was trained with. */
export function withClasses(values: Values, { target }: Student): Values {
  if (!target || values['positive'] !== undefined || (text(values, 'target') ?? 'label') !== target.name) return values;
  return { ...values, positive: target.positive };
}

/** The rows to measure a student on, encoded for it: all rows of --data, or the test part of --split and --split-by. */
export async function readLabelled(
  values: Values,
  student: Student,
): Promise<{ table: Table; rows: Uint32Array; data: Dataset }> {
  const { preprocessing } = student;
  const read = await readTable(withClasses(values, student), { student });
  const table = await withTrainedColumns(values, await withStudentImages(values, preprocessing, read));
  noteClasses(table, student);
  const rows =
    values['split'] === undefined && values['split-by'] === undefined
      ? Uint32Array.from({ length: table.rows }, (_, i) => i)
      : (await readParts(values, table)).test;
  const decoded = await decodeImages(table, preprocessing, { rows, onProgress });
  return { table: decoded, rows, data: encode(decoded, preprocessing, { rows, weights: text(values, 'weights') }) };
}
