// The record of a distillation, as result.json and `distill --json` have it.
import type { MissingCount } from '../data/count-missing.ts';
import type { AnyDataset } from '../data/dataset.ts';
import type { RowFilter } from '../data/row-filter.ts';
import { addUnknown, type UnknownCount } from '../data/unknown-values.ts';
import type { Distilled } from '../distill.ts';
import { softplus } from '../kernels/elementary.ts';
import type { DebiasCandidate } from '../labels/cross-fit.ts';
import type { DebiasMap } from '../labels/debias-methods.ts';
import type { ConfusionMetric, Evaluation } from '../metrics/evaluation.ts';
import type { GroupBias } from '../metrics/group-bias.ts';
import type { Estimate, Metric } from '../metrics/metric.ts';
import { describeArchitecture } from '../student/architecture.ts';
import type { Calibration } from '../student/calibrate.ts';
import type { Teacher } from '../teacher/onnx.ts';
import type { Figures } from './figures-data.ts';
import { type LabelledChanges, withCuts } from './group-shifts.ts';
import { describeChanges } from './sentence.ts';

/** What rows are for. */
export type Part = 'train' | 'validation' | 'test';
/** Metrics of the test rows at the chosen threshold, with 95 % intervals; empty where none is labelled. */
export type Measured = { readonly test: Readonly<Record<Metric, Estimate>> } | Record<string, never>;
/** The same at a threshold of 0.5, of the metrics that need one. */
export type MeasuredAtHalf = { readonly test: Readonly<Record<ConfusionMetric, Estimate>> } | Record<string, never>;

/** What baselines are called. */
export const BASELINE_NAMES: Readonly<Record<Baseline['method'], string>> = { hard: 'hard labels', kd: 'plain KD' };

/** What the student is compared with, on the same test rows. */
export interface Baseline {
  /** As of `compare`. */
  readonly method: 'hard' | 'kd';
  /** With the best F1 on the validation rows. */
  readonly threshold: number;
  /** At that threshold where it needs one. */
  readonly metrics: Measured;
}

/** Schema debkd/distill@1. `metrics` is empty where there are no labelled test rows. */
export interface DistillResult {
  /** Version of this record. */
  readonly schema: 'debkd/distill@1';
  /** What de-biasing found and moved, in words. */
  readonly summary: string;
  /** What was typed to make it. */
  readonly command?: string;
  /** Which one, how it was read, and how it does on the test rows. */
  readonly teacher: {
    readonly sha256: string;
    readonly convention: string;
    readonly reason: string;
    readonly threshold: number;
    readonly metrics: Measured;
    readonly metricsAtHalf: MeasuredAtHalf;
  };
  /** The map that corrected its labels, and all that were tried. */
  readonly debias: {
    readonly method: string;
    readonly penalty: number | null;
    /** The map, or the maps of a stack, with their weights. */
    readonly parts: readonly (DebiasMap & { readonly weight: number; readonly selectionWeight?: number })[];
    readonly candidates: readonly DebiasCandidate[];
    /** Cross-fitted log-loss of what was chosen, on the rows that the candidates were measured on; absent where these were a sample. */
    readonly logLoss?: number;
  };
  /** How labels were mixed in, and how students of each strength did on the validation rows. */
  readonly infusion: Distilled['infusion'];
  /** What calibration of the trained student found; absent where it was not asked for. */
  readonly calibration?: Calibration;
  /** What moved between the teacher and the targets. */
  readonly changes: LabelledChanges;
  /** Shape, number of parameters, SHA-256 of student.debkd, threshold and the epoch kept. */
  readonly student: {
    readonly architecture: string;
    readonly parameters: number;
    readonly sha256: string;
    readonly threshold: number;
    readonly epoch: number | null;
    /** Ridge penalty of a logistic student that was fitted to its minimum. */
    readonly penalty?: number;
  };
  /** Columns of the table that the student reads. */
  readonly columns?: number;
  /** Rows of each part, and how many of them have a label. */
  readonly rows: Readonly<Record<Part, number>> & { readonly labelled: Readonly<Record<Part, number>> };
  /** Missing values of the table's features, by column and spelling. */
  readonly missing: readonly MissingCount[];
  /** Values that no preprocessing lists, by column: they count for nothing. */
  readonly unknown: readonly UnknownCount[];
  /** Which rows the student was trained on, as a filter of their hashes; absent where that was not kept. */
  readonly trainedOn?: RowFilter;
  /** The student's, at its threshold where they need one. */
  readonly metrics: Measured;
  /** The student's at 0.5. */
  readonly metricsAtHalf: MeasuredAtHalf;
  /** Students of labels alone and of plain distillation, trained alike, where they were asked for. */
  readonly baselines?: readonly Baseline[];
  /** Bias before (the teacher's) and after (the student's) by group, on the test rows. */
  readonly groups: readonly { readonly teacher: GroupBias; readonly student: GroupBias }[];
  /** What the report's pictures show; absent where no test row is labelled. */
  readonly figures?: Figures;
  /** Seconds, and training rows an epoch a second. */
  readonly timing: Distilled['timing'];
  /** What was written. */
  readonly files: readonly string[];
  /** Each a sentence with its figure and the way out. */
  readonly warnings: readonly string[];
}

/** What the record is gathered from. */
export interface ResultInputs {
  /** What distill returned. */
  readonly run: Distilled;
  /** The one it learned from. */
  readonly teacher: Teacher;
  /** Of student.debkd. */
  readonly sha256: string;
  /** The rows of each part. */
  readonly data: Readonly<Record<Part, AnyDataset>>;
  /** Of the table (countMissing). */
  readonly missing: readonly MissingCount[];
  /** Which rows were trained on (makeRowFilter). */
  readonly trainedOn?: RowFilter | undefined;
  /** What is written beside it. */
  readonly files: readonly string[];
  /** What was typed. */
  readonly command?: string | undefined;
  /** Measures of the test rows; absent where none is labelled. */
  readonly tests?:
    | {
        teacher: Evaluation;
        student: Evaluation;
        groups?: DistillResult['groups'];
        baselines?: readonly Baseline[] | undefined;
        figures?: Figures;
      }
    | undefined;
}

/** Gathers the record. */
export function resultOf(inputs: ResultInputs): DistillResult {
  const { run, teacher, sha256, data, missing, trainedOn, files, command, tests } = inputs;
  const { debias, student } = run;
  const changes = withCuts(run.changes, student.preprocessing);
  const measured = (e: Evaluation | undefined): Measured => (e ? { test: e.metrics } : {});
  const atHalf = (e: Evaluation | undefined): MeasuredAtHalf => (e ? { test: e.atHalf } : {});
  return {
    schema: 'debkd/distill@1',
    summary: describeChanges({ ...run, changes }),
    ...(command !== undefined && { command }),
    teacher: {
      ...{ sha256: teacher.sha256, convention: teacher.convention, reason: teacher.reading.reason },
      threshold: tests?.teacher.threshold ?? 0.5,
      ...{ metrics: measured(tests?.teacher), metricsAtHalf: atHalf(tests?.teacher) },
    },
    debias: {
      ...{ method: debias.method, penalty: debias.penalty ?? null },
      parts: debias.parts.map(({ parameters: _, ...part }) => part),
      candidates: debias.candidates,
      ...chosenLoss(run, data),
    },
    ...{ infusion: run.infusion, changes },
    ...(run.calibration && { calibration: run.calibration }),
    student: {
      architecture: describeArchitecture(student.preprocessing.encodedWidth, student.architecture),
      ...{
        parameters: student.parameters.length,
        sha256,
        threshold: student.threshold,
        epoch: student.training?.penalty === undefined ? (student.training?.epoch ?? null) : null,
        ...(student.training?.penalty !== undefined && { penalty: student.training.penalty }),
      },
    },
    columns: student.preprocessing.columns.length,
    rows: { ...count(data, (d) => d.rows), labelled: count(data, (d) => d.labels.filter((y) => y >= 0).length) },
    ...{ missing, unknown: addUnknown([data.train, data.validation, data.test].map(({ unknown = [] }) => unknown)) },
    ...(trainedOn && { trainedOn }),
    ...{ metrics: measured(tests?.student), metricsAtHalf: atHalf(tests?.student) },
    ...(tests?.baselines && { baselines: tests.baselines }),
    groups: tests?.groups ?? [],
    ...(tests?.figures && { figures: tests.figures }),
    ...{ timing: run.timing, files, warnings: run.warnings },
  };
}

function count(data: Readonly<Record<Part, AnyDataset>>, of: (dataset: AnyDataset) => number): Record<Part, number> {
  return { train: of(data.train), validation: of(data.validation), test: of(data.test) };
}

/** Where the teacher was fitted on the training rows, the map was fitted, and is measured, on the validation rows alone. */
function chosenLoss(
  { debias, debiased, leakage }: Distilled,
  data: ResultInputs['data'],
): { readonly logLoss?: number } {
  const parts = leakage.leaked ? (['validation'] as const) : (['train', 'validation'] as const);
  const losses = parts.flatMap((part) =>
    Array.from(data[part].labels).flatMap((y, i) => {
      const d = debiased[part][i] as number;
      return y < 0 ? [] : [softplus(y === 1 ? -d : d)];
    }),
  );
  if (losses.length === 0 || losses.length !== debias.rows) return {};
  return { logLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
}
