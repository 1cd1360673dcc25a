// Students from the bytes of student.debkd and from its file, and bytes that are checked before they are handed out.
import type { AnyDataset } from '../data/dataset.ts';
import { matrixRows } from '../data/row-source.ts';
import { DebkdError } from '../io/errors.ts';
import type { Bytes } from '../io/host-types.ts';
import type { Source } from '../io/source.ts';
import { Student } from './student.ts';
import { decodeStudentData, encodeStudent } from './student-bytes.ts';

/**
 * The bytes of student.debkd, read back and asked one row: what cannot be opened again is never handed out.
 * @param rows any that the student answers; the first is asked
 * @throws DebkdError `student` where what is read back is another student, or none
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
    seen: `read back from its file it answers ${is} to the first row instead of ${was}`,
    remedy: 'please report this with the options that made it',
  });
}

/** Reads what encodeStudent wrote. @throws DebkdError `student` when it is something else, damaged or of another version, `preprocessing` or `value` when its parts are malformed */
export function decodeStudent(bytes: Uint8Array, name: string = 'student'): Student {
  return new Student(decodeStudentData(bytes, name));
}

/** Reads a student file; the same as Student.load. @throws DebkdError `source`, or as decodeStudent */
export function loadStudent(source: Source): Promise<Student> {
  return Student.load(source);
}
