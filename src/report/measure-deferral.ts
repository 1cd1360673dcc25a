// Measures a student with a deferral band on the test rows: what it answers alone, how often it errs, and what the teacher adds.
import type { AnyDataset } from '../data/dataset.ts';
import { countsIn } from '../data/row-weights.ts';
import type { Estimate } from '../metrics/metric.ts';
import { overResamples } from '../metrics/resamples.ts';
import type { Deferral } from '../student/choose-deferral.ts';
import { type DeferBand, isDeferred } from '../student/decide.ts';

/** A point of the curve: what another band would give. */
export interface DeferralPoint {
  /** Share of the test rows that are deferred. */
  readonly deferred: number;
  /** Error rate of the rows that the student answers; null where it answers none. */
  readonly answered: number | null;
  /** Error rate of all rows if the teacher answers the deferred ones; absent without a teacher's answers. */
  readonly cascade?: number;
}

/** A deferral band, what it promised, and what it gives on the test rows. */
export interface DeferralRecord extends Deferral {
  /** On the test rows; absent without labelled test rows. */
  readonly test?: {
    /** Share of the rows that the student answers. */
    readonly answered: Estimate;
    /** Error rate of the student if it answered all rows. */
    readonly student: Estimate;
    /** Error rate of the rows that it answers. */
    readonly answeredErrors: Estimate;
    /** The same of the rows of class 0 and of class 1; absent unless the promise is by class. */
    readonly classErrors?: readonly [Estimate, Estimate];
    /** Error rate of the teacher on all rows; absent without its answers. */
    readonly teacher?: Estimate;
    /** Error rate if the teacher answers what the student defers. */
    readonly cascade?: Estimate;
  };
  /** What bands of other widths would give on the test rows. */
  readonly curve?: readonly DeferralPoint[];
}

/** Points of the curve. */
const POINTS = 40;

/** The answers on the test rows. */
export interface TestAnswers {
  readonly test: Pick<AnyDataset, 'labels' | 'weights'>;
  /** The student's probabilities, float64 [rows]. */
  readonly student: Float64Array;
  readonly threshold: number;
  readonly band: DeferBand;
  /** Whether errors are measured by class, too. */
  readonly by?: 'class' | undefined;
  /** The teacher's probabilities and threshold; NaN for a row without an answer. Absent without a teacher. */
  readonly teacher?: { readonly probabilities: Float64Array; readonly threshold: number } | undefined;
}

/** Measures a band; nothing without labelled rows. With a teacher, on the rows that it answers. */
export function measureDeferral(answers: TestAnswers): Pick<DeferralRecord, 'test' | 'curve'> {
  const { test, student, threshold, band, by, teacher } = answers;
  const counts = countsIn(test);
  const rows = [...test.labels.keys()].filter(
    (row) => counts(row) && (!teacher || !Number.isNaN(teacher.probabilities[row])),
  );
  if (rows.length === 0) return {};
  const measured = rows.map((row): Measured => {
    const [p, y] = [student[row] as number, test.labels[row] as number];
    return {
      p,
      label: y,
      weight: test.weights?.[row] ?? 1,
      isWrong: p >= threshold !== (y === 1),
      isTeacherWrong: teacher && (teacher.probabilities[row] as number) >= teacher.threshold !== (y === 1),
    };
  });
  const of = (times?: Uint16Array): number[] => statistics(measured, band, times);
  const found = overResamples([...rows.keys()], of(), of);
  const [answered, all, answeredErrors, zeros, ones, ofTeacher, cascade] = found as Seven;
  return {
    test: {
      answered,
      student: all,
      answeredErrors,
      ...(by === 'class' && { classErrors: [zeros, ones] as const }),
      ...(teacher && { teacher: ofTeacher, cascade }),
    },
    curve: curveOf(measured, threshold),
  };
}

type Seven = [Estimate, Estimate, Estimate, Estimate, Estimate, Estimate, Estimate];

interface Measured {
  readonly p: number;
  readonly label: number;
  readonly weight: number;
  readonly isWrong: boolean;
  readonly isTeacherWrong: boolean | undefined;
}

/** Share answered; error rates of all rows, the answered ones, those of class 0 and 1, the teacher, the cascade. */
function statistics(rows: readonly Measured[], band: DeferBand, times?: Uint16Array): number[] {
  const sums = new Float64Array(10);
  const add = (k: number, x: number): void => {
    sums[k] = (sums[k] as number) + x;
  };
  rows.forEach(({ p, label, weight, isWrong, isTeacherWrong }, i) => {
    const w = times ? weight * (times[i] as number) : weight;
    const wrong = isWrong ? w : 0;
    const teacherWrong = isTeacherWrong ? w : 0;
    const deferred = isDeferred({ defer: band }, p);
    add(0, w);
    add(1, wrong);
    add(2, teacherWrong);
    add(3, deferred ? teacherWrong : wrong);
    if (deferred) return;
    add(4, w);
    add(5, wrong);
    add(6 + 2 * label, w);
    add(7 + 2 * label, wrong);
  });
  const [all, errors, ofTeacher, ofCascade, answered, answeredErrors, zeros, zeroErrors, ones, oneErrors] =
    sums as unknown as Ten;
  return [
    answered / all,
    errors / all,
    answeredErrors / answered,
    zeroErrors / zeros,
    oneErrors / ones,
    ofTeacher / all,
    ofCascade / all,
  ];
}

type Ten = [number, number, number, number, number, number, number, number, number, number];

/** Bands that defer the rows with the highest probability of an error first, by the student. */
function curveOf(rows: readonly Measured[], threshold: number): DeferralPoint[] {
  const errorOf = ({ p }: Measured): number => (p >= threshold ? 1 - p : p);
  const sorted = [...rows].sort((a, b) => errorOf(b) - errorOf(a));
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let [deferred, answeredErrors, teacherErrors] = [
    0,
    sorted.reduce((sum, row) => sum + (row.isWrong ? row.weight : 0), 0),
    0,
  ];
  const points: DeferralPoint[] = [];
  for (const [i, row] of [...sorted, undefined].entries()) {
    // at most one point in each step of the share
    if (deferred >= (points.length / POINTS) * total || !row) {
      const answered = total - deferred;
      points.push({
        deferred: deferred / total,
        answered: row ? Math.max(0, answeredErrors) / answered : null,
        ...(row?.isTeacherWrong !== undefined || sorted[i - 1]?.isTeacherWrong !== undefined
          ? { cascade: Math.max(0, answeredErrors + teacherErrors) / total }
          : {}),
      });
    }
    if (!row) break;
    deferred += row.weight;
    if (row.isWrong) answeredErrors -= row.weight;
    if (row.isTeacherWrong) teacherErrors += row.weight;
  }
  return points;
}
