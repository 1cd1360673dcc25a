// Plans of the de-biased methods: targets, loss and selection from a setting and the options.
import { MAX_STRENGTH } from '../labels/infusion-forms.ts';
import { infuse } from '../labels/knowledge-infusion.ts';
import { debiasedDistillation } from '../loss/debiased-distillation.ts';
import { debiasedSelection, labelSelection } from '../student/selection.ts';
import { thresholdTargets } from '../student/set-threshold.ts';
import type { Plan, Setting } from './method.ts';
import type { DebiasedOptions, MethodInputs } from './method-inputs.ts';

/** From this number of training rows on, settings with a higher learning rate use it: there are few epochs with many rows. */
const MANY = 5000;

/**
 * Plans a student on infused de-biased labels. A setting without de-biasing falls back to the teacher's margins (plain
 * distillation), one with full strength to labels.
 */
export async function debiasedPlan(
  setting: Setting,
  { train, validation, debiasedOptions, debiased: ask }: MethodInputs,
): Promise<Plan> {
  const { debiased: d, selectionMargins } = await ask();
  const used = trainedSetting(setting, debiasedOptions, train.data.rows);
  const { temperature = 1, alpha = 1, strength = 0, debias = true, trees = false } = used;
  const margins = trees ? selectionMargins.train : debias ? d.train : train.margins;
  const { infusion: { form = 'mix' } = {}, select, ablate = [], debias: method } = debiasedOptions;
  const byLabels = select === 'labels' || ablate.includes('selection');
  return {
    trained: used,
    targets: infuse({ margins }, train.data, { form, strength, temperature }),
    loss: debiasedDistillation({ temperature, alpha }),
    selection: byLabels
      ? labelSelection(validation.data)
      : debiasedSelection(validation.data, selectionMargins.validation),
    thresholdTargets:
      byLabels || method === 'none'
        ? undefined
        : thresholdTargets({ train: train.data, validation: validation.data }, selectionMargins),
    learningRateScale: used.learningRateScale ?? 1,
  };
}

/** Returns a setting of a de-biased method with the values used in training: options override it in every setting. */
function trainedSetting(
  { learningRateScale, ...setting }: Setting,
  options: DebiasedOptions,
  trainRows: number,
): Setting {
  const { form = 'mix', strength = 'auto' } = options.infusion ?? {};
  return {
    ...setting,
    ...(options.temperature !== undefined && { temperature: options.temperature }),
    ...(options.alpha !== undefined && { alpha: options.alpha }),
    // settings have strengths of mix, from 0 to 1; scale them to the form's range
    strength: strength === 'auto' ? (setting.strength ?? 0) * MAX_STRENGTH[form] : strength,
    // with fewer rows a higher rate would be a hyperparameter that the other methods do not have
    ...(learningRateScale !== undefined && trainRows >= MANY && { learningRateScale }),
  };
}
