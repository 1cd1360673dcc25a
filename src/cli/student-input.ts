// The student of a command, as --student and --threshold give it, and the labelled rows that it is measured on.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, encode } from '../data/dataset.ts';
import type { Table } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { number, text, type Values } from '../settings/values.ts';
import type { Student } from '../student/student.ts';
import { loadStudent } from '../student/student-file.ts';
import { noteClasses } from './class-notes.ts';
import { readParts } from './split-input.ts';
import { readTable } from './table-input.ts';

/** The student of --student, with the threshold of --threshold where that is given. */
export async function openStudent(values: Values): Promise<Student> {
  const student = await readStudent(values);
  const threshold = number(values, 'threshold');
  return threshold === undefined ? student : student.with({ threshold });
}

/** A folder that distill made, or a student.debkd. */
async function readStudent(values: Values): Promise<Student> {
  const path = text(values, 'student') as string;
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return loadStudent(path);
  const file = join(path, 'student.debkd');
  if (!(await stat(file).catch(() => undefined))) {
    throw new DebkdError('source', {
      subject: `student ${quote(path, 200)}`,
      seen: 'no student.debkd in this folder',
      remedy: 'give the folder that distill --out made',
    });
  }
  return loadStudent(file);
}

/** The value of class 1 that the student was trained with, where no other is given. */
function withClasses(values: Values, { target }: Student): Values {
  if (!target || values['positive'] !== undefined || (text(values, 'target') ?? 'label') !== target.name) return values;
  return { ...values, positive: target.positive };
}

/** The rows a student is measured on: those of --data, or its test part by --split, encoded for it. */
export async function readLabelled(
  values: Values,
  student: Student,
): Promise<{ table: Table; rows: Uint32Array; data: Dataset }> {
  const table = await readTable(withClasses(values, student), student.preprocessing.missing);
  noteClasses(table, student);
  const rows =
    values['split'] === undefined
      ? Uint32Array.from({ length: table.rows }, (_, i) => i)
      : (await readParts(values, table)).test;
  return { table, rows, data: encode(table, student.preprocessing, { rows }) };
}
