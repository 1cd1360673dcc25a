// Trains the students of a distillation, one for each strength of knowledge infusion.
import type { DistillOptions } from './distill-options.ts';
import type { Progress } from './io/progress.ts';
import { type InfusionForm, STRENGTHS } from './labels/infusion-forms.ts';
import { infuse, type Targets } from './labels/knowledge-infusion.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { getOrTrain } from './student/checkpoint-parts.ts';
import { rowWeights } from './student/class-weight.ts';
import { fit } from './student/fit.ts';
import type { Selection } from './student/selection.ts';
import type { Student } from './student/student.ts';

/** A student trained on targets of one infusion strength. */
export interface Trial {
  readonly strength: number;
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

/** Trains a student for each strength. @param margins de-biased margins of the training rows, float64 [rows] */
export async function trainStudents(
  options: DistillOptions,
  margins: Float64Array,
  validation: Selection,
): Promise<readonly Trial[]> {
  const { train, student: architecture, loss = debiasedDistillation(), checkpoint, signal, onProgress } = options;
  const { seed, epochs, batchSize, optimizer, dropout, earlyStopping } = options;
  const weights = rowWeights(train.labels, options.classWeight, train.weights);
  const { strengths } = infusionOf(options);
  const trials: Trial[] = [];
  for (const [i, strength] of strengths.entries()) {
    const stage = strengths.length > 1 ? `student ${i + 1} of ${strengths.length}` : 'student';
    const part = `strength ${strength}`;
    const student = await getOrTrain(checkpoint, part, () =>
      fit(architecture, train, targetsOf(options, margins, strength), loss, {
        seed,
        epochs,
        batchSize,
        optimizer,
        dropout,
        earlyStopping,
        weights,
        validation,
        signal,
        resume: checkpoint && { checkpoint, part: `${part}, in training` },
        onProgress: (progress: Progress) => onProgress?.({ ...progress, stage }),
      }),
    );
    trials.push({ strength, student, selectionLoss: student.training?.selectionLoss ?? NaN });
  }
  return trials;
}
