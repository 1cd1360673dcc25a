// Measures a distillation on its labelled test rows.
import type { Baselines } from '../compare/baselines.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { isLarge } from '../data/large.ts';
import { rawNames } from '../data/raw-inputs.ts';
import { countsIn } from '../data/row-weights.ts';
import { someRow } from '../data/rows-where.ts';
import type { Distillation } from '../distill-options.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import type { Threads } from '../io/threads.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { evaluateInThreads } from '../metrics/evaluate-task.ts';
import { replicatesOf } from '../metrics/evaluation.ts';
import type { Estimate } from '../metrics/metric.ts';
import { pairedAuc } from '../metrics/paired-auc.ts';
import { rowsToChoose } from '../metrics/threshold.ts';
import { sortRows } from '../metrics/threshold-by-rule.ts';
import { valueInterval } from '../metrics/threshold-estimate.ts';
import { parseThresholdRule, type ThresholdRule } from '../metrics/threshold-rule.ts';
import type { Deferral } from '../student/choose-deferral.ts';
import type { Student } from '../student/student.ts';
import type { SoftLabels } from '../teacher/soft-labels.ts';
import { figuresOf } from './figures-data.ts';
import type { ResultInputs } from './make-result.ts';
import type { DeferralRecord, TestAnswers } from './measure-deferral.ts';
import type { GroupedAnswers, GroupThresholdsRecord } from './measure-group-thresholds.ts';
import { groupModels } from './measure-groups.ts';
import { knownLabels, measureBaselines, measureTeachers, nearestThreshold, orZeros } from './measure-models.ts';
import { pairedLogLoss } from './paired-losses.ts';
import type { Differences, Part } from './result.ts';

/** What to measure, and with what. */
export interface TestMeasures extends ProgressOptions {
  readonly data: Readonly<Record<Part, AnyDataset>>;
  /** The teacher's answers to the test rows. */
  readonly answers: SoftLabels;
  /** The threshold of each test row by its group, float64 [rows]; undefined for a student with one threshold. */
  readonly thresholds: Float64Array | undefined;
  readonly groups: readonly (readonly string[])[];
  readonly thresholdGroups: readonly string[] | undefined;
  readonly baselines: Baselines | undefined;
  readonly importance: boolean | undefined;
  readonly deferral: Deferral | undefined;
  readonly threads: number;
  readonly meanwhile: (() => void) | undefined;
}

/** Measures the student, the teacher, several teachers and baselines. The slow measures run in threads, where that saves time. */
export async function measureTestRows(
  run: Distillation,
  options: TestMeasures,
): Promise<NonNullable<ResultInputs['tests']>> {
  const { data, answers, thresholds, baselines, deferral, thresholdGroups, groups, meanwhile } = options;
  const watch: ProgressOptions = { onProgress: options.onProgress, signal: options.signal };
  const { train, validation, test } = data;
  const { weights } = test;
  const { margins, each } = answers;
  // the teacher is measured on the rows with a soft label, and compared with the student there
  const labels = knownLabels(margins, test.labels);
  const rule = parseThresholdRule(run.thresholdChoice.rule);
  const scores = orZeros(margins);
  const teacher = {
    probabilities: scores.map(sigmoid),
    scores,
    threshold: nearestThreshold(rule, run.soft.validation.margins, validation),
  };
  const student = {
    probabilities: run.student.predictProba(test),
    scores: run.student.margins(test),
    threshold: run.student.threshold,
  };
  const isTaught = someRow(labels.length, countsIn({ labels, weights }));
  const columns = columnsToMeasure(run.student, options.importance);
  // in a file of its own, which finds the program of the threads in the same folder
  using threads =
    options.threads > 1 && worthThreads(test.rows, columns)
      ? (await import('../threads/open-threads.ts')).openThreads(options.threads)
      : undefined;
  const { threshold, scores: studentScores } = student;
  const ofStudent = { threshold, scores: studentScores, thresholds, weights, ...watch };
  const measured = sideBySide(threads, [
    async () =>
      columns > 0
        ? (await import('./importance.ts')).permutationImportance(run.student, test, { threads, ...watch })
        : undefined,
    async () =>
      isTaught
        ? evaluateInThreads(threads, teacher.probabilities, labels, {
            threshold: teacher.threshold,
            scores,
            weights,
            ...watch,
          })
        : undefined,
    async () =>
      isTaught && labels !== test.labels
        ? evaluateInThreads(threads, student.probabilities, labels, ofStudent)
        : undefined,
    async () => evaluateInThreads(threads, student.probabilities, test.labels, ofStudent),
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
    figures: isTaught
      ? figuresOf({
          test: { teacher: scores, student: student.probabilities, labels, weights },
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
      thresholdGroups &&
      (await measuredGroups(run, { test, probabilities: student.probabilities, groups: thresholdGroups })),
    deferral:
      deferral &&
      (await measuredBand(run.student, deferral, {
        test,
        student: student.probabilities,
        teacher: isTaught ? { probabilities: margins.map(sigmoid), threshold: teacher.threshold } : undefined,
      })),
    thresholdValue: valueOnTest(rule, student.threshold, { ...test, probabilities: student.probabilities }),
    baselines: others?.map(({ baseline }) => baseline),
    differences: differencesOf(test, student, {
      ...(isTaught && { teacher: { ...teacher, labels } }),
      ...Object.fromEntries((others ?? []).map(({ baseline, ...model }) => [baseline.method, model])),
    }),
    groups: groups.flatMap((list) =>
      groupModels(list, labels, { teacher, student: { ...student, thresholds }, others, weights }),
    ),
  };
  const [importance, ofTeacher, studentWithTeacher, ofStudentAlone] = await measured;
  return { ...tests, importance, teacher: ofTeacher, studentWithTeacher, student: ofStudentAlone };
}

/** With more columns the importance of each takes long, and a page with all of them tells little. */
export const MOST_COLUMNS = 200;

/** How many columns to measure the importance of. @param asked whether it is wanted; default for 2 to MOST_COLUMNS columns */
function columnsToMeasure({ preprocessing }: Student, asked: boolean | undefined): number {
  const columns = rawNames(preprocessing.columns).length;
  return (asked ?? (columns > 1 && columns <= MOST_COLUMNS)) ? columns : 0;
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
