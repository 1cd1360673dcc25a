// What the de-biased methods learn from, by setting and by what was asked for.
import { MAX_STRENGTH } from '../labels/infusion-forms.ts';
import { infuse } from '../labels/knowledge-infusion.ts';
import { debiasedDistillation } from '../loss/debiased-distillation.ts';
import { debiasedSelection, labelSelection } from '../student/selection.ts';
import type { Plan, Setting } from './method.ts';
import type { DebiasedOptions, MethodInputs } from './method-inputs.ts';

/** Training rows from which on a higher learning rate is tried: epochs are few then, and labels say more. */
const MANY = 5000;

/** De-biased labels, infused; a setting may leave the de-biasing out, and so fall back to plain distillation or labels. */
export async function debiasedPlan(
  setting: Setting,
  { train, validation, debiasedOptions, debiased: ask }: MethodInputs,
): Promise<Plan> {
  const { debiased: d, selectionMargins } = await ask();
  const used = trainedSetting(setting, debiasedOptions, train.data.rows);
  const { temperature = 1, alpha = 1, strength = 0, debias = true, trees = false } = used;
  const margins = trees ? selectionMargins.train : debias ? d.train : train.margins;
  const { infusion: { form = 'mix' } = {}, select, ablate = [] } = debiasedOptions;
  const byLabels = select === 'labels' || ablate.includes('selection');
  return {
    targets: infuse({ margins }, train.data, { form, strength, temperature }),
    loss: debiasedDistillation({ temperature, alpha }),
    selection: byLabels
      ? labelSelection(validation.data)
      : debiasedSelection(validation.data, selectionMargins.validation),
    learningRateScale: used.learningRateScale ?? 1,
  };
}

/** A setting of a method of ours as it is trained: what was asked for is the same in all of them. */
export function trainedSetting(
  { learningRateScale, ...setting }: Setting,
  options: DebiasedOptions,
  trainRows: number,
): Setting {
  const { form = 'mix', strength = 'auto' } = options.infusion ?? {};
  return {
    ...setting,
    ...(options.temperature !== undefined && { temperature: options.temperature }),
    ...(options.alpha !== undefined && { alpha: options.alpha }),
    // strengths of settings are those of mix, 0 .. 1; other forms have a range of their own
    strength: strength === 'auto' ? (setting.strength ?? 0) * MAX_STRENGTH[form] : strength,
    // with fewer rows it would be a knob that the others do not have
    ...(learningRateScale !== undefined && trainRows >= MANY && { learningRateScale }),
  };
}
