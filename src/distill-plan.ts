// The steps of a distillation and their expected times, for its progress.
import type { DistillFacts, LabelFacts, TrainingFacts } from './distill-facts.ts';
import type { Step } from './io/step.ts';

/**
 * Seconds of a machine with two cores that are in use, by test/evidence/stage-times.mjs. They are right to a factor of about 3: those of the steps
 * that have run correct them.
 */
const SECONDS = {
  /** The teacher: a row, and each of its values; it may be far slower. */
  answer: { row: 2.5e-5, value: 1e-7 },
  /** Label de-biasing: a labelled row, and each of its fields, for all maps of a fold; with few maps. */
  maps: { row: 3.5e-5, field: 1.1e-6, few: 1e-6 },
  /** A row and each multiplication of the student in an epoch; each field of a row in a logistic fit; a row of texts. */
  training: { row: 1.8e-7, product: 4.5e-10, exact: 2e-6, text: 5e-5 },
  /** The end: a row, and each of its values. */
  end: { row: 4e-6, value: 2e-8 },
};

/** Fits of label de-biasing: without each fold, and on all rows. With few labels, cross-fitting is repeated. */
const FITS = 6;
const REPEATED = 26;
/**
 * How long students train, in the fewest epochs, where the validation rows end training. Labels are noisier than a teacher: with a larger
 * strength of infusion training ends sooner.
 */
const LENGTHS: readonly number[] = [24, 6, 2, 2, 2, 1.5];

/** The steps of `distill`. */
export function distillSteps({ training, labels, withFeatures, form, strengths, withHint }: DistillFacts): Step[] {
  const { text } = SECONDS.training;
  const { rows } = labels;
  const { isText, budget } = training;
  const wanted = [false, true]
    .slice(0, withHint ? 2 : 1)
    .flatMap((hinted) => strengths.map((mix, i) => ({ mix, i, hinted })));
  const students = wanted.map(({ mix, i, hinted }, k): Step => {
    const stage = wanted.length > 1 ? `student ${k + 1} of ${wanted.length}` : 'student';
    const labelled = form === 'none' ? '' : form === 'mix' ? `, label mix ${mix}` : `, labels by ${form} ${mix}`;
    return {
      stage,
      name: `training ${wanted.length > 1 ? stage : 'the student'}${labelled}${hinted ? ', with a hint' : ''}`,
      seconds: studentSeconds(training, LENGTHS[Math.min(i, LENGTHS.length - 1)] as number),
      kind: 'student',
      grows: budget.patience !== Infinity,
    };
  });
  return [
    ...teacherSteps(labels, withFeatures),
    ...(isText ? [{ stage: 'n-grams', name: 'weighing rare words', seconds: 10 * text * rows }] : []),
    {
      stage: 'label de-biasing',
      name: labels.debias === 'none' ? "taking the teacher's labels" : "removing the teacher's bias",
      seconds: debiasSeconds(labels),
    },
    ...students,
    ...(isText ? [{ stage: 'student', name: 'fitting the best student closer', seconds: 3 * text * rows }] : []),
    {
      stage: 'threshold',
      name: 'choosing the threshold',
      seconds: rows * (SECONDS.end.row + SECONDS.end.value * labels.width),
    },
  ];
}

/** The teacher's soft labels, and its hidden layer from the same runs of the model. */
export function teacherSteps({ asked, rows, width }: LabelFacts, withFeatures: boolean): Step[] {
  if (asked === 0) return [];
  return [
    {
      kind: 'teacher',
      stage: 'soft labels',
      name: `asking the teacher (${withFeatures ? 'soft labels and hidden layer' : 'soft labels'})`,
      units: rows * asked,
      seconds: answerSeconds(rows, width) * asked,
    },
  ];
}

/** Expected seconds of a teacher. @param width of the encoded rows */
export function answerSeconds(rows: number, width: number): number {
  return rows * (SECONDS.answer.row + SECONDS.answer.value * width);
}

/** Expected seconds of a student. @param length in the fewest epochs, where the validation rows end training */
export function studentSeconds(
  { rows, fields, isText, isExact, budget, products }: TrainingFacts,
  length: number,
): number {
  const { row, product, exact, text } = SECONDS.training;
  if (isText) return 3 * text * rows;
  if (isExact) return exact * rows * fields;
  const epochs = Math.min(budget.most, budget.least * (budget.patience === Infinity ? 1 : length));
  return epochs * rows * (row + product * products);
}

/** Expected seconds of label de-biasing. */
export function debiasSeconds({ debias, labelled, isRich, isFew, fields }: LabelFacts): number {
  const { row, field, few } = SECONDS.maps;
  return labelled * (isFew ? REPEATED : FITS) * (isRich && debias !== 'none' ? row + field * fields : few);
}

/** What is expected; nothing of wrong options, which the call itself refuses. */
export function expected<T>(make: () => readonly T[]): readonly T[] {
  try {
    return make();
  } catch {
    return [];
  }
}
