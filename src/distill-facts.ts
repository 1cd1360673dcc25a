// What the progress of a distillation is planned by. This file is loaded with every distillation, the plan only where progress is asked for.
import { countLabels } from './data/count-labels.ts';
import { textColumnsOf } from './data/encode-texts.ts';
import { hintOf } from './distill-hint.ts';
import { wantedLayer } from './distill-labels.ts';
import type { CompleteOptions } from './distill-options.ts';
import { infusionOf } from './distill-students.ts';
import { debiasesRichly } from './labels/candidates.ts';
import { isFew, rarerLabels } from './labels/few-labels.ts';
import type { InfusionForm } from './labels/infusion-forms.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { type Budget, checkFitOptions } from './student/fit-options.ts';
import { isExact } from './student/optimizer.ts';
import { rowProducts } from './student/row-products.ts';
import type { Teacher } from './teacher/teacher.ts';

/** What students are trained on. */
export interface TrainingFacts {
  readonly rows: number;
  readonly fields: number;
  readonly isText: boolean;
  /** Whether the student is fitted to its minimum. */
  readonly isExact: boolean;
  readonly budget: Budget;
  /** Multiplications of a row. */
  readonly products: number;
}

/** What the teacher is asked about, and what its labels are corrected by. */
export interface LabelFacts {
  /** Rows of both parts. */
  readonly rows: number;
  readonly labelled: number;
  readonly width: number;
  readonly fields: number;
  /** Teachers that are asked; soft labels that are given are read. */
  readonly asked: number;
  readonly debias: string;
  readonly isRich: boolean;
  readonly isFew: boolean;
}

export interface DistillFacts {
  readonly training: TrainingFacts;
  readonly labels: LabelFacts;
  readonly withFeatures: boolean;
  readonly form: InfusionForm;
  readonly strengths: readonly number[];
  readonly withHint: boolean;
}

export function distillFacts(
  options: CompleteOptions,
  withFeatures: boolean = wantedLayer(options) !== undefined,
): DistillFacts {
  return {
    training: trainingFacts(options),
    labels: labelFacts(options),
    withFeatures,
    ...infusionOf(options),
    withHint: withFeatures && hintOf(options) !== undefined,
  };
}

export function trainingFacts(
  options: Pick<
    CompleteOptions,
    'student' | 'train' | 'loss' | 'seed' | 'epochs' | 'batchSize' | 'optimizer' | 'dropout'
  >,
): TrainingFacts {
  const { student, train, loss = debiasedDistillation(), optimizer } = options;
  const { features, rows } = train;
  const { fields } = features;
  return {
    rows,
    fields,
    isText: textColumnsOf(train.preprocessing).length > 0,
    isExact: isExact(student, loss, optimizer),
    budget: checkFitOptions(options, rows, fields).budget,
    products: rowProducts(features, student),
  };
}

export function labelFacts({
  teacher,
  train,
  validation,
  debias = 'auto',
}: Pick<CompleteOptions, 'teacher' | 'train' | 'validation' | 'debias'>): LabelFacts {
  const parts = [train, validation];
  return {
    rows: train.rows + validation.rows,
    labelled: countLabels({ labels: train.labels }, { labels: validation.labels }).rows,
    width: train.features.width,
    fields: train.features.fieldColumns.length,
    asked: askedTeachers(teacher),
    debias,
    isRich: debiasesRichly(parts),
    isFew: isFew(rarerLabels(parts)),
  };
}

/** How many models are asked; soft labels that are given are read, and a student answers at once. */
export function askedTeachers(teacher: Teacher): number {
  return (teacher.parts ?? [teacher]).filter(({ given, student }) => !given && !student).length;
}
