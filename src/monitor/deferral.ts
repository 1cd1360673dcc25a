// The share of rows that a student defers to a person. Only a student with a band of deferral has it.
import type { Student } from '../student/student.ts';

/** The rows that a student does not answer itself. */
export interface Deferral {
  /** Rows whose probability is in the band. */
  readonly rows: number;
  /** Their share of all rows. */
  readonly share: number;
}

/** Probabilities from `low` on and below `high` are deferred. */
interface Band {
  readonly low: number;
  readonly high: number;
}

/** The band of a student; undefined where it has none. */
function bandOf(student: Student): Band | undefined {
  const { defer } = student as { readonly defer?: Partial<Band> };
  return typeof defer?.low === 'number' && typeof defer.high === 'number' ? (defer as Band) : undefined;
}

/** Counts the deferred rows; undefined for a student without a band. */
export function deferralOf(student: Student, probabilities: Float64Array): Deferral | undefined {
  const band = bandOf(student);
  if (!band) return undefined;
  const rows = probabilities.filter((p) => p >= band.low && p < band.high).length;
  return { rows, share: rows / Math.max(1, probabilities.length) };
}
