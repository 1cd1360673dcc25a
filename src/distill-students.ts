// Trains the students of a distillation, one for each strength of knowledge infusion.
import { textColumnsOf } from './data/encode-texts.ts';
import type { DistillOptions } from './distill-options.ts';
import type { Progress } from './io/progress.ts';
import { type InfusionForm, STRENGTHS } from './labels/infusion-forms.ts';
import { infuse, type Targets } from './labels/knowledge-infusion.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { regressionHint } from './loss/hints.ts';
import { getOrTrain } from './student/checkpoint-parts.ts';
import { rowWeights } from './student/class-weight.ts';
import { fit } from './student/fit.ts';
import type { PenaltyPath } from './student/fit-options.ts';
import type { Selection } from './student/selection.ts';
import { Student } from './student/student.ts';
import type { Features } from './teacher/features.ts';

/** A student trained on targets of one infusion strength. */
export interface Trial {
  readonly strength: number;
  /** Weight of the hint; absent without one. */
  readonly hint?: number | undefined;
  readonly student: Student;
  readonly selectionLoss: number;
}

/** The form of the infusion and the strengths to try. */
export function infusionOf({ infusion }: DistillOptions): { form: InfusionForm; strengths: readonly number[] } {
  const { form = 'mix', strength = 'auto' }: Partial<NonNullable<DistillOptions['infusion']>> = infusion ?? {};
  return { form, strengths: strength === 'auto' ? STRENGTHS[form] : [strength] };
}

/** The targets of one strength. @param margins de-biased margins of the training rows, float64 [rows] */
export function targetsOf(options: DistillOptions, margins: Float64Array, strength: number): Targets {
  const { temperature } = options.loss ?? debiasedDistillation();
  return infuse({ margins }, options.train, { form: infusionOf(options).form, strength, temperature });
}

/** The teacher's features of the training rows, standardised, and the weight of a hint. */
export interface Hint {
  readonly weight: number;
  readonly features: Features;
}

/**
 * Trains a student for each strength, and with a hint also one for each with it.
 * @param margins de-biased margins of the training rows, float64 [rows]
 * @param options.hint default none
 * @param options.around the penalty of a student of texts on the teacher's own answers, near which those of the strengths are looked for
 * @param options.onEnd called with the stage of each student that has ended
 */
export async function trainStudents(
  options: DistillOptions,
  margins: Float64Array,
  validation: Selection,
  {
    hint,
    around,
    onEnd,
  }: { hint?: Hint | undefined; around?: number | undefined; onEnd?: ((stage: string) => void) | undefined } = {},
): Promise<readonly Trial[]> {
  const { strengths } = infusionOf(options);
  const trials: Trial[] = [];
  const isText = textColumnsOf(options.train.preprocessing).length > 0;
  const wanted = [undefined, ...(hint ? [hint] : [])].flatMap((given) =>
    strengths.map((strength) => ({ strength, given })),
  );
  for (const [i, { strength, given }] of wanted.entries()) {
    const stage = wanted.length > 1 ? `student ${i + 1} of ${wanted.length}` : 'student';
    const near = trials[0]?.student.training?.penalty ?? around;
    const path = isText ? { around: near, rough: true } : undefined;
    const part = `strength ${strength}${given ? ', hint' : ''}`;
    const task = { targets: targetsOf(options, margins, strength), part, stage, path, hint: given };
    const student = await train(options, task, validation);
    onEnd?.(stage);
    trials.push({
      strength,
      ...(given && { hint: given.weight }),
      student,
      selectionLoss: student.training?.selectionLoss ?? NaN,
    });
  }
  return trials;
}

/** The student of a trial, fitted closer to its minimum if it is a logistic student of texts, whose trials are rough. */
export async function finishStudent(
  options: DistillOptions,
  { student, strength }: Trial,
  margins: Float64Array,
  validation: Selection,
): Promise<Student> {
  const { penalty } = student.training ?? {};
  if (penalty === undefined || textColumnsOf(options.train.preprocessing).length === 0) return student;
  const path = { penalties: [penalty] };
  const task = { targets: targetsOf(options, margins, strength), part: 'closer fit', stage: 'student', path };
  const closer = await train(options, task, validation);
  // the record tells how the penalty was found
  return new Student({ ...closer, training: student.training });
}

/** Trains one student, or takes it from the checkpoint. */
function train(
  options: DistillOptions,
  {
    targets,
    part,
    stage,
    path,
    hint,
  }: { targets: Targets; part: string; stage: string; path: PenaltyPath | undefined; hint?: Hint | undefined },
  validation: Selection,
): Promise<Student> {
  const { train: rows, student: architecture, loss = debiasedDistillation(), checkpoint, signal, onProgress } = options;
  const { seed, epochs, batchSize, optimizer, dropout, augment, earlyStopping } = options;
  return getOrTrain(checkpoint, part, () =>
    fit(architecture, rows, targets, hint ? regressionHint(loss, { weight: hint.weight }) : loss, {
      features: hint?.features,
      ...{ seed, epochs, batchSize, optimizer, dropout, augment, earlyStopping, validation, path, signal },
      weights: rowWeights(rows.labels, options.classWeight, rows.weights),
      resume: checkpoint && { checkpoint, part: `${part}, in training` },
      onProgress: (progress: Progress) => onProgress?.({ ...progress, stage }),
    }),
  );
}
