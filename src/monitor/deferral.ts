// The share of rows that a student defers to someone else. Only a student with a deferral band has it.
import { isDeferred } from '../student/decide.ts';
import type { Student } from '../student/student.ts';

/** The rows that a student does not answer itself. */
export interface Deferral {
  /** Rows whose probability is in the band. */
  readonly rows: number;
  /** Their share of all rows. */
  readonly share: number;
}

/** Counts the deferred rows; undefined for a student without a band. */
export function deferralOf(student: Student, probabilities: Float64Array): Deferral | undefined {
  if (!student.defer) return undefined;
  const rows = probabilities.filter((p) => isDeferred(student, p)).length;
  return { rows, share: rows / Math.max(1, probabilities.length) };
}
