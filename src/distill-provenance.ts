// How a student was made, as its file records it.
import type { CompleteOptions, Distillation } from './distill-options.ts';
import { infusionOf, type Trial } from './distill-students.ts';
import { withStoredNames } from './io/stored-names.ts';
import type { Debias } from './labels/debias.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { parseThresholdRule, ruleText } from './metrics/threshold-rule.ts';
import type { SelectionMetric } from './student/selection-metrics.ts';
import type { TextChoice } from './student/text-weights.ts';
import type { Teacher } from './teacher/teacher.ts';
import { VERSION } from './version.ts';

/** The metric of selection, if it is not the default. */
export function otherMetric({ metric }: CompleteOptions): { readonly metric?: SelectionMetric } {
  return metric === undefined || metric === 'logLoss' ? {} : { metric };
}

/** How a student was made, as its file records it. */
export function provenanceOf(
  options: CompleteOptions,
  debias: Debias,
  { strength, hint, step, student }: Trial,
  {
    calibration,
    textWeights,
    parents,
  }: {
    calibration: Distillation['calibration'] | undefined;
    textWeights: TextChoice | undefined;
    parents: readonly string[] | undefined;
  },
): Readonly<Record<string, unknown>> {
  const { teacher, train, validation, loss = debiasedDistillation(), seed, select = 'debiased' } = options;
  const rule = ruleText(parseThresholdRule(options.threshold ?? 'f1'));
  const { epoch, epochs, penalty } = student.training ?? {};
  return {
    debkd: VERSION,
    teacher: { ...teacherOf(teacher), ...(teacher.parts && { teachers: teacher.parts.map(teacherOf) }) },
    ...(parents && { parents }),
    rows: { train: train.rows, validation: validation.rows },
    ...(train.weightColumn !== undefined && { weights: train.weightColumn }),
    // the names of the target and its classes
    ...(train.target && { target: train.target }),
    debias: {
      method: debias.method,
      penalty: debias.penalty,
      ...(options.ablate && options.ablate.length > 0 && { ablate: options.ablate }),
    },
    infusion: { form: infusionOf(options).form, strength },
    ...(step !== undefined && { step }),
    loss: { ...loss, ...(hint !== undefined && { hint: { kind: 'regression', weight: hint } }) },
    ...(textWeights && { texts: { penalties: textWeights.taken ? 'by rarity' : 'equal' } }),
    ...(rule !== 'f1' && { threshold: rule }),
    ...(calibration?.taken && { calibration: { slope: calibration.slope, shift: calibration.shift } }),
    training: {
      seed,
      select,
      ...otherMetric(options),
      ...(penalty === undefined
        ? {
            epochs,
            epoch,
            batchSize: options.batchSize,
            dropout: options.dropout,
            optimizer: withStoredNames(options.optimizer),
          }
        : { penalty }),
      classWeight: options.classWeight,
    },
  };
}

function teacherOf({ sha256, convention, runtime, given }: Teacher): Readonly<Record<string, unknown>> {
  return { sha256, convention, ...(runtime !== undefined && { runtime }), ...(given && { softLabels: given.record }) };
}
