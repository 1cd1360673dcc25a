// The methods of compare: targets, loss, selection and settings of each.
import { checkName } from '../io/check.ts';
import { hintFactor, rarerLabels } from '../labels/few-labels.ts';
import type { InfusionForm } from '../labels/infusion-forms.ts';
import { infuse, type Targets } from '../labels/knowledge-infusion.ts';
import { orLabels, orMargins } from '../labels/unknown.ts';
import { distillation, hardLabels, logitMatching, virtualTeacher, weightedSoftLabels } from '../loss/distillation.ts';
import { regressionHint, relationHint } from '../loss/hints.ts';
import { debiasedSelection, labelSelection } from '../student/selection.ts';
import { debiasedPlan } from './debiased-plan.ts';
import type { AloneMethod, BaseMethod, Method, MethodSpec, Plan, Setting } from './method.ts';
import type { MethodInputs } from './method-inputs.ts';
import { METHODS } from './method-names.ts';

const TEMPERATURES = [1, 2, 4];
const SHARES = [0.5, 0.3, 0.1, 0, 0.7];
const HINTS = [0.5, 0.1, 2.5];
/** The last settings of the de-biased methods, with increasing shares of the label up to labels only. */
const DOWN_TO_LABELS: readonly Setting[] = [
  { temperature: 2, strength: 0.1, learningRateScale: 2 },
  { temperature: 1, strength: 0.3, learningRateScale: 2 },
  { temperature: 1, strength: 0.5, debias: false, learningRateScale: 2 },
  { temperature: 1, strength: 1, learningRateScale: 2 },
];
/** Temperatures by shares of the label, with the untuned default first. */
const grid = (of: (temperature: number, share: number) => Setting): Setting[] =>
  TEMPERATURES.flatMap((temperature) => SHARES.map((share) => of(temperature, share)));
const byAlpha = grid((temperature, share) => ({ temperature, alpha: (10 - 10 * share) / 10 }));
const hintGrid = (of: (hint: number, share: number) => Setting, weights: readonly number[] = HINTS): Setting[] =>
  weights.flatMap((hint) => SHARES.map((share) => of(hint, share)));

/** Plain distillation on infused teacher margins, with selection by labels. */
function infused(form: InfusionForm, strengthOf: (setting: Setting) => number) {
  return (setting: Setting, { train, validation }: MethodInputs): Plan => {
    const { temperature = 1 } = setting;
    return {
      targets: infuse({ margins: train.margins }, train.data, { form, strength: strengthOf(setting), temperature }),
      loss: distillation({ temperature, alpha: setting.alpha ?? 1 }),
      selection: labelSelection(validation.data),
    };
  };
}

/** The teacher's margins; the label of a row without a soft label. */
const targetsOf = ({ margins, data }: MethodInputs['train']): Targets => ({ margins: orLabels(margins, data.labels) });

/** Plain distillation (Hinton, Vinyals, Dean 2015). */
const kd = ({ temperature = 1, alpha = 0.5 }: Setting, { train, validation }: MethodInputs): Plan => ({
  targets: targetsOf(train),
  loss: distillation({ temperature, alpha }),
  selection: labelSelection(validation.data),
});

const SPECS: Readonly<Record<BaseMethod, MethodSpec>> = {
  // labels only; its settings tune the optimizer, because there is no teacher to tune
  hard: {
    settings: [1, 0.5, 2].flatMap((learningRateScale) =>
      [1, 0, 10, 100, 1000].map((weightDecayScale) => ({ learningRateScale, weightDecayScale })),
    ),
    plan: ({ learningRateScale, weightDecayScale }, { train, validation }) => ({
      targets: targetsOf(train),
      loss: hardLabels(),
      selection: labelSelection(validation.data),
      learningRateScale,
      weightDecayScale,
    }),
  },
  kd: { settings: byAlpha, plan: kd },
  'kd-soft': {
    settings: byAlpha,
    plan: ({ temperature = 1, alpha = 0.5 }, { train, validation }) => ({
      targets: targetsOf(train),
      loss: distillation({ temperature, alpha }),
      selection: debiasedSelection(validation.data, validation.margins, 0.5),
    }),
  },
  // Ba, Caruana 2014
  'kd-logit': {
    settings: [0.5, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1].map((alpha) => ({
      alpha,
    })),
    plan: ({ alpha = 0.5 }, { train, validation }) => ({
      // a squared difference needs a finite margin: that of tfkd's virtual teacher in the place of an unknown one
      targets: { margins: orMargins(train.margins, virtualTeacher(train.data.labels).margins) },
      loss: logitMatching({ alpha }),
      selection: labelSelection(validation.data),
    }),
  },
  // Romero et al. 2015
  fitnet: {
    needsFeatures: true,
    settings: hintGrid((hint, share) => ({ hint, alpha: (10 - 10 * share) / 10 })),
    plan: (setting, inputs) => ({
      ...kd(setting, inputs),
      loss: regressionHint(distillation({ alpha: setting.alpha ?? 0.5 }), { weight: setting.hint ?? 1 }),
      features: inputs.hints(),
    }),
  },
  // Park et al. 2019
  rkd: {
    needsFeatures: true,
    settings: hintGrid((hint, share) => ({ hint, alpha: (10 - 10 * share) / 10 }), [1, 5, 25]),
    plan: (setting, inputs) => ({
      ...kd(setting, inputs),
      loss: relationHint(distillation({ alpha: setting.alpha ?? 0.5 }), { weight: setting.hint ?? 1 }),
      features: inputs.hints(),
    }),
  },
  // Knowledge Adjustment, Wen et al. 2019
  'ka-shift': { settings: byAlpha, plan: infused('shift', () => 1) },
  'ka-smooth': { settings: byAlpha, plan: infused('smooth', () => 1) },
  // Zhou et al. 2021
  wsld: {
    settings: byAlpha,
    plan: (setting, inputs) => ({
      ...kd(setting, inputs),
      loss: weightedSoftLabels({ temperature: setting.temperature ?? 1, alpha: setting.alpha ?? 0.5 }),
    }),
  },
  // Yuan et al. 2020
  tfkd: {
    settings: [0.5, 0.1, 0.9].flatMap((alpha) =>
      [0.95, 0.8, 0.9, 0.99, 0.999].map((confidence) => ({ confidence, alpha })),
    ),
    plan: ({ confidence = 0.95, alpha = 0.5 }, { train, validation }) => ({
      targets: virtualTeacher(train.data.labels, confidence),
      loss: distillation({ temperature: 20, alpha }),
      selection: labelSelection(validation.data),
    }),
  },
  // Dao et al. 2021
  orthogonal: {
    settings: grid((temperature, share) => ({ temperature, strength: share })),
    plan: infused('orthogonal', ({ strength = 0.5 }) => strength),
  },
  debiased: {
    debiases: true,
    usesFeatures: true,
    settings: [
      ...[0, 0.1, 0.3].map((strength): Setting => ({ temperature: 1, strength })),
      ...[0, 0.1, 0.3].map((strength): Setting => ({ temperature: 2, strength })),
      ...[0, 0.1].map((strength): Setting => ({ temperature: 4, strength })),
      ...[0, 0.1].map((strength): Setting => ({ temperature: 1, strength, trees: true })),
      { temperature: 2, strength: 0, trees: true },
      ...DOWN_TO_LABELS,
    ],
    plan: debiasedPlan,
  },
  'debiased-hint': {
    debiases: true,
    needsFeatures: true,
    settings: [
      ...[0.1, 0.5].flatMap((hint) => [0, 0.1].map((strength): Setting => ({ hint, strength }))),
      ...TEMPERATURES.flatMap((temperature) => [0, 0.1].map((strength): Setting => ({ temperature, strength }))),
      { temperature: 1, strength: 0, trees: true },
      ...DOWN_TO_LABELS,
    ],
    rich: ({ hint }) => hint !== undefined,
    plan: async (setting, inputs) => {
      const plan = await debiasedPlan(setting, inputs);
      if (setting.hint === undefined) return plan;
      const factor = hintFactor(rarerLabels([inputs.train.data, inputs.validation.data]));
      const hint = Math.round(1000 * setting.hint * factor) / 1000;
      return {
        ...plan,
        trained: { ...plan.trained, hint },
        loss: regressionHint(plan.loss, { weight: hint }),
        features: inputs.hints(),
      };
    },
  },
};

const CALIBRATED = '+calibration';
const ALONE = '@';
/** Names of all methods; each method comes before its calibrated form. */
export const ALL_METHODS: readonly Method[] = METHODS.flatMap((method): Method[] => [method, `${method}${CALIBRATED}`]);
/** The de-biased methods, with and without calibration. */
export const DEBIASED_METHODS: readonly Method[] = ALL_METHODS.filter((method) => methodSpec(method).debiases);

/** Whether a method calibrates its trained student. */
export function isCalibrated(method: Method): boolean {
  return method.endsWith(CALIBRATED) && !method.includes(ALONE);
}

/** Returns the method without calibration, and without the name of a teacher. */
export function baseOf(method: Method): BaseMethod {
  const at = method.indexOf(ALONE);
  if (at >= 0) return method.slice(0, at) as BaseMethod;
  return (isCalibrated(method) ? method.slice(0, -CALIBRATED.length) : method) as BaseMethod;
}

/** The methods that compare also runs with each of several teachers alone. */
export const ALONE_METHODS: readonly BaseMethod[] = ['kd', 'debiased'];

/** The name of a method with one of several teachers alone. */
export function aloneName(method: BaseMethod, teacher: string): AloneMethod {
  return `${method}${ALONE}${teacher}`;
}

/** Returns the definition of a method. */
export function methodSpec(method: Method): MethodSpec {
  return SPECS[baseOf(method)];
}

/** Parses a method's name. @throws DebkdError `value` that lists the methods */
export function parseMethod(name: string): Method {
  const known = ALL_METHODS.find((method) => method === name);
  if (known) return known;
  checkName('compare: method', name as BaseMethod, METHODS);
  return name as Method;
}
