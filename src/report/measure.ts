// Measures the teacher and the student on the test rows and makes the record of a distillation, the content of result.json.
import type { Baselines } from '../compare/baselines.ts';
import type { MissingCount } from '../data/count-missing.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { isLarge } from '../data/large.ts';
import type { RowFilter } from '../data/row-filter.ts';
import { countsIn } from '../data/row-weights.ts';
import { someRow } from '../data/rows-where.ts';
import type { Distillation } from '../distill-options.ts';
import type { LabelCache } from '../io/cache.ts';
import { DebkdError } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { checkThreads } from '../io/threads.ts';
import type { Deferral } from '../student/choose-deferral.ts';
import { rowThresholds } from '../student/row-thresholds.ts';
import { encodeStudent } from '../student/student-bytes.ts';
import type { ModelColumns } from '../teacher/model-columns.ts';
import { readyTeacher } from '../teacher/ready-teacher.ts';
import { softLabels } from '../teacher/soft-labels.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { testWarnings } from '../warnings/test-warnings.ts';
import { weightWarnings } from '../warnings/weight-warnings.ts';
import type { ClassNames } from './class-words.ts';
import { resultOf } from './make-result.ts';
import { measureTestRows } from './measure-test-rows.ts';
import { meanOcclusion } from './occlusion.ts';
import type { DistillRecord, Part } from './result.ts';

/** Options of measureDistillation. */
export interface MeasureOptions extends ProgressOptions {
  /** The rows of each part; the metrics use `test`. */
  readonly data: Readonly<Record<Part, AnyDataset>>;
  /** Missing values of the table, from countMissing. */
  readonly missing: readonly MissingCount[];
  /** For each column of interest, the group of each test row; default: none. */
  readonly groups?: readonly (readonly string[])[];
  /** Cache of the teacher's predictions; default: none. */
  readonly cache?: LabelCache | undefined;
  /** Students to compare with, from trainBaselines; default: none. */
  readonly baselines?: Baselines | undefined;
  /**
   * Whether to measure how much the student depends on each column (permutation importance), on at most 2,000 test rows; default true for
   * students of 2 to 200 columns.
   */
  readonly importance?: boolean | undefined;
  /** Threads that measure the importance of the columns and the intervals, which changes no result; default 1. They start where they save time. */
  readonly threads?: number | undefined;
  /** Called while threads measure, for work of the caller that can run at the same time; not called without threads. */
  readonly meanwhile?: (() => void) | undefined;
  /** Names of the files in the record's folder; default: none. */
  readonly files?: readonly string[];
  /** A filter that recognises the training rows later, from makeRowFilter; default: none. */
  readonly trainedOn?: RowFilter | undefined;
  /** What the student's deferral band promises, from chooseDeferral; default: it has none. */
  readonly deferral?: Deferral | undefined;
  /** The group of each test row by the column of the student's thresholds of groups, as of groupRows; needed for a student that has them. */
  readonly thresholdGroups?: readonly string[] | undefined;
  /** The columns that the teacher and the student take, for the record; default: only their number. */
  readonly columns?: ModelColumns | undefined;
  /** Warnings about the table, from tableWarnings; default: none. */
  readonly warnings?: readonly string[];
  /** The command that makes this result; default: none. */
  readonly command?: string;
  /** The label column and its values of class 1 and class 0, for the record, such as `target` of a table; default: not known. */
  readonly label?: ClassNames | undefined;
  /** The name and the size of the teacher's file, for the record; default: not known. */
  readonly teacherFile?: Pick<DistillRecord['teacher'], 'name' | 'bytes'> | undefined;
}

/**
 * Measures the teacher and the student on the labelled test rows, each at its own threshold.
 * Where some test rows have no given soft label, the teacher, the groups and the figures are measured on the others; the record has the
 * student's metrics on all labelled test rows and on those of the teacher.
 * @param given the teacher that distill was given; undefined after `distill({ from })` without one. The earlier student is added to it
 * @returns the record, and the teacher's margins of the test rows (empty without labelled test rows)
 * @example
 * const run = await distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
 * const { result } = await measureDistillation(run, teacher, {
 *   data: { train, validation, test },
 *   missing: countMissing(table),
 * });
 * await writeFile('report.html', await htmlReport(result));
 */
export async function measureDistillation(
  run: Distillation,
  given: Teacher | undefined,
  options: MeasureOptions,
): Promise<{ result: DistillRecord; margins: Float64Array }> {
  const { data, cache, thresholdGroups, groups = [], baselines, importance, threads = 1, meanwhile } = options;
  const { missing, trainedOn, deferral, columns, files = [], command, label, teacherFile } = options;
  const watch: ProgressOptions = { onProgress: options.onProgress, signal: options.signal };
  checkThreads(threads);
  const { train, test } = data;
  const thresholds = rowThresholds(run.student, thresholdGroups, test.rows);
  const teacher = await readyTeacher(await taughtBy(run, given), train, watch);
  // few students have columns that are withheld
  const proxies = train.withheld && (await import('./withheld.ts'));
  const withheld = await proxies?.measureWithheld(data, watch);
  const warnings = [
    ...[...(options.warnings ?? []), ...run.warnings, ...testWarnings(test.labels), ...weightWarnings('test', test)],
    ...((withheld && proxies?.withheldWarnings(withheld)) ?? []),
  ];
  const known = {
    ...{ run: { ...run, warnings }, teacher, teacherFile, file: encodeStudent(run.student), data, missing },
    ...{ trainedOn, deferral, columns, files, command, label, withheld },
    occlusion: await meanOcclusion(run.student, test.features, watch.signal),
  };
  if (!someRow(test.rows, countsIn(test))) return { result: resultOf(known), margins: new Float64Array(0) };
  const answers = await softLabels(teacher, test, { cache, ...watch });
  if (isLarge(test.rows)) await teacher.rest?.();
  const tests = await measureTestRows(run, {
    ...{ data, answers, thresholds, groups, thresholdGroups, baselines, importance, deferral, threads, meanwhile },
    ...watch,
  });
  return { result: resultOf({ ...known, tests }), margins: answers.margins };
}

/** The teacher of a run, with the earlier student as the last one. @throws DebkdError `value` without one of them */
async function taughtBy({ from }: Distillation, given: Teacher | undefined): Promise<Teacher> {
  // few students go on from another
  if (from) return (await import('../student/student-teacher.ts')).withEarlierStudent(given, from.student);
  if (given) return given;
  throw new DebkdError('value', {
    subject: 'measureDistillation',
    seen: 'no teacher',
    expected: 'the teacher that distill was given',
  });
}
