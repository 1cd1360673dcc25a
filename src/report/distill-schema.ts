// The schema of debkd/distill@1. The types of the record check every part: a field that is missing here or has another type does
// not compile.
import { lazy, exactOptional as maybe } from 'valibot';
import type { DebiasCandidate } from '../labels/cross-fit.ts';
import { DEBIAS_METHODS, type MapName } from '../labels/debias-names.ts';
import { INFUSION_FORMS } from '../labels/infusion-forms.ts';
import type { DebiasMap } from '../labels/maps/map.ts';
import type { GroupBias } from '../metrics/group-bias.ts';
import { GROUP_GOALS } from '../metrics/group-goals.ts';
import { type Estimate, METRICS } from '../metrics/metric.ts';
import { MOST_CELLS } from '../student/occlusion.ts';
import { SELECTION_METRICS } from '../student/selection-metrics.ts';
import {
  amount,
  type Check,
  count,
  each,
  either,
  estimate,
  exactly,
  type Fields,
  flag,
  list,
  listOf,
  measure,
  modelColumns,
  number,
  object,
  oneTo,
  orNull,
  pair,
  share,
  shortList,
  text,
  textShare,
  thresholdRule,
  word,
} from './checks.ts';
import type { Figures, Histogram, Point, ReliabilityBin } from './figures-data.ts';
import type { LabelledChanges, LabelledGroupCorrection } from './group-shifts.ts';
import type { Importance } from './importance.ts';
import type { DeferralRecord } from './measure-deferral.ts';
import type { GroupThresholdsRecord } from './measure-group-thresholds.ts';
import type { MeanOcclusion } from './occlusion.ts';
import type {
  Baseline,
  Differences,
  DistillRecord,
  GroupModels,
  PairedDifference,
  Part,
  TeacherRecord,
} from './result.ts';
import { softLabels } from './soft-labels-schema.ts';
import { weightsSchema } from './weights-schema.ts';
import type { WithheldRecord } from './withheld.ts';

const AT_HALF = ['accuracy', 'f1', 'precision', 'recall'] as const;

function deferral(): Check<DeferralRecord> {
  const point = object({ deferred: share(), answered: orNull(share()), cascade: maybe(share()) });
  const counts = object({ label: maybe(number()), answered: amount(), errors: amount(), bound: share() });
  return object({
    target: maybe(share()),
    rate: maybe(share()),
    by: maybe(exactly('class')),
    confidence: share(),
    rows: count(),
    deferred: share(),
    counts: list(counts),
    test: maybe(
      object({
        answered: estimate(),
        student: estimate(),
        answeredErrors: estimate(),
        classErrors: maybe(pair(estimate())),
        teacher: maybe(estimate()),
        cascade: maybe(estimate()),
      }),
    ),
    curve: maybe(list(point)),
  } satisfies Fields<DeferralRecord>);
}

function groupThresholds(): Check<GroupThresholdsRecord> {
  const both = object({ before: estimate(), after: estimate() });
  const group = { group: text(), rows: count(), positives: count(), threshold: share(), own: flag() };
  return object({
    column: text(),
    for: word(GROUP_GOALS, 'a goal of thresholds of groups'),
    groups: list(object(group)),
    test: maybe(
      object({
        groups: list(object({ ...group, truePositiveRate: both, falsePositiveRate: both, accuracy: both })),
        accuracy: both,
        cost: estimate(),
        truePositiveGap: both,
        falsePositiveGap: both,
      }),
    ),
  } satisfies Fields<GroupThresholdsRecord>);
}

export function distillSchema(): Check<DistillRecord> {
  return object({
    schema: exactly('debkd/distill@1'),
    summary: text(),
    command: maybe(text()),
    teacher: object({
      name: maybe(text()),
      bytes: maybe(count()),
      sha256: text(),
      convention: text(),
      runtime: maybe(text()),
      reason: text(),
      threshold: number(),
      metrics: measured(METRICS),
      metricsAtHalf: measured(AT_HALF),
      softLabels: maybe(softLabels()),
      teachers: maybe(list(oneOfSeveral())),
    } satisfies Fields<DistillRecord['teacher']>),
    debias: debias(),
    infusion: object({
      form: word(INFUSION_FORMS, 'a form of infusion'),
      strength: number(),
      candidates: list(object({ strength: number(), selectionLoss: measure() })),
      metric: maybe(word(SELECTION_METRICS, 'a metric of selection')),
    } satisfies Fields<DistillRecord['infusion']>),
    hint: maybe(object({ weight: number(), taken: flag() })),
    from: maybe(object({ step: number(), parents: list(text()) })),
    calibration: maybe(
      object({
        taken: flag(),
        slope: number(),
        shift: number(),
        difference: number(),
        standardError: number(),
      }),
    ),
    changes: changes(),
    groupCorrections: maybe(list(groupCorrection())),
    student: object({
      architecture: text(),
      parameters: count(),
      bytes: maybe(count()),
      sha256: text(),
      threshold: number(),
      thresholdBy: maybe(word(['corrected labels'], 'corrected labels')),
      thresholdChoice: maybe(
        object({ rule: thresholdRule(), threshold: estimate(), value: estimate(), test: maybe(estimate()) }),
      ),
      groupThresholds: maybe(object({ column: text(), thresholds: list(textShare()) })),
      defer: maybe(object({ from: number(), to: number() })),
      epoch: orNull(count()),
      penalty: maybe(number()),
    } satisfies Fields<DistillRecord['student']>),
    // earlier versions wrote the number of the student's columns
    columns: maybe(lazy((value) => (typeof value === 'number' ? count() : modelColumns()))),
    rows: object({ ...parts(), labelled: object(parts()), different: maybe(count()) }),
    weights: maybe(weightsSchema()),
    missing: list(
      object({ column: text(), count: count(), spellings: list(object({ text: text(), count: count() })) }),
    ),
    unknown: list(
      object({
        column: text(),
        count: count(),
        rows: count(),
        example: text(),
        cause: text(),
        imputed: maybe(flag()),
      }),
    ),
    deferral: maybe(deferral()),
    groupThresholds: maybe(groupThresholds()),
    label: maybe(object({ name: text(), positive: text(), negative: text() })),
    trainedOn: maybe(object({ rows: count(), columns: list(text()), bits: text() })),
    metrics: measured(METRICS),
    metricsWithTeacher: maybe(measured(METRICS)),
    metricsAtHalf: measured(AT_HALF),
    baselines: maybe(list(baseline())),
    differences: maybe(
      object({
        teacher: maybe(difference()),
        hard: maybe(difference()),
        kd: maybe(difference()),
      } satisfies Fields<Differences>),
    ),
    groups: list(
      object({
        teacher: bias(),
        student: bias(),
        hard: maybe(bias()),
        kd: maybe(bias()),
      } satisfies Fields<GroupModels>),
    ),
    figures: maybe(figures()),
    occlusion: maybe(occlusion()),
    withheld: maybe(list(withheld())),
    importance: maybe(
      object({
        rows: count(),
        of: count(),
        permutations: count(),
        columns: list(object({ column: text(), logLoss: estimate(), auc: estimate() })),
      } satisfies Fields<Importance>),
    ),
    timing: object({
      labelSeconds: number(),
      trainSeconds: number(),
      rowsPerSecond: number(),
      cachedRows: count(),
    } satisfies Fields<DistillRecord['timing']>),
    files: list(text()),
    warnings: list(text()),
  } satisfies Fields<DistillRecord>);
}

function difference(): Check<PairedDifference> {
  return object({ logLoss: estimate(), auc: maybe(estimate()) } satisfies Fields<PairedDifference>);
}

function oneOfSeveral(): Check<TeacherRecord> {
  return object({
    name: text(),
    sha256: text(),
    convention: text(),
    runtime: maybe(text()),
    reason: text(),
    threshold: number(),
    metrics: measured(METRICS),
  } satisfies Fields<TeacherRecord>);
}

function withheld(): Check<WithheldRecord> {
  const proxy = object({ column: text(), auc: share() });
  return object({
    column: text(),
    groups: list(object({ group: text(), rows: count(), auc: estimate(), proxies: list(proxy) })),
  } satisfies Fields<WithheldRecord>);
}

/** Metrics of the test rows; an empty object without labelled test rows. */
function measured<const T extends readonly string[]>(
  names: T,
): Check<{ readonly test: Readonly<Record<T[number], Estimate>> } | Record<string, never>> {
  const some = object({ test: each(names, estimate()) });
  const none = object({});
  return either<{ readonly test: Readonly<Record<T[number], Estimate>> } | Record<string, never>>((fields) =>
    'test' in fields ? some : none,
  );
}

function debias(): Check<DistillRecord['debias']> {
  return object({
    method: text(),
    penalty: orNull(number()),
    parts: list(object({ ...map(), weight: number(), selectionWeight: maybe(number()) })),
    candidates: shortList(candidate()),
    logLoss: maybe(number()),
  } satisfies Fields<DistillRecord['debias']>);
}

function candidate(): Check<DebiasCandidate> {
  return object({
    ...map(),
    logLoss: number(),
    difference: number(),
    standardError: number(),
  } satisfies Fields<DebiasCandidate>);
}

/** The fields of a DebiasMap. */
function map() {
  const names = DEBIAS_METHODS.filter((name): name is MapName => name !== 'auto' && name !== 'stack');
  return {
    method: word(names, 'a map of label de-biasing'),
    penalty: maybe(number()),
    on: maybe(word(['inputs', 'features', 'texts', 'groups'], 'inputs, features, texts or groups')),
    count: maybe(count()),
    teacher: maybe(count()),
  } satisfies Fields<DebiasMap>;
}

function changes(): Check<LabelledChanges> {
  return object({
    rows: count(),
    moved: count(),
    flipped: count(),
    meanShift: number(),
    meanProbabilityShift: number(),
    meanInfusion: number(),
    groups: list(object({ column: text(), value: text(), rows: count(), meanShift: number(), cut: maybe(number()) })),
  } satisfies Fields<LabelledChanges>);
}

function groupCorrection(): Check<LabelledGroupCorrection> {
  return object({
    column: text(),
    value: text(),
    labels: count(),
    positives: count(),
    own: maybe(number()),
    standardError: maybe(amount()),
    made: maybe(number()),
    meanShift: number(),
    cut: maybe(number()),
  } satisfies Fields<LabelledGroupCorrection>);
}

function parts() {
  return { train: count(), validation: count(), test: count() } satisfies Record<Part, unknown>;
}

function baseline(): Check<Baseline> {
  return object({
    method: word(['hard', 'kd'], 'hard or kd'),
    threshold: number(),
    metrics: measured(METRICS),
  } satisfies Fields<Baseline>);
}

function bias(): Check<GroupBias> {
  return object({
    group: text(),
    rows: count(),
    positives: count(),
    falseNegativeRate: estimate(),
    falsePositiveRate: estimate(),
    calibrationGap: estimate(),
  } satisfies Fields<GroupBias>);
}

/** The list of cells has the length that its sides give. */
function occlusion(): Check<MeanOcclusion> {
  const side = oneTo(MOST_CELLS);
  return either((fields) => {
    const { rows, columns } = fields as { readonly rows?: unknown; readonly columns?: unknown };
    return object({
      images: count(),
      rows: side,
      columns: side,
      shares: listOf(Number(rows) * Number(columns), amount()),
    } satisfies Fields<MeanOcclusion>);
  });
}

function figures(): Check<Figures> {
  const bin: Check<ReliabilityBin> = object({
    rows: count(),
    probability: share(),
    share: share(),
    low: share(),
    high: share(),
  });
  const curve: Check<readonly Point[]> = list(pair(share()));
  const margins: Check<Histogram> = object({
    from: list(number()),
    width: number(),
    negatives: list(amount()),
    positives: list(amount()),
  });
  return object({
    reliability: object({ teacher: shortList(bin), student: shortList(bin) }),
    roc: object({ teacher: curve, student: curve }),
    precisionRecall: object({ teacher: curve, student: curve }),
    margins: object({ teacher: margins, debiased: margins }),
    // a late epoch may diverge while the student is that of an earlier one
    training: list(object({ epoch: count(), train: measure(), validation: orNull(number()) })),
  } satisfies Fields<Figures>);
}
