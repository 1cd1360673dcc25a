// Checks of the options of a distillation, before the teacher runs.
import { checkPartWeights } from './data/row-weights.ts';
import type { CompleteOptions, DistillOptions } from './distill-options.ts';
import { checkName } from './io/check.ts';
import { DebkdError } from './io/errors.ts';
import { checkThreads } from './io/threads.ts';
import { checkAblation, checkLabels } from './labels/candidates.ts';
import { INFUSION_FORMS } from './labels/infusion-forms.ts';
import { checkStrength } from './labels/knowledge-infusion.ts';
import { checkLoss } from './loss/loss.ts';
import { checkArchitecture } from './student/architecture.ts';
import { checkClassWeight } from './student/class-weight.ts';
import { checkFitOptions } from './student/fit-options.ts';
import { labelSelection, SELECTIONS, selectBy } from './student/selection.ts';
import { SELECTION_METRICS } from './student/selection-metrics.ts';

/** The options with a teacher and an architecture. @throws DebkdError `value` without one of them */
export function completeOptions({ teacher, student, ...rest }: DistillOptions): CompleteOptions {
  if (teacher && student) return { ...rest, teacher, student };
  throw new DebkdError('value', {
    subject: 'distill',
    seen: `no ${teacher ? 'architecture (student)' : 'teacher'}`,
    expected: 'a teacher and the architecture of the student, or from, an earlier student',
  });
}

/** Validates the options before running the teacher. */
export function checkBefore(options: CompleteOptions): void {
  if (options.teacher.refusal) throw options.teacher.refusal;
  const { train, validation, student, debias = 'auto', infusion, select = 'debiased', loss } = options;
  checkName('distill: select', select, SELECTIONS);
  if (options.metric !== undefined) checkName('distill: metric', options.metric, SELECTION_METRICS);
  if (infusion?.form !== undefined) checkName('knowledge infusion: form', infusion.form, INFUSION_FORMS);
  if (loss) checkLoss(loss);
  if (train.rows === 0)
    throw new DebkdError('rows', { subject: 'training part', seen: 'no rows', remedy: { id: 'add-rows' } });
  if (validation.rows === 0)
    throw new DebkdError('rows', { subject: 'validation part', seen: 'no rows', remedy: { id: 'add-rows' } });
  checkArchitecture(student);
  checkThreads(options.threads ?? 1);
  checkFitOptions(options, train.rows);
  checkClassWeight(options.classWeight);
  if (typeof infusion?.strength === 'number') checkStrength(infusion.form ?? 'mix', infusion.strength);
  if (select === 'labels') selectBy(labelSelection(validation), options.metric);
  checkLabels(train, debias);
  checkAblation(debias, options.ablate);
  checkPartWeights({ train, validation });
}
