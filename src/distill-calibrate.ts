// Calibrates the trained student of a distillation.
import { eachOf, type hiddenFeaturesOf } from './distill-labels.ts';
import type { Distillation, DistillOptions } from './distill-options.ts';
import { type Trial, targetsOf } from './distill-students.ts';
import { debiasedWithout } from './labels/debias-without.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { type Calibration, calibrate } from './student/calibrate.ts';
import { rowWeights } from './student/class-weight.ts';
import { crossCalibrate, crossCalibrates } from './student/cross-calibrate.ts';
import type { Student } from './student/student.ts';

/**
 * Calibrates a student: on the labelled rows of both parts if it is a logistic student of texts with few labels, else on the
 * validation rows. The former chooses the threshold as well.
 */
export async function calibrateStudent(
  options: DistillOptions,
  { student, strength }: Trial,
  {
    soft,
    features,
    ...fitted
  }: Pick<Distillation, 'soft' | 'debias' | 'debiased' | 'leakage'> & { features: BothFeatures },
): Promise<{ student: Student; calibration: Calibration | undefined; hasThreshold?: boolean }> {
  const { train, validation, loss = debiasedDistillation(), classWeight, signal } = options;
  const without = crossCalibrates(student, { train, validation })
    ? debiasedWithout(
        fitted,
        { data: train, margins: soft.train.margins, teachers: eachOf(soft.train), features: features?.train },
        {
          data: validation,
          margins: soft.validation.margins,
          teachers: eachOf(soft.validation),
          features: features?.validation,
        },
      )
    : undefined;
  if (!without) return calibrate(student, validation);
  const made = await crossCalibrate(student, {
    ...{ train, validation, loss, signal },
    weights: rowWeights(train.labels, classWeight, train.weights),
    targetsWithout: (fold) => targetsOf(options, without(fold), strength),
  });
  return { ...made, hasThreshold: true };
}

/** The teacher's features of both parts, if there are some. */
type BothFeatures = Awaited<ReturnType<typeof hiddenFeaturesOf>>;
