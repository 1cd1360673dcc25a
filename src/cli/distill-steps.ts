// The steps of `debkd distill` and their expected times, for its progress.
import { stat } from 'node:fs/promises';
import type { AnyDataset } from '../data/dataset.ts';
import { rawNames } from '../data/raw-inputs.ts';
import { askedTeachers, distillFacts, trainingFacts } from '../distill-facts.ts';
import type { CompleteOptions, Distillation } from '../distill-options.ts';
import { answerSeconds, distillSteps, expected, studentSeconds } from '../distill-plan.ts';
import { infusionOf } from '../distill-students.ts';
import type { Step } from '../io/step.ts';
import { replicatesOf } from '../metrics/evaluation.ts';
import { MOST_COLUMNS } from '../report/measure-test-rows.ts';
import type { Part } from '../report/result.ts';
import type { DistillSettings } from '../settings/training.ts';
import { text, type Values } from '../settings/values.ts';

/** Seconds of a machine with two cores that are in use, by test/evidence/stage-times.mjs. */
const SECONDS = {
  /** A byte of a table's text, which is read. */
  byte: 2e-7,
  /** A value that is checked, in memory and in a file. */
  value: { kept: 2e-7, stored: 2.5e-6 },
  /** A byte of a table, in all steps after it is read. */
  rest: 8e-7,
  /** Opening the teacher, and any work other than the table's. */
  opening: 0.5,
  least: 3,
  /** A row of a resample of the test rows. */
  resampled: 1.5e-8,
};
/** Steps of a distillation other than students: the teacher's answers, label de-biasing and threshold. */
const OTHERS = 3;

export const CHECKS = 'checks';

const READ = { stage: 'reading rows', name: 'reading the table' };
const ENCODE = { stage: 'encoding', name: 'encoding the rows' };
const DISTIL = { stage: 'distil', name: 'distilling' };

/** The steps before the table is read: guesses by the size of its file. @param work what is done with it */
export async function guessedSteps(values: Values, work: Pick<Step, 'stage' | 'name' | 'steps'>): Promise<Step[]> {
  const file = await stat(text(values, 'data') ?? '').catch(() => undefined);
  const bytes = file?.isFile() ? file.size : 0;
  return [
    { ...READ, seconds: SECONDS.opening + SECONDS.byte * bytes },
    { ...ENCODE, seconds: 0.5 * SECONDS.byte * bytes },
    { ...work, seconds: SECONDS.least + SECONDS.rest * bytes },
  ];
}

/** The same for `debkd distill`. */
export async function guessedDistillSteps(values: Values, settings: DistillSettings): Promise<Step[]> {
  const students = infusionOf(settings as CompleteOptions).strengths.length;
  return [
    ...(await guessedSteps(values, { ...DISTIL, steps: OTHERS + students })),
    ...baselines(values, () => 0),
    ...ends({ checks: 0, answers: 0, importance: 0, intervals: 0, replicates: 1, isAsked: true }),
  ];
}

/** The steps that follow when the table is encoded. */
export function stepsOf(values: Values, options: CompleteOptions, data: Readonly<Record<Part, AnyDataset>>): Step[] {
  const inner = expected(() => distillSteps(distillFacts(options)));
  const seconds = inner.reduce((sum, step) => sum + step.seconds, 0);
  return [{ ...DISTIL, seconds, steps: inner.length }, ...lastSteps(values, options, data)];
}

/** The steps after the distillation. @param run the distillation, whose times tell more */
export function lastSteps(
  values: Values,
  options: CompleteOptions,
  data: Readonly<Record<Part, AnyDataset>>,
  run?: Distillation,
): Step[] {
  const { test, train, validation } = data;
  const { width } = test.features;
  const rows = test.rows + train.rows + validation.rows;
  const answers = run
    ? (test.rows * run.timing.labelSeconds) / (train.rows + validation.rows)
    : askedTeachers(options.teacher) * answerSeconds(test.rows, width);
  // the teacher, the student and the baselines
  const models = values['baselines'] ? 4 : 2;
  const intervals = models * SECONDS.resampled * test.rows * replicatesOf(test.rows);
  return [
    ...baselines(values, () => expected(() => [studentSeconds(trainingFacts(options), 2)])[0] ?? 0),
    ...ends({
      importance: importanceSeconds(test),
      checks: SECONDS.value['read' in test.features ? 'stored' : 'kept'] * width * rows,
      answers,
      intervals,
      replicates: models * replicatesOf(test.rows),
      isAsked: askedTeachers(options.teacher) > 0,
    }),
  ];
}

function baselines(values: Values, seconds: () => number): Step[] {
  if (!values['baselines']) return [];
  return [
    { stage: 'baseline, labels only', name: 'training a student on the labels only', seconds: seconds() },
    { stage: 'baseline, plain KD', name: 'training a student by plain distillation', seconds: seconds() },
  ];
}

/** The seconds of the permutations of each column (permutationImportance). Its resamples take most of them. */
function importanceSeconds({ rows, preprocessing }: AnyDataset): number {
  const columns = rawNames(preprocessing.columns).length;
  return columns < 2 || columns > MOST_COLUMNS
    ? 0
    : SECONDS.resampled * Math.min(2e8, 1000 * columns * Math.min(2000, rows));
}

function ends({
  checks,
  answers,
  importance,
  intervals,
  replicates,
  isAsked,
}: Record<'checks' | 'answers' | 'importance' | 'intervals' | 'replicates', number> & { isAsked: boolean }): Step[] {
  return [
    { stage: CHECKS, name: 'checking the table', seconds: checks },
    ...(isAsked ? [{ stage: 'soft labels', name: 'asking the teacher about the test rows', seconds: answers }] : []),
    { stage: 'importance', name: 'measuring the importance of the columns', seconds: importance },
    { stage: 'intervals', name: 'measuring on the test rows', seconds: intervals, units: replicates },
  ];
}
