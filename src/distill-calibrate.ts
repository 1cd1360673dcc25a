// Calibrates the trained student of a distillation, and chooses its threshold.
import { textColumnsOf } from './data/encode-texts.ts';
import { type HiddenFeatures, labelledParts } from './distill-labels.ts';
import type { CompleteOptions, Distillation } from './distill-options.ts';
import { type Trial, targetsOf } from './distill-students.ts';
import { debiasedWithout } from './labels/debias-without.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { type Calibration, calibrate, calibrateOnTargets } from './student/calibrate.ts';
import { rowWeights } from './student/class-weight.ts';
import { crossCalibrate, crossCalibrates } from './student/cross-calibrate.ts';
import type { Selection } from './student/selection.ts';
import { setThreshold, type ThresholdChoice } from './student/set-threshold.ts';
import type { Student } from './student/student.ts';

/** What a distillation knows when its student is trained. */
type Trained = Pick<Distillation, 'soft' | 'debias' | 'debiased' | 'leakage'> & {
  readonly features: HiddenFeatures | undefined;
  readonly selection: Selection;
  /** How the threshold is chosen. */
  readonly choice: ThresholdChoice;
};

/**
 * Calibrates a student if the options ask for it, by default a student of texts or images, and chooses its threshold. A logistic student of
 * texts with few validation labels uses the labelled rows of both parts for both, any other student the validation rows. A student of
 * images is calibrated on the targets that selected it.
 */
export async function calibrateStudent(
  options: CompleteOptions,
  { student, strength }: Trial,
  { soft, features, selection, choice, ...fitted }: Trained,
): Promise<Pick<Distillation, 'student' | 'thresholdBy'> & { calibration: Calibration | undefined }> {
  const { train, validation, loss = debiasedDistillation(), classWeight, signal } = options;
  const weights = rowWeights(train.labels, classWeight, train.weights);
  const finish = (made: Student): Pick<Distillation, 'student' | 'thresholdBy'> => ({
    student: setThreshold(made, validation, choice),
    thresholdBy: choice.targets ? 'corrected labels' : 'labels',
  });
  const isOfImages = student.architecture.conv !== undefined;
  const isAsked = options.calibrate ?? (isOfImages || textColumnsOf(train.preprocessing).length > 0);
  // class weights shift the margins on purpose
  if (!isAsked || rowWeights(train.labels, classWeight) !== undefined)
    return { ...finish(student), calibration: undefined };
  if (isOfImages && options.select !== 'labels') {
    const made = await calibrateOnTargets(student, selection);
    return { ...made, ...finish(made.student) };
  }
  const without = crossCalibrates(student, { train, validation })
    ? debiasedWithout(fitted, ...labelledParts(options, soft, features))
    : undefined;
  if (without) {
    const targetsWithout = (fold: number) => targetsOf(options, without(fold), strength);
    const made = await crossCalibrate(student, {
      train,
      validation,
      loss,
      signal,
      weights,
      targetsWithout,
      rule: choice.rule,
    });
    return { ...made, thresholdBy: 'labels' };
  }
  const made = await calibrate(student, validation);
  return { ...made, ...finish(made.student) };
}
