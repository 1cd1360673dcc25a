// The schema of debkd/compare@1. The types of the record check every part, as in distill-schema.ts.
import { custom, exactOptional as maybe, objectWithRest, optional, record, union } from 'valibot';
import type { Comparison, ComparisonRow } from '../compare/comparison.ts';
import type { Method, Setting } from '../compare/method.ts';
import type { DebiasedOptions } from '../compare/method-inputs.ts';
import { ALL_METHODS, ALONE_METHODS, baseOf } from '../compare/methods.ts';
import type { Pair, Summary } from '../compare/summary.ts';
import { ACTIVATIONS } from '../kernels/activation-names.ts';
import { BLOCKS } from '../kernels/trunk-layout.ts';
import { ABLATION_COMPONENTS, DEBIAS_METHODS } from '../labels/debias-names.ts';
import { INFUSION_FORMS } from '../labels/infusion-forms.ts';
import { METRICS, type Metric } from '../metrics/metric.ts';
import type { Architecture, Convolutions } from '../student/architecture.ts';
import { SELECTIONS } from '../student/selection.ts';
import {
  type Check,
  count,
  each,
  exactly,
  type Fields,
  flag,
  list,
  measure,
  modelColumns,
  number,
  object,
  orNull,
  share,
  shortList,
  text,
  word,
} from './checks.ts';
import { softLabels } from './soft-labels-schema.ts';
import { weightsSchema } from './weights-schema.ts';

export function compareSchema(): Check<Comparison> {
  const cell = { method: method(), seed: count() };
  return object({
    schema: exactly('debkd/compare@1'),
    command: maybe(text()),
    teacher: object({
      sha256: text(),
      convention: text(),
      runtime: maybe(text()),
      layer: orNull(text()),
      softLabels: maybe(softLabels()),
      teachers: maybe(list(object({ name: text(), sha256: text(), convention: text(), runtime: maybe(text()) }))),
    }),
    rows: object({ train: count(), pool: count(), validation: count(), test: count() }),
    columns: maybe(modelColumns()),
    weights: maybe(weightsSchema()),
    student: architecture(),
    tuned: flag(),
    own: own(),
    methods: shortList(method()),
    seeds: list(count()),
    results: list(row()),
    candidates: list(object({ ...cell, settings: settings(), selectionLoss: measure() })),
    summary: shortList(summary()),
    paired: shortList(pair()),
    timing: object({
      labelSeconds: number(),
      totalSeconds: number(),
      resumed: count(),
      seconds: record(text(), number()),
    }),
  } satisfies Fields<Comparison>);
}

function method(): Check<Method> {
  const isMethod = (name: unknown): boolean =>
    typeof name === 'string' &&
    (ALL_METHODS.some((known) => known === name) ||
      // a method with one of several teachers
      (name.includes('@') && ALONE_METHODS.includes(baseOf(name as Method))));
  return custom<Method>(isMethod, 'a method of compare');
}

function metric(): Check<Metric> {
  return word(METRICS, 'a metric');
}

function architecture(): Check<Architecture> {
  return object({
    hidden: list(count()),
    activation: optional(word(ACTIVATIONS, 'an activation')),
    residual: optional(flag()),
    conv: optional(
      object({
        channels: list(count()),
        kernel: optional(custom<3 | 5>((size) => size === 3 || size === 5, '3 or 5')),
        blocks: optional(word(BLOCKS, 'how stages are built')),
      } satisfies Fields<Convolutions>),
    ),
  } satisfies Fields<Architecture>);
}

function own(): Check<DebiasedOptions> {
  return object({
    debias: optional(word(DEBIAS_METHODS, 'a method of label de-biasing')),
    ablate: optional(list(word(ABLATION_COMPONENTS, 'a component of label de-biasing'))),
    infusion: optional(
      object({
        form: word(INFUSION_FORMS, 'a form of infusion'),
        strength: optional(union([number(), exactly('auto')], 'a number, or auto')),
      }),
    ),
    temperature: optional(number()),
    alpha: optional(number()),
    select: optional(word(SELECTIONS, 'debiased or labels')),
  } satisfies Fields<DebiasedOptions>);
}

function row(): Check<ComparisonRow> {
  return object({
    method: method(),
    seed: count(),
    settings: maybe(settings()),
    threshold: maybe(number()),
    metrics: maybe(each(METRICS, orNull(number()))),
    notApplicable: maybe(text()),
    failed: maybe(text()),
  } satisfies Fields<ComparisonRow>);
}

/** Keeps settings that a later version may add. */
function settings(): Check<Setting> {
  const known = {
    temperature: maybe(number()),
    alpha: maybe(number()),
    strength: maybe(number()),
    debias: maybe(flag()),
    trees: maybe(flag()),
    hint: maybe(number()),
    confidence: maybe(number()),
    learningRateScale: maybe(number()),
    weightDecayScale: maybe(number()),
  } satisfies Fields<Setting>;
  return objectWithRest(known, union([number(), flag()], 'a number, or true or false'), 'an object');
}

function summary(): Check<Summary> {
  return object({ method: method(), metric: metric(), mean: number(), ...interval() } satisfies Fields<Summary>);
}

function pair(): Check<Pair> {
  return object({
    a: method(),
    b: method(),
    metric: metric(),
    difference: object({ value: number(), ...interval() }),
    resampled: object(interval()),
    p: orNull(share()),
    pHolm: orNull(share()),
  } satisfies Fields<Pair>);
}

function interval(): Record<'low' | 'high', Check<number | null>> {
  return { low: orNull(number()), high: orNull(number()) };
}
