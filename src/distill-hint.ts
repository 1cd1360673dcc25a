// Whether a distillation gives its students a hint: where labels of one class are few, the teacher's hidden layer tells what they cannot.
import { textColumnsOf } from './data/encode-texts.ts';
import type { CompleteOptions } from './distill-options.ts';
import type { Trial } from './distill-students.ts';
import { hintFactor, isFew, rarerLabels } from './labels/few-labels.ts';
import { clearlyBetter } from './student/clearly-better.ts';
import type { Selection } from './student/selection.ts';

/** The weight of a hint with many labels. */
const WEIGHT = 0.5;

/**
 * The weight of the hint to try; undefined where students are trained without: with enough labels, for students without a hidden layer
 * and those of texts or images, students that go on from an earlier one, with a hint in the loss, and without the teacher's features.
 */
export function hintOf({ train, validation, student, from, loss, ablate = [] }: CompleteOptions): number | undefined {
  const isPlain = student.hidden.length > 0 && !student.conv && textColumnsOf(train.preprocessing).length === 0;
  const rarer = rarerLabels([train, validation]);
  if (from || !isPlain || loss?.hint || ablate.includes('features') || !isFew(rarer)) return undefined;
  return Math.round(1000 * WEIGHT * hintFactor(rarer)) / 1000;
}

/** The best student with a hint, unless the best without is better by one standard error, or by a metric of selection other than the
 * cross-entropy at all; the best of all if no student has a hint. */
export function chooseTrial(trials: readonly Trial[], selection: Selection): Trial {
  const best = (some: readonly Trial[]): Trial | undefined =>
    some.length === 0 ? undefined : some.reduce((low, next) => (next.selectionLoss < low.selectionLoss ? next : low));
  const [plain, hinted] = [false, true].map((has) => best(trials.filter(({ hint }) => (hint !== undefined) === has)));
  if (!plain || !hinted) return (plain ?? hinted) as Trial;
  // other metrics have no error by row
  if (selection.metric) return plain.selectionLoss < hinted.selectionLoss ? plain : hinted;
  return clearlyBetter(plain.student, hinted.student, selection) ? plain : hinted;
}
