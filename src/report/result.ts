// The record of a distillation: the content of result.json.
import type { MissingCount } from '../data/count-missing.ts';
import type { RowFilter } from '../data/row-filter.ts';
import type { UnknownCount } from '../data/unknown-values.ts';
import type { Distillation } from '../distill-options.ts';
import type { DebiasCandidate } from '../labels/cross-fit.ts';
import type { DebiasMap } from '../labels/maps/map.ts';
import type { ConfusionMetric } from '../metrics/evaluation.ts';
import type { GroupBias } from '../metrics/group-bias.ts';
import type { Estimate, Metric } from '../metrics/metric.ts';
import type { ThresholdRecord } from '../metrics/threshold-estimate.ts';
import type { Calibration } from '../student/calibrate.ts';
import type { DeferBand } from '../student/decide.ts';
import type { GroupThresholds } from '../student/group-thresholds.ts';
import type { SoftLabelsRecord } from '../teacher/given-record.ts';
import type { ModelColumns } from '../teacher/model-columns.ts';
import type { ClassNames } from './class-words.ts';
import type { Figures } from './figures-data.ts';
import type { LabelledChanges, LabelledGroupCorrection } from './group-shifts.ts';
import type { Importance } from './importance.ts';
import type { DeferralRecord } from './measure-deferral.ts';
import type { GroupThresholdsRecord } from './measure-group-thresholds.ts';
import type { MeanOcclusion } from './occlusion.ts';
import type { WeightsRecord } from './weights-text.ts';
import type { WithheldRecord } from './withheld.ts';

/** The parts of the data. */
export type Part = 'train' | 'validation' | 'test';
/** Metrics of the test rows at the chosen threshold, with 95 % intervals; empty without labelled test rows. */
export type Measured = { readonly test: Readonly<Record<Metric, Estimate>> } | Record<string, never>;
/** The metrics that need a threshold, at 0.5; empty without labelled test rows. */
export type MeasuredAtHalf = { readonly test: Readonly<Record<ConfusionMetric, Estimate>> } | Record<string, never>;

/** The names of the baselines. */
export const BASELINE_NAMES: Readonly<Record<Baseline['method'], string>> = { hard: 'hard labels', kd: 'plain KD' };

/** A student to compare with, on the same test rows. */
export interface Baseline {
  /** The method of compare: labels only, or plain distillation. */
  readonly method: 'hard' | 'kd';
  /** The threshold with the best F1 on the validation rows. */
  readonly threshold: number;
  /** Metrics on the test rows, at the threshold. */
  readonly metrics: Measured;
}

/** The student's metrics minus those of another model on the same rows. */
export interface PairedDifference {
  /** The mean of the rows' differences. */
  readonly logLoss: Estimate;
  /** By the placements of the rows (DeLong 1988); absent with row weights, and with fewer than two rows of a class. */
  readonly auc?: Estimate;
}

/** The differences from each model that was measured. */
export type Differences = Readonly<Partial<Record<'teacher' | Baseline['method'], PairedDifference>>>;

/** The bias of each model in one group. */
export type GroupModels = Readonly<Record<'teacher' | 'student', GroupBias>> &
  Readonly<Partial<Record<Baseline['method'], GroupBias>>>;

/** One of several teachers. */
export interface TeacherRecord {
  /** Its short name. */
  readonly name: string;
  /** SHA-256 of its file, or of the given soft labels. */
  readonly sha256: string;
  /** What its output means. */
  readonly convention: string;
  /** The runtime, if it was not onnxruntime-web in WebAssembly. */
  readonly runtime?: string;
  /** Why it means that. */
  readonly reason: string;
  /** The threshold with the best F1 on the validation rows. */
  readonly threshold: number;
  /** Metrics on the test rows, at the threshold. */
  readonly metrics: Measured;
}

/** The record of a distillation, schema debkd/distill@1. */
export interface DistillRecord {
  /** Name and version of the schema. */
  readonly schema: 'debkd/distill@1';
  /** What de-biasing found and changed, in words. */
  readonly summary: string;
  /** The command that made it; absent if it was made by a program. */
  readonly command?: string;
  /** The label column and its values of class 1 and class 0; absent if they are not known. */
  readonly label?: ClassNames;
  /** The teacher: its hash, how its output was read, its threshold and its metrics. */
  readonly teacher: {
    /** The name of its file, without the folder; absent if it is not known. */
    readonly name?: string;
    /** The size of its file in bytes; absent if it is not known. */
    readonly bytes?: number;
    readonly sha256: string;
    readonly convention: string;
    /** The runtime, if it was not onnxruntime-web in WebAssembly. */
    readonly runtime?: string;
    readonly reason: string;
    readonly threshold: number;
    readonly metrics: Measured;
    readonly metricsAtHalf: MeasuredAtHalf;
    /** The soft labels that were given instead of a model; absent for a model. */
    readonly softLabels?: SoftLabelsRecord;
    /** Each of several teachers, whose mean log-odds `metrics` measures; absent for one teacher. */
    readonly teachers?: readonly TeacherRecord[];
  };
  /** The map that corrected the soft labels, and all candidates. */
  readonly debias: {
    readonly method: string;
    readonly penalty: number | null;
    /** The maps of a stack with their weights, or the one map. */
    readonly parts: readonly (DebiasMap & { readonly weight: number; readonly selectionWeight?: number })[];
    readonly candidates: readonly DebiasCandidate[];
    /** Cross-fitted log-loss of the chosen map, on the rows of the candidates' log-losses; absent if these are a sample. */
    readonly logLoss?: number;
  };
  /** Form and strength of the infusion, and the loss of each candidate strength on the validation rows. */
  readonly infusion: Distillation['infusion'];
  /** The weight of the hint that students were also trained with, and whether the chosen one has it; absent where none was tried. */
  readonly hint?: { readonly weight: number; readonly taken: boolean };
  /**
   * The step from an earlier student's weights (0) to the trained ones (1), and the SHA-256 of the files of the student's ancestors, the newest
   * first; absent for a student that goes on from none.
   */
  readonly from?: { readonly step: number; readonly parents: readonly string[] };
  /** The calibration of the trained student; absent if it was not requested. */
  readonly calibration?: Calibration;
  /** The changes from the teacher's soft labels to the targets. */
  readonly changes: LabelledChanges;
  /** The correction of each named group, and the one that its labels alone would give; absent without named groups. */
  readonly groupCorrections?: readonly LabelledGroupCorrection[];
  /** Architecture, number of parameters, SHA-256 of student.debkd, threshold and selected epoch. */
  readonly student: {
    readonly architecture: string;
    readonly parameters: number;
    /** The size of student.debkd in bytes; absent in records of earlier versions. */
    readonly bytes?: number;
    readonly sha256: string;
    readonly threshold: number;
    /** Thresholds by the values of a column; absent for a student with one threshold. */
    readonly groupThresholds?: GroupThresholds;
    /** The band of probabilities in which it defers; absent if it answers everything. */
    readonly defer?: DeferBand;
    /** What the threshold was chosen by, if not by the labels of the validation rows. */
    readonly thresholdBy?: 'corrected labels';
    /** The rule of the threshold, and how certain it is; `test` is the rule's value on the test rows. */
    readonly thresholdChoice?: ThresholdRecord & { readonly test?: Estimate };
    readonly epoch: number | null;
    /** Ridge penalty of a logistic student that was fitted to convergence. */
    readonly penalty?: number;
  };
  /** The columns that the teacher and the student take; their number for the student if no names were given. */
  readonly columns?: ModelColumns | number;
  /** Number of rows and of labelled rows of each part; the number of different test rows, where their figures depend on few. */
  readonly rows: Readonly<Record<Part, number>> & {
    readonly labelled: Readonly<Record<Part, number>>;
    readonly different?: number;
  };
  /** Row weights, where the rows have some: training, de-biasing and all metrics use them. */
  readonly weights?: WeightsRecord;
  /** Missing values of the table's features, by column and spelling. */
  readonly missing: readonly MissingCount[];
  /** Values that no preprocessing knows, by column; models ignore them. */
  readonly unknown: readonly UnknownCount[];
  /** The deferral band's promise and what it gives on the test rows; absent without a band. */
  readonly deferral?: DeferralRecord;
  /** The thresholds of groups and what they give on the test rows; absent for a student with one threshold. */
  readonly groupThresholds?: GroupThresholdsRecord;
  /** A filter of the training rows' hashes; absent if it was not stored. */
  readonly trainedOn?: RowFilter;
  /** The student's metrics at its threshold. */
  readonly metrics: Measured;
  /**
   * The student's metrics on the labelled test rows with a soft label, on which the teacher, the groups and the figures are measured;
   * absent if all have one.
   */
  readonly metricsWithTeacher?: Measured;
  /** The student's metrics at a threshold of 0.5. */
  readonly metricsAtHalf: MeasuredAtHalf;
  /** Students of the labels only and of plain distillation with the same training; absent if they were not requested. */
  readonly baselines?: readonly Baseline[];
  /**
   * The student's log-loss and AUC minus those of the teacher and of the baselines on the same test rows, with 95 % intervals of the paired
   * differences; absent without labelled test rows, and in records of earlier versions.
   */
  readonly differences?: Differences;
  /** The bias of the teacher, of the student and of the baselines, if there are some, by group, on the test rows. */
  readonly groups: readonly GroupModels[];
  /** The data of the report's charts; absent without labelled test rows. */
  readonly figures?: Figures;
  /** Where a student of images looks, on average over test images; absent without images. */
  readonly occlusion?: MeanOcclusion;
  /** How much the student depends on each column; absent without labelled test rows, with one column, and with more than 200. */
  readonly importance?: Importance;
  /** What the student's columns tell about withheld columns; absent without `withhold` of encodeParts. */
  readonly withheld?: readonly WithheldRecord[];
  /** Times in seconds, and training speed in rows per second. */
  readonly timing: Distillation['timing'];
  /** Names of the files in the record's folder. */
  readonly files: readonly string[];
  /** Warnings with their numbers and remedies. */
  readonly warnings: readonly string[];
}
