// Measures the teacher and the student on the test rows and makes the record of a distillation, the content of result.json.
import type { Baselines } from '../compare/baselines.ts';
import type { MissingCount } from '../data/count-missing.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { isLarge } from '../data/large.ts';
import { rawNames } from '../data/raw-inputs.ts';
import type { RowFilter } from '../data/row-filter.ts';
import { countsIn } from '../data/row-weights.ts';
import { someRow } from '../data/rows-where.ts';
import type { Distillation } from '../distill-options.ts';
import type { LabelCache } from '../io/cache.ts';
import { DebkdError } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { checkThreads, type Threads } from '../io/threads.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { knownRows, orMargins } from '../labels/unknown.ts';
import { evaluateInThreads } from '../metrics/evaluate-task.ts';
import { type Evaluation, evaluate, replicatesOf } from '../metrics/evaluation.ts';
import type { Estimate } from '../metrics/metric.ts';
import { pairedAuc } from '../metrics/paired-auc.ts';
import { chooseOn, rowsToChoose } from '../metrics/threshold.ts';
import { sortRows } from '../metrics/threshold-by-rule.ts';
import { valueInterval } from '../metrics/threshold-estimate.ts';
import { parseThresholdRule, type ThresholdRule } from '../metrics/threshold-rule.ts';
import type { Deferral } from '../student/choose-deferral.ts';
import { rowThresholds } from '../student/row-thresholds.ts';
import type { Student } from '../student/student.ts';
import { encodeStudent } from '../student/student-bytes.ts';
import type { ModelColumns } from '../teacher/model-columns.ts';
import { readyTeacher } from '../teacher/ready-teacher.ts';
import { type SoftLabels, softLabels } from '../teacher/soft-labels.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { testWarnings } from '../warnings/test-warnings.ts';
import { weightWarnings } from '../warnings/weight-warnings.ts';
import type { ClassNames } from './class-words.ts';
import { figuresOf } from './figures-data.ts';
import type { DeferralRecord, TestAnswers } from './measure-deferral.ts';
import type { GroupedAnswers, GroupThresholdsRecord } from './measure-group-thresholds.ts';
import { groupModels } from './measure-groups.ts';
import { meanOcclusion } from './occlusion.ts';
import { pairedLogLoss } from './paired-losses.ts';
import { type Baseline, type Differences, type DistillRecord, type Part, resultOf } from './result.ts';

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
  {
    data,
    missing,
    trainedOn,
    deferral,
    thresholdGroups,
    columns,
    warnings: more = [],
    groups = [],
    cache,
    baselines,
    importance,
    threads: size = 1,
    meanwhile,
    files = [],
    command,
    label,
    teacherFile,
    ...watch
  }: MeasureOptions,
): Promise<{ result: DistillRecord; margins: Float64Array }> {
  checkThreads(size);
  const { train, validation, test } = data;
  const thresholds = rowThresholds(run.student, thresholdGroups, test.rows);
  const teacher = await readyTeacher(await taughtBy(run, given), train, watch);
  const proxies = train.withheld && (await import('./withheld.ts'));
  const withheld = await proxies?.measureWithheld(data, watch);
  const warnings = [
    ...[...more, ...run.warnings, ...testWarnings(test.labels), ...weightWarnings('test', test)],
    ...((withheld && proxies?.withheldWarnings(withheld)) ?? []),
  ];
  const known = {
    run: { ...run, warnings },
    teacher,
    file: encodeStudent(run.student),
    teacherFile,
    data,
    missing,
    trainedOn,
    deferral,
    columns,
    files,
    command,
    label,
    withheld,
    occlusion: await meanOcclusion(run.student, test.features, watch.signal),
  };
  if (!someRow(test.rows, countsIn(test))) {
    return { result: resultOf(known), margins: new Float64Array(0) };
  }
  const { margins, each } = await softLabels(teacher, test, { cache, ...watch });
  if (isLarge(test.rows)) await teacher.rest?.();
  const { weights } = test;
  // the teacher is measured on the rows with a soft label, and compared with the student there
  const labels = knownLabels(margins, test.labels);
  const rule = parseThresholdRule(run.thresholdChoice.rule);
  const threshold = nearestThreshold(rule, run.soft.validation.margins, validation);
  const scores = orZeros(margins);
  const before = scores.map(sigmoid);
  const after = run.student.predictProba(test);
  const studentScores = run.student.margins(test);
  const columnsTaken = rawNames(run.student.preprocessing.columns).length;
  const byColumn = importance ?? (columnsTaken > 1 && columnsTaken <= MOST_COLUMNS);
  const anyTeacher = someRow(labels.length, countsIn({ labels, weights }));
  const ofTeacher = anyTeacher ? { probabilities: margins.map(sigmoid), threshold } : undefined;
  const ofStudent = { threshold: run.student.threshold, thresholds, scores: studentScores, weights, ...watch };
  const most = byColumn ? columnsTaken : 0;
  // in a file of its own, which finds the program of the threads in the same folder
  using threads =
    size > 1 && worthThreads(test.rows, most)
      ? (await import('../threads/open-threads.ts')).openThreads(size)
      : undefined;
  const measured = sideBySide(threads, [
    async () =>
      byColumn
        ? (await import('./importance.ts')).permutationImportance(run.student, test, { threads, ...watch })
        : undefined,
    async () =>
      anyTeacher ? evaluateInThreads(threads, before, labels, { threshold, scores, weights, ...watch }) : undefined,
    async () =>
      anyTeacher && labels !== test.labels ? evaluateInThreads(threads, after, labels, ofStudent) : undefined,
    async () => evaluateInThreads(threads, after, test.labels, ofStudent),
  ]);
  // awaited below; until then an error of this thread comes first
  measured.catch(() => undefined);
  if (threads) {
    // the tasks are sent before this thread works on
    await yieldToEventLoop();
    meanwhile?.();
  } else await measured;
  const others = baselines && (await measureBaselines(baselines, test, watch));
  const tests = {
    margins,
    figures: anyTeacher
      ? figuresOf({
          test: { teacher: scores, student: after, labels, weights },
          train: {
            teacher: orZeros(run.soft.train.margins),
            debiased: orZeros(run.debiased.train),
            labels: knownLabels(run.soft.train.margins, train.labels),
            weights: train.weights,
          },
          history: run.student.training?.history ?? [],
        })
      : undefined,
    teachers: each && (await measureTeachers(run, each, { test, validation, ...watch })),
    groupThresholds:
      thresholdGroups && (await measuredGroups(run, { test, probabilities: after, groups: thresholdGroups })),
    deferral: deferral && (await measuredBand(run.student, deferral, { test, student: after, teacher: ofTeacher })),
    thresholdValue: valueOnTest(rule, run.student.threshold, { probabilities: after, ...test }),
    baselines: others?.map(({ baseline }) => baseline),
    differences: differencesOf(
      test,
      { probabilities: after, scores: studentScores },
      {
        ...(anyTeacher && { teacher: { probabilities: before, scores, labels } }),
        ...Object.fromEntries((others ?? []).map(({ baseline, ...answers }) => [baseline.method, answers])),
      },
    ),
    groups: groups.flatMap((list) =>
      groupModels(list, labels, {
        teacher: { probabilities: before, threshold },
        student: { probabilities: after, threshold: run.student.threshold, thresholds },
        others,
        weights,
      }),
    ),
  };
  const [ofColumns, ofTeacherAnswers, studentWithTeacher, student] = await measured;
  const complete = { ...tests, importance: ofColumns, teacher: ofTeacherAnswers, studentWithTeacher, student };
  return { result: resultOf({ ...known, tests: complete }), margins };
}

/** Test rows times columns and resamples from which on threads are worth their start; about half a second. */
const WORTH = 5e7;

function worthThreads(rows: number, columns: number): boolean {
  return !isLarge(rows) && 1000 * columns * Math.min(2000, rows) + 3 * rows * replicatesOf(rows) >= WORTH;
}

/** Runs tasks at the same time in threads, or in turn without them. */
async function sideBySide<A, B, C, D>(
  threads: Threads | undefined,
  [a, b, c, d]: readonly [() => Promise<A>, () => Promise<B>, () => Promise<C>, () => Promise<D>],
): Promise<[A, B, C, D]> {
  return threads ? Promise.all([a(), b(), c(), d()]) : [await a(), await b(), await c(), await d()];
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

/** With more columns the importance of each takes long, and a page with all of them tells little. */
export const MOST_COLUMNS = 200;

/** The labels, with -1 for rows without a margin; the same object if all have one. */
function knownLabels(margins: Float64Array, labels: Int8Array): Int8Array {
  return knownRows(margins) ? labels.map((y, row) => (Number.isNaN(margins[row]) ? -1 : y)) : labels;
}

/** Zeros in the place of unknown margins, whose rows are not measured. */
function orZeros(margins: Float64Array): Float64Array {
  return orMargins(margins, new Float64Array(margins.length));
}

/** The threshold of a teacher by a rule, or the one that comes closest to it. @param margins of the validation rows */
function nearestThreshold(rule: ThresholdRule, margins: Float64Array, { labels, weights }: AnyDataset): number {
  const probabilities = orZeros(margins).map(sigmoid);
  return chooseOn(rule, rowsToChoose(rule, { probabilities, labels: knownLabels(margins, labels), weights })).threshold;
}

/** The metrics of each of several teachers, at its own threshold; undefined without labelled rows that it knows. */
async function measureTeachers(
  { soft, thresholdChoice }: Distillation,
  each: readonly SoftLabels[],
  { test, validation, ...watch }: { test: AnyDataset; validation: AnyDataset } & ProgressOptions,
): Promise<(Evaluation | undefined)[]> {
  const rule = parseThresholdRule(thresholdChoice.rule);
  const measured: (Evaluation | undefined)[] = [];
  for (const [k, { margins }] of each.entries()) {
    const heldOut = soft.validation.each?.[k]?.margins ?? new Float64Array(validation.rows).fill(NaN);
    const threshold = nearestThreshold(rule, heldOut, validation);
    const labels = knownLabels(margins, test.labels);
    const scores = orZeros(margins);
    const { weights } = test;
    const known = someRow(labels.length, countsIn({ labels, weights }));
    measured.push(
      known ? await evaluate(scores.map(sigmoid), labels, { threshold, scores, weights, ...watch }) : undefined,
    );
  }
  return measured;
}

/** What the student's deferral band gives on the test rows. */
async function measuredBand(
  { threshold, defer: band }: Student,
  deferral: Deferral,
  answers: Pick<TestAnswers, 'test' | 'student' | 'teacher'>,
): Promise<DeferralRecord | undefined> {
  if (!band) return undefined;
  // few students defer
  const { measureDeferral } = await import('./measure-deferral.ts');
  return { ...deferral, ...measureDeferral({ ...answers, threshold, band, by: deferral.by }) };
}

/** What the thresholds of groups give on the test rows. */
async function measuredGroups(
  { groupThresholds, student }: Distillation,
  { test, ...answers }: { test: AnyDataset } & Pick<GroupedAnswers, 'probabilities' | 'groups'>,
): Promise<GroupThresholdsRecord | undefined> {
  if (!groupThresholds) return undefined;
  // few students have them
  const { measureThresholds } = await import('./measure-group-thresholds.ts');
  const measured = measureThresholds({ student, rows: test, ...answers });
  return { ...groupThresholds, ...(measured && { test: measured }) };
}

/** What the threshold gives on the test rows, in the rule's metric. */
function valueOnTest(
  rule: ThresholdRule,
  threshold: number,
  { probabilities, labels, weights }: { probabilities: Float64Array } & Pick<AnyDataset, 'labels' | 'weights'>,
): Estimate {
  const rows = rowsToChoose(rule, { probabilities, labels, weights });
  return valueInterval(rule, threshold, sortRows(rows.probabilities, rows.targets, rows.weights));
}

/** A baseline's record, and its answers on the test rows. */
interface MeasuredBaseline {
  readonly baseline: Baseline;
  readonly probabilities: Float64Array;
  readonly scores: Float64Array;
}

async function measureBaselines(
  baselines: Baselines,
  test: AnyDataset,
  watch: ProgressOptions,
): Promise<MeasuredBaseline[]> {
  const made: MeasuredBaseline[] = [];
  for (const method of ['hard', 'kd'] as const) {
    const { threshold } = baselines[method];
    const scores = baselines[method].margins(test);
    const options = { threshold, scores, weights: test.weights, ...watch };
    const probabilities = baselines[method].predictProba(test);
    const { metrics } = await evaluate(probabilities, test.labels, options);
    made.push({ baseline: { method, threshold, metrics: { test: metrics } }, probabilities, scores });
  }
  return made;
}

interface Answers {
  readonly probabilities: Float64Array;
  /** What ranks the rows. */
  readonly scores: Float64Array;
  /** Default: those of the rows. */
  readonly labels?: Int8Array;
}

/** The student's metrics minus those of each other model. */
function differencesOf(
  { labels: known, weights }: AnyDataset,
  student: Answers,
  models: Partial<Record<keyof Differences, Answers>>,
): Differences {
  const found = Object.entries(models).flatMap(([name, { probabilities, scores, labels = known }]) => {
    const logLoss = pairedLogLoss([student.probabilities, probabilities], { labels, weights });
    const auc = weights ? undefined : pairedAuc([student.scores, scores], labels);
    return logLoss ? [[name, { logLoss, ...(auc && { auc }) }] as const] : [];
  });
  return Object.fromEntries(found);
}
