// Students from the bytes or the file of student.debkd, and student bytes that are verified before use.
import type { AnyDataset } from '../data/dataset.ts';
import { matrixRows } from '../data/row-source.ts';
import { DebkdError } from '../io/errors.ts';
import type { Bytes } from '../io/host-types.ts';
import type { Source } from '../io/source.ts';
import { Student } from './student.ts';
import { decodeStudentData, encodeStudent } from './student-bytes.ts';

/**
 * Encodes a student, and verifies the bytes: decodes them and compares the prediction for one row.
 * @param rows encoded rows; the first one is predicted
 * @throws DebkdError `student` when the bytes cannot be decoded or the predictions differ
 */
export function encodeChecked(student: Student, rows: Pick<AnyDataset, 'features' | 'rows'>): Bytes {
  const bytes = encodeStudent(student);
  const back = decodeStudent(bytes);
  if (rows.rows === 0) return bytes;
  const first = matrixRows(rows.features).read(0, 1);
  const [was] = student.predictProba(first);
  const [is] = back.predictProba(first);
  if (was === is && Number.isFinite(is)) return bytes;
  throw new DebkdError('student', {
    subject: 'student',
    seen: `its decoded file predicts ${is} for the first row`,
    expected: `${was}`,
    remedy: 'report this as a bug, with the options of the run',
  });
}

/**
 * Decodes the bytes of encodeStudent.
 * @param bytes the content of student.debkd
 * @param name the file's name in messages; default `student`
 * @throws DebkdError `student` when the bytes are not a student, damaged or of another version, `preprocessing` or `value` when
 * its parts are malformed
 * @example
 * const student = decodeStudent(new Uint8Array(await (await fetch('student.debkd')).arrayBuffer()));
 */
export function decodeStudent(bytes: Uint8Array, name: string = 'student'): Student {
  return new Student(decodeStudentData(bytes, name));
}

/** Reads a student file, as Student.load does. @throws DebkdError `source`, or as decodeStudent */
export function loadStudent(source: Source): Promise<Student> {
  return Student.load(source);
}
