// The steps of a distillation and their expected times, for its progress.
import type { AnyDataset } from './data/dataset.ts';
import { textColumnsOf } from './data/encode-texts.ts';
import { hintOf } from './distill-hint.ts';
import { wantedLayer } from './distill-labels.ts';
import type { DistillOptions } from './distill-options.ts';
import { infusionOf } from './distill-students.ts';
import type { Step } from './io/overall.ts';
import { networkLayout } from './kernels/trunk-layout.ts';
import { debiasesRichly } from './labels/candidates.ts';
import { isFew, rarerLabels } from './labels/few-labels.ts';
import type { InfusionForm } from './labels/infusion-forms.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import type { Architecture } from './student/architecture.ts';
import { checkFitOptions } from './student/fit-options.ts';
import { inputsOf } from './student/network.ts';
import { isExact } from './student/optimizer.ts';
import type { Teacher } from './teacher/teacher.ts';

/**
 * Seconds of an idle machine with two cores, by test/evidence/stage-times.mjs. They are right to a factor of about 3: those of the steps
 * that have run correct them.
 */
const SECONDS = {
  /** The teacher: a row, and each of its values; it may be far slower. */
  answer: { row: 2.5e-5, value: 1e-7 },
  /** Label de-biasing: a labelled row, and each of its fields, for all maps of a fold; with few maps. */
  maps: { row: 2e-5, field: 6.5e-7, few: 1e-6 },
  /** A row and each multiplication of the student in an epoch; each field of a row in a logistic fit; a row of texts. */
  training: { row: 1e-7, product: 2.5e-10, exact: 2e-6, text: 5e-5 },
  /** The end: a row, and each of its values. */
  end: { row: 4e-6, value: 2e-8 },
};

/** Fits of label de-biasing: without each fold, and on all rows. */
const FITS = 6;
/**
 * How long students train, in the fewest epochs, where the validation rows end training. Labels are noisier than a teacher: with a larger
 * strength of infusion training ends sooner.
 */
const LENGTHS: readonly number[] = [24, 6, 2, 2, 2, 1.5];

/** The steps of `distill`. @param withFeatures whether the teacher's hidden layer is read */
export function distillSteps(
  options: DistillOptions,
  withFeatures: boolean = wantedLayer(options) !== undefined,
): Step[] {
  const { teacher, train, validation, debias = 'auto' } = options;
  const rows = train.rows + validation.rows;
  const { width } = train.features;
  const isText = textColumnsOf(train.preprocessing).length > 0;
  const asked = askedTeachers(teacher);
  const answers = { kind: 'teacher', seconds: answerSeconds(rows, width) };
  return [
    ...(asked > 0
      ? [
          {
            ...{ ...answers, stage: 'soft labels', name: 'asking the teacher (soft labels)' },
            ...{ units: rows * asked, seconds: answers.seconds * asked },
          },
        ]
      : []),
    ...(withFeatures
      ? [{ ...answers, stage: 'features', name: 'asking the teacher for its hidden layer', units: rows + 1 }]
      : []),
    ...(isText ? [{ stage: 'n-grams', name: 'weighing rare words', seconds: 10 * SECONDS.training.text * rows }] : []),
    {
      stage: 'label de-biasing',
      name: debias === 'none' ? "taking the teacher's labels" : "removing the teacher's bias",
      seconds: debiasSeconds(options),
    },
    ...studentSteps(options, withFeatures ? hintOf(options) !== undefined : false),
    ...(isText
      ? [{ stage: 'student', name: 'fitting the best student closer', seconds: 3 * SECONDS.training.text * rows }]
      : []),
    {
      stage: 'threshold',
      name: 'choosing the threshold',
      seconds: rows * (SECONDS.end.row + SECONDS.end.value * width),
    },
  ];
}

/** How many teachers are asked; soft labels that are given are read. */
export function askedTeachers(teacher: Teacher): number {
  return (teacher.parts ?? [teacher]).filter(({ given }) => !given).length;
}

/** Expected seconds of a teacher. @param width of the encoded rows */
export function answerSeconds(rows: number, width: number): number {
  return rows * (SECONDS.answer.row + SECONDS.answer.value * width);
}

/** Expected seconds of a student. @param length in the fewest epochs, where the validation rows end training */
export function studentSeconds(
  options: Pick<
    DistillOptions,
    'student' | 'train' | 'loss' | 'seed' | 'epochs' | 'batchSize' | 'optimizer' | 'dropout'
  >,
  length: number,
): number {
  const { student, train, loss = debiasedDistillation() } = options;
  const { row, product, exact, text } = SECONDS.training;
  if (textColumnsOf(train.preprocessing).length > 0) return 3 * text * train.rows;
  if (isExact(student, loss, options.optimizer)) return exact * train.rows * fieldsOf(train);
  const { budget } = checkFitOptions(options, train.rows);
  const epochs = Math.min(budget.most, budget.least * (budget.patience === Infinity ? 1 : length));
  return epochs * train.rows * (row + product * productsOf(train, student));
}

/** Multiplications of a row in a student. Of a field that is one-hot, one value is not 0. */
function productsOf(train: AnyDataset, student: Architecture): number {
  const { stages, size } = networkLayout(inputsOf(train.features), student);
  const [first = 1] = student.hidden;
  const dense = size - (stages.length > 0 ? 0 : (train.features.width - fieldsOf(train)) * first);
  return stages.reduce((sum, { outHeight, outWidth, outputs }) => sum + 30 * outHeight * outWidth * outputs, dense);
}

function fieldsOf({ features }: Pick<AnyDataset, 'features'>): number {
  return features.fieldColumns.length;
}

/** Expected seconds of label de-biasing. */
export function debiasSeconds({
  train,
  validation,
  debias = 'auto',
}: Pick<DistillOptions, 'train' | 'validation' | 'debias'>): number {
  const { row, field, few } = SECONDS.maps;
  const rows = [train, validation].reduce((sum, { labels }) => sum + labels.filter((y) => y >= 0).length, 0);
  const isRich = debias !== 'none' && debiasesRichly([train, validation]);
  const many = isFew(rarerLabels([train, validation])) ? FITS - 1 : 1;
  return rows * many * FITS * (isRich ? row + field * fieldsOf(train) : few);
}

function studentSteps(options: DistillOptions, hasHint: boolean): Step[] {
  const { form, strengths } = infusionOf(options);
  const { budget } = checkFitOptions(options, options.train.rows);
  const wanted = [false, ...(hasHint ? [true] : [])].flatMap((hinted) =>
    strengths.map((strength, place) => ({ strength, place, hinted })),
  );
  return wanted.map(({ strength, place, hinted }, i) => {
    const of = wanted.length > 1 ? `student ${i + 1} of ${wanted.length}` : 'student';
    return {
      stage: of,
      name: `training ${wanted.length > 1 ? of : 'the student'}${mixText(form, strength)}${hinted ? ', with a hint' : ''}`,
      seconds: studentSeconds(options, LENGTHS[Math.min(place, LENGTHS.length - 1)] as number),
      kind: 'student',
      grows: budget.patience !== Infinity,
    };
  });
}

function mixText(form: InfusionForm, strength: number): string {
  if (form === 'none') return '';
  return form === 'mix' ? `, label mix ${strength}` : `, labels by ${form} ${strength}`;
}

/** What is expected; nothing of wrong options, which the call itself refuses. */
export function expected<T>(make: () => readonly T[]): readonly T[] {
  try {
    return make();
  } catch {
    return [];
  }
}
