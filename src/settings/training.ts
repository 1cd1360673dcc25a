// Turns options of the command line and the app into options of the library.
import type { DebiasedOptions } from '../compare/method-inputs.ts';
import type { CompleteOptions } from '../distill-options.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import type { Activation } from '../kernels/activation-names.ts';
import type { DebiasMethod } from '../labels/debias-names.ts';
import { ABLATION_COMPONENTS, type AblationComponent } from '../labels/debias-names.ts';
import { INFUSION_FORMS, type InfusionForm, MAX_STRENGTH } from '../labels/infusion-forms.ts';
import { debiasedDistillation } from '../loss/debiased-distillation.ts';
import type { DeferralRule } from '../metrics/deferral.ts';
import type { GroupGoal } from '../metrics/group-goals.ts';
import { parseThresholdRule, ruleText, type ThresholdRule } from '../metrics/threshold-rule.ts';
import { parseArchitecture } from '../student/architecture.ts';
import { parseChanges } from '../student/augmentation.ts';
import type { ClassWeight } from '../student/class-weight.ts';
import type { OptimizerName, Schedule } from '../student/optimizer.ts';
import type { SelectionMetric } from '../student/selection-metrics.ts';
import { decimalOf, list, number, text, type Values } from './values.ts';

/** Options of the student and its training. */
export type TrainingSettings = Pick<CompleteOptions, 'student' | 'dropout' | 'epochs' | 'batchSize' | 'optimizer'>;

/** Reads the student and its training options. @throws DebkdError `value` for a malformed architecture */
export function trainingSettings(values: Values): TrainingSettings {
  return {
    student: parseArchitecture(text(values, 'student') ?? '32,16', {
      activation: text(values, 'activation') as Activation | undefined,
      residual: values['residual'] === true,
    }),
    dropout: number(values, 'dropout'),
    ...(values['augment'] !== undefined && { augment: parseChanges(text(values, 'augment') as string) }),
    epochs: number(values, 'epochs'),
    batchSize: number(values, 'batch-size'),
    optimizer: {
      name: text(values, 'optimizer') as OptimizerName | undefined,
      schedule: text(values, 'schedule') as Schedule | undefined,
      learningRate: number(values, 'learning-rate'),
      weightDecay: number(values, 'weight-decay'),
    },
  };
}

/** Options of distill without teacher, rows, stores and callbacks. */
export type DistillSettings = Omit<
  CompleteOptions,
  'teacher' | 'train' | 'validation' | 'checkpoint' | 'cache' | 'signal' | 'onProgress'
>;

/** Reads the options of distill. @throws DebkdError `usage` or `value` */
export function distillSettings(values: Values): DistillSettings {
  return {
    ...trainingSettings(values),
    debias: (text(values, 'debias') ?? 'auto') as DebiasMethod,
    ablate: ablated(values),
    infusion: infusionOf(text(values, 'infuse') ?? 'mix'),
    loss: debiasedDistillation({
      temperature: number(values, 'temperature') ?? 1,
      alpha: number(values, 'alpha') ?? 1,
    }),
    select: (text(values, 'select') ?? 'debiased') as 'debiased' | 'labels',
    ...(values['metric'] !== undefined && { metric: text(values, 'metric') as SelectionMetric }),
    classWeight: classWeight(values),
    calibrate: values['calibrate'] === true ? true : undefined,
    ...(values['threshold-by'] !== undefined && { threshold: ruleText(ruleOf(values)) }),
    seed: number(values, 'seed') ?? 1,
  };
}

/** Reads what the student's deferral band promises; undefined for no band. @throws DebkdError `usage` */
export function deferralOf(values: Values): DeferralRule | undefined {
  const [target, rate, by] = [number(values, 'defer'), number(values, 'defer-rate'), text(values, 'defer-by')];
  const usage = (seen: string, remedy: string): DebkdError =>
    new DebkdError('usage', { subject: 'deferral', seen, remedy });
  if (target !== undefined && rate !== undefined)
    throw usage(
      'both --defer and --defer-rate are given',
      'give the highest error rate or the highest share of deferred rows',
    );
  if (by !== undefined && target === undefined) throw usage('--defer-by is given without --defer', 'give --defer too');
  if (target !== undefined) return { target, ...(by === 'class' && { by }) };
  return rate === undefined ? undefined : { rate };
}

/** The column of thresholds of groups, and what they make alike; undefined for one threshold. @throws DebkdError `usage` */
export function thresholdPerOf(values: Values): { readonly column: string; readonly for: GroupGoal } | undefined {
  const [column, goal] = [text(values, 'threshold-per'), text(values, 'threshold-for')];
  const usage = (seen: string, remedy: string): DebkdError =>
    new DebkdError('usage', { subject: 'thresholds of groups', seen, remedy });
  if (column === undefined) {
    if (goal === undefined) return undefined;
    throw usage('--threshold-for is given without --threshold-per', 'give --threshold-per too');
  }
  if (deferralOf(values))
    throw usage(
      'both --threshold-per and a deferral band are asked for, and a band is around one threshold',
      'leave out --threshold-per, or --defer and --defer-rate',
    );
  return { column, for: (goal ?? 'equal-opportunity') as GroupGoal };
}

/** Reads the rule of the threshold; default the best F1. @throws DebkdError `usage` */
export function ruleOf(values: Values): ThresholdRule {
  return parseThresholdRule(text(values, 'threshold-by') ?? 'f1');
}

/** Reads the options of compare for the de-biased methods. @throws DebkdError `usage` */
export function debiasedSettings(values: Values): DebiasedOptions & { classWeight?: ClassWeight | undefined } {
  const infuse = text(values, 'infuse');
  return {
    debias: text(values, 'debias') as DebiasMethod | undefined,
    infusion: infuse === undefined ? undefined : infusionOf(infuse),
    temperature: number(values, 'temperature'),
    alpha: number(values, 'alpha'),
    select: text(values, 'select') as 'debiased' | 'labels' | undefined,
    ablate: ablated(values),
    classWeight: classWeight(values),
  };
}

/** Reads the components to leave out of `auto`; undefined for none. @throws DebkdError `usage` */
function ablated(values: Values): readonly AblationComponent[] | undefined {
  const ablate = list(values, 'ablate').map((name) => {
    const known = ABLATION_COMPONENTS.find((component) => component === name);
    if (known) return known;
    const near = nearest(name, ABLATION_COMPONENTS);
    throw new DebkdError('usage', {
      subject: 'ablate',
      seen: quote(name),
      expected: `some of ${ABLATION_COMPONENTS.join(', ')}`,
      remedy: near && `did you mean ${near}?`,
    });
  });
  return ablate.length > 0 ? ablate : undefined;
}

/** Parses a class weight: `balanced` or a number. @throws DebkdError `usage` */
function classWeight(values: Values): ClassWeight | undefined {
  const weight = text(values, 'class-weight');
  if (weight === undefined || weight === 'balanced') return weight;
  const factor = decimalOf(weight);
  if (factor > 0 && factor <= 1e6) return factor;
  throw new DebkdError('usage', {
    subject: 'class weight',
    seen: quote(weight),
    expected: 'balanced or a number above 0, at most 1e6',
  });
}

/** Parses FORM or FORM:STRENGTH, such as mix:0.3. @throws DebkdError `usage` */
function infusionOf(value: string): { form: InfusionForm; strength: number | 'auto' } {
  const [name, strength = 'auto', ...more] = value.split(':');
  const form = INFUSION_FORMS.find((known) => known === name);
  const w = strength === 'auto' ? 'auto' : /^\d*\.?\d+$/.test(strength) ? Number(strength) : NaN;
  if (!form || more.length > 0 || (w !== 'auto' && !(w >= 0 && w <= MAX_STRENGTH[form]))) {
    const most = form ? MAX_STRENGTH[form] : 1;
    throw new DebkdError('usage', {
      subject: 'infuse',
      seen: quote(value),
      expected: `one of ${INFUSION_FORMS.join(', ')}, and a strength from 0 to ${most} or auto, such as mix:0.3`,
    });
  }
  return { form, strength: w };
}
