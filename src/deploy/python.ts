// Exports a student for Python: its file, and a reader of one file that needs NumPy.
import { Student } from '../student/student.ts';
import { decodeStudentData, encodeStudent } from '../student/student-bytes.ts';
import type { Exported, ExportedFile } from './exported.ts';
import { checkParity, type ParityOptions, parityRecords, recordProbabilities } from './parity.ts';
import { toSafetensors } from './safetensors.ts';
import { loadShipped, shipped } from './shipped.ts';

const READER = 'debkd_student.py';

/**
 * Exports the student as `student.debkd`, a quantised one as `student.safetensors`, and `debkd_student.py`, which reads
 * either. The student's file is read back and runs on synthetic records first; Python is not run.
 * @param options.records raw records to run as well
 * @throws DebkdError `export` if a probability differs by more than 1e-6
 */
export async function toPython(student: Student, options: ParityOptions = {}): Promise<Exported> {
  await loadShipped();
  const { files, largestDifference } = student.quantization
    ? await toSafetensors(student, options)
    : storedStudent(student, options);
  const reader = { path: READER, bytes: new TextEncoder().encode(shipped().files[`python/${READER}`]) };
  const notes = [`${READER} was not run here; it needs NumPy, and Pillow for files of images`];
  return { target: 'python', files: [...files, reader], largestDifference, notes };
}

function storedStudent(
  student: Student,
  options: ParityOptions,
): { readonly files: readonly ExportedFile[]; readonly largestDifference: number } {
  const bytes = encodeStudent(student);
  const back = new Student(decodeStudentData(bytes, 'student.debkd'));
  const records = parityRecords(student, options);
  const largestDifference = checkParity(
    'python',
    recordProbabilities(student, records),
    recordProbabilities(back, records),
  );
  return { files: [{ path: 'student.debkd', bytes }], largestDifference };
}
