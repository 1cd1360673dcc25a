// A finished run as plain data, and back.
import { encodeStudent } from '../../student/student-bytes.ts';
import { decodeStudent } from '../../student/student-file.ts';
import type { PackedRun } from '../messages.ts';
import type { Finished } from './run.ts';

/** What predicts and exports. */
export function packRun({ student, plain, names, image, records }: Finished): PackedRun {
  return { student: encodeStudent(student), plain: encodeStudent(plain), names, image, records };
}

/** @throws DebkdError `student` for damaged bytes */
export function unpackRun({
  student,
  plain,
  names,
  image,
  records,
}: PackedRun): Pick<Finished, 'student' | 'plain' | 'names' | 'image' | 'records'> {
  return {
    student: decodeStudent(student),
    plain: decodeStudent(plain, 'the student of plain KD'),
    names,
    image,
    records,
  };
}
