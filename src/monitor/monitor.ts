// Compares new rows with the rows that a student was trained on, and its metrics with those that were promised.
import { countsIn, sumOf } from '../data/row-weights.ts';
import type { AnyTable } from '../data/table.ts';
import type { UnknownCount } from '../data/unknown-values.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { sha256 } from '../io/sha256.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { evaluate } from '../metrics/evaluation.ts';
import { valueGroups } from '../metrics/groups.ts';
import { reliability } from '../report/figures-data.ts';
import { rowThresholds } from '../student/row-thresholds.ts';
import type { Student } from '../student/student.ts';
import { encodeStudent } from '../student/student-bytes.ts';
import { countTable } from './count-table.ts';
import { deferralOf } from './deferral.ts';
import type { Statistics } from './histogram.ts';
import type { Monitoring } from './monitoring.ts';
import { checkStudent, parseStatistics } from './parse-statistics.ts';
import { comparePromise, type LabelledRows, type Promised } from './promise.ts';
import { compareCounts } from './shift.ts';
import { verdictOf } from './verdict.ts';

/** Options of monitor. */
export interface MonitorOptions extends ProgressOptions {
  /** The content of statistics.json. */
  readonly reference: unknown;
  /** What the test rows promised, from result.json; default: nothing is promised. */
  readonly promised?: Promised | undefined;
  /** SHA-256 of the student's file; default: that of its bytes. */
  readonly sha256?: string;
  /** Name of a column of row weights, for the metrics; default none. */
  readonly weights?: string | undefined;
  /** Name of the reference in messages; default `reference`. */
  readonly name?: string;
  /** Receives the values that the student does not list, with an example of each column. */
  readonly onUnknown?: (unknown: readonly UnknownCount[]) => void;
}

/** The fewest rows to compare. */
const FEWEST = 30;

/**
 * Compares rows with the rows that a student was trained on: every column's distribution (population stability index, and a chi-squared
 * test with Holm's correction), missing and unknown values, the student's margins, and with labels its metrics. A table in a file is
 * read chunk by chunk.
 * @throws DebkdError `value` if the reference is malformed or of another student, `rows` with fewer than 30 rows, `column` if a column of
 * the student is absent or has a value that does not fit
 * @example
 * const reference = JSON.parse(await readFile('student/statistics.json', 'utf8'));
 * const { verdict, columns } = await monitor(student, await readTable('new.csv'), { reference });
 */
export async function monitor(student: Student, table: AnyTable, options: MonitorOptions): Promise<Monitoring> {
  const { name = 'reference', onUnknown } = options;
  const reference = parseStatistics(options.reference, name);
  const digest = options.sha256 ?? sha256(encodeStudent(student));
  checkStudent(reference, name, digest);
  checkRows(`data ${quote(table.name, 200)}`, table.rows);
  checkRows(`statistics ${quote(name, 200)}`, reference.rows);
  const everyRow = Uint32Array.from({ length: table.rows }, (_, row) => row);
  const { counts, margins, unknown, weights } = await countTable(student, table, reference, options);
  onUnknown?.(unknown);
  const probabilities = margins.map(sigmoid);
  const deferred = deferralOf(student, probabilities, { labels: table.labels, weights });
  const column = student.groupThresholds?.column;
  const groups = column === undefined ? undefined : valueGroups(table, column, everyRow, 'thresholds of groups');
  const thresholds = rowThresholds(student, groups, table.rows);
  const labels = await labelledRows(
    { student, margins, probabilities, thresholds, labels: table.labels, weights },
    options,
  );
  return finish(reference, counts, {
    positives: probabilities.filter((p, row) => p >= (thresholds?.[row] ?? student.threshold)).length / table.rows,
    ...(deferred && { deferred }),
    ...(labels && { labels }),
  });
}

/**
 * Compares what a deployed student has counted with the rows that it was trained on.
 * @param given the reference and the counts, as JSON
 * @param names their names in messages
 * @throws DebkdError `value` if one is malformed, or they are of different students or bins; `rows` with fewer than 30 rows
 */
export function monitorCounts(
  given: { readonly reference: unknown; readonly counts: unknown; readonly sha256: string },
  names: { readonly reference: string; readonly counts: string },
): Monitoring {
  const reference = parseStatistics(given.reference, names.reference);
  const counts = parseStatistics(given.counts, names.counts);
  checkStudent(reference, names.reference, given.sha256);
  checkStudent(counts, names.counts, given.sha256);
  checkRows(`counts ${quote(names.counts, 200)}`, counts.rows);
  checkRows(`statistics ${quote(names.reference, 200)}`, reference.rows);
  // a project counts numbers and categories
  const keys = new Set(counts.columns.map(({ kind, column }) => `${kind} ${column}`));
  const known = {
    ...reference,
    columns: reference.columns.filter(({ kind, column }) => keys.has(`${kind} ${column}`)),
  };
  if (binsOf(known) !== binsOf(counts))
    throw new DebkdError('value', {
      subject: `counts ${quote(names.counts, 200)}`,
      seen: 'their bins are not those of the reference',
      remedy: 'give the statistics that the project was exported with',
    });
  return finish(known, counts, {});
}

function binsOf({ columns, margins }: Statistics): string {
  const bins = columns.map(({ column, kind, edges, categories }) => [column, kind, edges, categories]);
  return JSON.stringify([bins, margins.edges]);
}

function finish(
  reference: Statistics,
  counts: Statistics,
  more: Pick<Monitoring, 'positives' | 'deferred' | 'labels'>,
): Monitoring {
  const found = {
    student: reference.student,
    rows: { now: counts.rows, reference: reference.rows },
    ...compareCounts(reference, counts),
    ...more,
  };
  return { schema: 'debkd/monitor@1', verdict: verdictOf(found), ...found };
}

function checkRows(subject: string, rows: number): void {
  if (rows >= FEWEST) return;
  throw new DebkdError('rows', {
    subject,
    seen: `${rows} row${rows === 1 ? '' : 's'}`,
    expected: `at least ${FEWEST}, because fewer tell nothing about a distribution`,
    remedy: 'collect more rows',
  });
}

interface Answered {
  readonly student: Student;
  readonly margins: Float64Array;
  readonly probabilities: Float64Array;
  readonly thresholds: Float64Array | undefined;
  readonly labels: Int8Array;
  readonly weights: Float64Array | undefined;
}

/** Measures the labelled rows; undefined if there are none. */
async function labelledRows(
  { student, margins, probabilities, thresholds, labels, weights }: Answered,
  { promised, signal, onProgress }: MonitorOptions,
): Promise<LabelledRows | undefined> {
  const counted = countsIn({ labels, weights });
  const rows = [...labels.keys()].filter(counted);
  if (rows.length === 0) return undefined;
  const { threshold } = student;
  const measured = await evaluate(probabilities, labels, {
    threshold,
    thresholds,
    scores: margins,
    weights,
    signal,
    onProgress,
  });
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const total = sumOf(rows.map(weightOf));
  const mean = (of: (row: number) => number): number => sumOf(rows.map((row) => weightOf(row) * of(row))) / total;
  return {
    rows: rows.length,
    share: mean((row) => labels[row] as number),
    probability: mean((row) => probabilities[row] as number),
    threshold,
    metrics: comparePromise(measured, promised),
    calibration: {
      promised: promised?.figures?.reliability.student ?? [],
      now: reliability(probabilities, labels, weights),
    },
  };
}
