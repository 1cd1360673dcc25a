// What a student with a deferral band leaves to someone else, and with labels whether it keeps its promise about the rows that it answers.
import { countsIn } from '../data/row-weights.ts';
import { lowerBound, upperBound } from '../metrics/binomial.ts';
import type { Estimate } from '../metrics/metric.ts';
import { isDeferred } from '../student/decide.ts';
import type { Student } from '../student/student.ts';

/** The rows that a student does not answer itself. */
export interface Deferral {
  /** Rows whose probability is in the band. */
  readonly rows: number;
  /** Their share of all rows. */
  readonly share: number;
  /** The promise about the errors of the rows that it answers; only with labels, for a student with such a promise. */
  readonly promise?: DeferralPromise;
}

/** The highest error rate that was promised for the rows that a student answers, and theirs. */
export interface DeferralPromise {
  /** The highest error rate that was promised. */
  readonly target: number;
  /** The answered rows with a label: all of them, or those of each class where the promise is by class. */
  readonly answered: readonly AnsweredErrors[];
  /** Whether an error rate is above the target by more than chance: the lower end of its interval is above it. */
  readonly broken: boolean;
}

/** Errors of the rows that a student answers. */
export interface AnsweredErrors {
  /** The class of the rows; absent for both. */
  readonly label?: 0 | 1;
  /** Labelled rows that the student answers. */
  readonly rows: number;
  /** Share of wrong answers, by weight, with a 95 % interval (Clopper and Pearson 1934). */
  readonly errors: Estimate;
}

/** Labels of the rows; -1 where there is none. */
interface Labels {
  readonly labels: Int8Array;
  readonly weights: Float64Array | undefined;
}

/** Confidence of each end of a 95 % interval. */
const ONE_SIDE = 0.975;

/** Counts the deferred rows, and the errors among the others; undefined for a student without a band. */
export function deferralOf(student: Student, probabilities: Float64Array, labels: Labels): Deferral | undefined {
  if (!student.defer) return undefined;
  const rows = probabilities.filter((p) => isDeferred(student, p)).length;
  const promise = promiseOf(student, probabilities, labels);
  return { rows, share: rows / Math.max(1, probabilities.length), ...(promise && { promise }) };
}

function promiseOf(student: Student, probabilities: Float64Array, labels: Labels): DeferralPromise | undefined {
  const { target, by } = (student.provenance['deferral'] ?? {}) as { readonly target?: unknown; readonly by?: unknown };
  if (typeof target !== 'number') return undefined;
  const classes = by === 'class' ? ([0, 1] as const) : [undefined];
  const answered = classes.flatMap((label) => errorsOf(student, probabilities, { ...labels, label }) ?? []);
  if (answered.length === 0) return undefined;
  return { target, answered, broken: answered.some(({ errors }) => errors.low > target) };
}

/** The errors of the answered rows of a class, or of both; undefined where there are none. */
function errorsOf(
  student: Student,
  probabilities: Float64Array,
  { label, ...data }: Labels & { readonly label: 0 | 1 | undefined },
): AnsweredErrors | undefined {
  const counts = countsIn(data);
  let [rows, sum, squares, wrong] = [0, 0, 0, 0];
  probabilities.forEach((p, row) => {
    const y = data.labels[row];
    if (!counts(row) || isDeferred(student, p) || (label !== undefined && y !== label)) return;
    const weight = data.weights?.[row] ?? 1;
    rows++;
    sum += weight;
    squares += weight * weight;
    if (p >= student.threshold !== (y === 1)) wrong += weight;
  });
  if (rows === 0) return undefined;
  // as many rows of equal weight as are as uncertain
  const n = (sum * sum) / squares;
  const value = wrong / sum;
  const errors = { value, low: lowerBound(value * n, n, ONE_SIDE), high: upperBound(value * n, n, ONE_SIDE) };
  return { ...(label !== undefined && { label }), rows, errors };
}
