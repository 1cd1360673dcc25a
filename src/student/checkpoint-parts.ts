// Reads and writes the parts of a checkpoint: plain data and trained students.
import { withCurrentNames } from '../io/stored-names.ts';
import type { Checkpoint } from './checkpoint.ts';
import { Student } from './student.ts';
import { encodeStudent } from './student-bytes.ts';
import { decodeStudent } from './student-file.ts';

/** Reads plain data from the checkpoint, or computes and stores it. @throws DebkdError `source` where it cannot be stored */
export async function getOrCompute<T>(
  checkpoint: Checkpoint | undefined,
  name: string,
  make: () => Promise<T>,
): Promise<T> {
  if (!checkpoint) return make();
  const { packPlain, unpackPlain } = await import('../io/plain.ts');
  const stored = await checkpoint.get(name);
  if (stored) return withCurrentNames<T>(unpackPlain(stored), ['selectionMargins', 'selectionWeight']);
  const made = await make();
  await checkpoint.put(name, packPlain(made));
  return made;
}

/** Reads a trained student with its training record; undefined where the checkpoint has none. */
export async function getStudent(checkpoint: Checkpoint | undefined, name: string): Promise<Student | undefined> {
  const stored = await checkpoint?.get(name);
  if (!stored) return undefined;
  const student = decodeStudent(stored, 'checkpoint');
  return new Student({ ...student, training: student.provenance['training'] as Student['training'] });
}

/** Stores a trained student with its training record. @throws DebkdError `source` where it cannot be stored */
export async function putStudent(checkpoint: Checkpoint | undefined, name: string, student: Student): Promise<void> {
  await checkpoint?.put(name, encodeStudent(student.with({ provenance: { training: student.training } })));
}

/** Reads a trained student from the checkpoint, or trains and stores it. @throws DebkdError as `train`, or `source` */
export async function getOrTrain(
  checkpoint: Checkpoint | undefined,
  name: string,
  train: () => Promise<Student>,
): Promise<Student> {
  const stored = await getStudent(checkpoint, name);
  if (stored) return stored;
  const student = await train();
  await putStudent(checkpoint, name, student);
  return student;
}
