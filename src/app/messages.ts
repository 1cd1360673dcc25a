// What passes between the page and the thread that holds the rows. Rows never leave the thread: summaries do.
import type { MissingCount } from '../data/count-missing.ts';
import type { Input } from '../deploy/shipped/about.ts';
import type { Target } from '../deploy/targets.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Estimate, Metric } from '../metrics/metric.ts';
import type { Point, ReliabilityBin } from '../report/figures-data.ts';
import type { DistillRecord } from '../report/result.ts';

/** The stage that says that a checkpoint was found. */
export const RESUMED = 'going on from what was finished before';

export interface TeacherFiles {
  readonly model: Blob;
  readonly preprocessing?: Blob | undefined;
  /** Files of weights that the model names. */
  readonly externalData?: readonly Blob[] | undefined;
  readonly convention?: string | undefined;
  readonly positiveClass?: string | undefined;
}

export interface TeacherSummary {
  readonly name: string;
  readonly sha256: string;
  readonly operators: readonly string[];
  readonly inputs: readonly string[];
  readonly output: string;
  readonly convention: string;
  readonly reason: string;
  readonly positiveClass: string;
  readonly positiveReason: string;
  /** What the model calls class 1. */
  readonly className?: string;
  readonly entry: string;
}

export interface ColumnSummary {
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** Different values that are not missing. */
  readonly distinct: number;
  readonly missing: number;
  /** Some of them; all where there are at most three. */
  readonly examples: readonly string[];
}

export interface TableSummary {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  /** The column most likely to be the label, and its value most likely to be class 1. */
  readonly target?: string | undefined;
  readonly positive?: string | undefined;
}

export interface Choice {
  readonly target: string;
  readonly positive: string;
  readonly drop: readonly string[];
}

/** What teacher and rows look like together, before the long work. */
export interface Checked {
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly labelled: number;
  readonly positives: number;
  readonly missing: readonly MissingCount[];
  /** Of the teacher on a sample of held-out rows; NaN where a class is absent. */
  readonly auc: number;
  readonly sampled: number;
  readonly known: boolean;
  /** What should be looked at before the run, each a sentence. */
  readonly notes: readonly string[];
  readonly sentence: string;
}

/** Options of the command line, by their names there. */
export type Settings = Readonly<Record<string, string | boolean>>;

export interface Model {
  readonly name: string;
  readonly metrics: Readonly<Record<Metric, Estimate>>;
  readonly reliability: readonly ReliabilityBin[];
  readonly roc: readonly Point[];
}

export interface Outcome {
  readonly result: DistillRecord;
  /** Teacher, de-biased, plain KD, hard labels, each at its own threshold on the test rows; empty without labels there. */
  readonly models: readonly Model[];
  readonly inputs: readonly Input[];
  readonly sample: Readonly<Record<string, string>>;
}

export interface Answers {
  readonly teacher: number;
  readonly plain: number;
  readonly debiased: number;
  readonly label: 0 | 1;
  readonly unknown: readonly string[];
}

export interface Download {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type DownloadKind = Target | 'student' | 'result';

export interface RunRequest {
  readonly choice: Choice;
  readonly settings: Settings;
  /** Whether finished parts are kept, to go on from. */
  readonly keep: boolean;
}

/** Everything the thread does, by name. */
export interface Work {
  openTeacher(files: TeacherFiles): Promise<TeacherSummary>;
  openTable(file: Blob): Promise<TableSummary>;
  check(choice: Choice): Promise<Checked>;
  run(request: RunRequest, watch?: ProgressOptions): Promise<Outcome>;
  answer(record: Readonly<Record<string, string>>): Promise<Answers>;
  download(what: DownloadKind, options: { quantize?: string | undefined }): Promise<Download>;
}
