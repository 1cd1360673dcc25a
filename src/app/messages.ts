import type { RawInput } from '../data/raw-inputs.ts';
import type { Table } from '../data/table.ts';
import type { Target } from '../deploy/targets.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Estimate, Metric } from '../metrics/metric.ts';
import type { Point, ReliabilityBin } from '../report/figures-data.ts';
import type { DistillRecord } from '../report/result.ts';
import type { DeferBand } from '../student/decide.ts';
import type { Explanation } from '../student/explain.ts';
import type { QuantizationLoss } from '../student/quantization.ts';
import type { RawRecord } from '../student/record.ts';
import type { Checked, Choice, RowFiles, TableSummary, TeacherFiles, TeacherSummary } from './input-messages.ts';

/** The stage of the progress event that reports a checkpoint. */
export const RESUMED = 'resumed from a checkpoint';

/** Settings, by the names of the command line's options. */
export type Settings = Readonly<Record<string, string | boolean>>;

/** A model's measures on the test rows. */
export interface Model {
  readonly name: string;
  readonly metrics: Readonly<Record<Metric, Estimate>>;
  readonly reliability: readonly ReliabilityBin[];
  readonly roc: readonly Point[];
}

/** A field of the form for one record. */
export interface Field extends Pick<RawInput, 'name' | 'categories'> {
  readonly type: RawInput['type'] | 'text';
  /** Whether only the teacher takes it. */
  readonly teacherOnly?: boolean;
  /** The least and the largest value of the training rows; only for numbers. */
  readonly range?: readonly [least: number, largest: number] | undefined;
}

/** A test row as a record. */
export interface TestRow {
  /** Its place among the test rows, from 0. */
  readonly at: number;
  /** Its number in the file, from 1, without the header. */
  readonly number: number;
  /** Undefined for a row without a label. */
  readonly label: 0 | 1 | undefined;
  readonly record: Readonly<Record<string, string>>;
}

/** A test row of a list. */
export interface ListedRow extends Omit<TestRow, 'record'> {
  /** Probabilities of class 1; NaN where the teacher gives none. */
  readonly teacher: number;
  readonly student: number;
  /** The student's log-loss; NaN without a label. */
  readonly loss: number;
  /** The values of the columns that were asked for. */
  readonly values: readonly string[];
}

/** Test rows to look at, at most ten each. */
export interface ListedRows {
  /** Those where the probabilities of teacher and student differ most. */
  readonly disagreements: readonly ListedRow[];
  /** The labelled ones with the largest log-loss of the student. */
  readonly errors: readonly ListedRow[];
}

/** A picture: a file, or a frame of the camera. */
export type Picture = Blob | Pick<ImageData, 'width' | 'height' | 'data'>;

/** An image of the rows, and what is said about it. */
export interface ShownImage {
  readonly path: string;
  readonly file: Blob;
  /** Undefined for a row without a label. */
  readonly label: 0 | 1 | undefined;
  /** Probabilities of class 1; NaN where the teacher gives none. */
  readonly teacher: number;
  /** The student's answer, or for a training row its target. */
  readonly student: number;
}

/** Images to look at. */
export interface ShownImages {
  /** Training images whose soft label changed most from the teacher to the target. */
  readonly moved: readonly ShownImage[];
  /** Labelled test images that the student gets most wrong. */
  readonly errors: readonly ShownImage[];
  /** An image of a test row, to begin with. */
  readonly example: Pick<ShownImage, 'path' | 'file'> | undefined;
}

/** What each of at most 203 thresholds gives on the labelled test rows: sums of row weights, or numbers of rows without weights. */
export interface ThresholdCuts {
  /** The thresholds, ascending, with the student's own among them. */
  readonly cuts: readonly number[];
  /** Rows of class 1 and of class 0 at or above each threshold. */
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
  /** All rows of class 1, and all of class 0. */
  readonly positive: number;
  readonly negative: number;
  readonly isWeighted: boolean;
  /**
   * For a student that defers, its band at each threshold: rows in it are in no count above. Null where the held-out rows do not show what
   * is asked of a band.
   */
  readonly bands?: readonly (CutBand | null)[];
}

/** The band in which a student defers at one threshold. */
export interface CutBand extends DeferBand {
  /** Test rows of class 1 and of class 0 in it. */
  readonly positives: number;
  readonly negatives: number;
  /** Whether the promise of the run holds: the answers outside the band are those of the run. */
  readonly isPromised: boolean;
}

/** The student after a change of its threshold. */
export interface UsedThreshold {
  readonly threshold: number;
  readonly sha256: string;
}

/** The outcome of a run. */
export interface Outcome {
  readonly result: DistillRecord;
  /** Teacher, de-biased, plain KD and hard labels, each at its own threshold; empty without labelled test rows. */
  readonly models: readonly Model[];
  readonly inputs: readonly Field[];
  /** Whether the teacher can answer a new record: given soft labels cannot. */
  readonly asksTeacher: boolean;
  /** A record that is no row of data, apart from its texts. */
  readonly sample: Readonly<Record<string, string>>;
  /** A test row to begin with; absent without test rows, with images, and in a run that is kept without its files. */
  readonly first?: TestRow | undefined;
  /** The label column and its values; absent in runs of earlier versions. */
  readonly target?: Table['target'] | undefined;
  /** A digest of the test rows: their places in the file, labels and weights. Absent in runs of earlier versions. */
  readonly testRows?: string | undefined;
  /** Absent without images. */
  readonly images?: ShownImages | undefined;
  /** Absent without labelled test rows, and for a student with thresholds of groups. */
  readonly cuts?: ThresholdCuts | undefined;
}

/** The predictions of one record. */
export interface Answers {
  /** Absent where the teacher cannot answer. */
  readonly teacher?: number;
  readonly plain: number;
  readonly debiased: number;
  readonly label: 0 | 1;
  /** The student's threshold; absent where it depends on the group. */
  readonly threshold?: number;
  /** Whether the de-biased student leaves the decision to someone else. */
  readonly defer?: boolean;
  /** The texts of the record, by column: the words of `why` are parts of them. */
  readonly texts: Readonly<Record<string, string>>;
  /** Why the students answer as they do; absent for students of images. */
  readonly why?: Readonly<Record<'plain' | 'debiased', Explanation>>;
  readonly unknown: readonly string[];
}

/** A file to save. */
export interface Download {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the smaller number format changed, measured on the test rows; absent for float32. */
  readonly loss?: QuantizationLoss;
}

/** A file whose rows the student has scored. */
export interface Scored {
  /** The name and the content of the file with the answers: the bytes of `debkd predict --keep all`. */
  readonly name: string;
  readonly file: Blob;
  readonly rows: number;
  /** The number of rows with label 1. */
  readonly positives: number;
  /** The number of rows that the student defers; absent for a student that answers everything. */
  readonly deferred?: number;
  /** What label 1 is, where the student knows it. */
  readonly target?: { readonly name: string; readonly positive: string };
  /** The names of the answers, then those of the file's columns. */
  readonly columns: readonly string[];
  /** The cells of the first rows, in the order of `columns`. */
  readonly shown: readonly (readonly string[])[];
  /** Values that the student does not know: in how many rows of a column, and an example. */
  readonly unknown: readonly { readonly column: string; readonly count: number; readonly example: string }[];
  /** A warning of columns that are missing in half of the rows or more. */
  readonly missing?: string;
}

/** A record whose answer was wrong, and the right label. */
export interface Correction {
  readonly record: Readonly<Record<string, string>>;
  readonly label: 0 | 1;
}

/** What retraining with corrections changed. */
export interface Retrained {
  /** Whether a new student is better than the one of the run. */
  readonly changed: boolean;
  /** Probabilities of class 1 and whether the answer is right, for each correction. */
  readonly answers: readonly Readonly<
    Record<'before' | 'after', { readonly probability: number; readonly right: boolean }>
  >[];
  /** On the labelled test rows; absent without any. */
  readonly test?: Readonly<Record<'before' | 'after', { readonly auc: number; readonly logLoss: number }>>;
  readonly seconds: number;
}

/** What can be downloaded. */
export type DownloadKind = Target | 'student' | 'retrained' | 'result';

/** A request to run. */
export interface RunRequest {
  readonly choice: Choice;
  readonly settings: Settings;
  /** Whether to store finished steps, from which a run can resume. */
  readonly keep: boolean;
}

/** What a run was made from. */
export interface RunInputs {
  readonly teachers: TeacherFiles;
  readonly rows: RowFiles;
  readonly choice: Choice;
  readonly settings: Settings;
}

/** What a finished run predicts and exports with. */
export interface PackedRun {
  /** The bytes of student.debkd, and those of the student of plain KD. */
  readonly student: Uint8Array<ArrayBuffer>;
  readonly plain: Uint8Array<ArrayBuffer>;
  /** The feature columns, in the order of the table. */
  readonly names: readonly string[];
  /** The column of images. */
  readonly image?: string | undefined;
  /** Some training rows, to test exports with. */
  readonly records: readonly RawRecord[];
}

/** The functions of the worker. */
export interface Work {
  /** @returns the summary of each model */
  openTeachers(files: TeacherFiles): Promise<readonly TeacherSummary[]>;
  openTable(rows: RowFiles): Promise<TableSummary>;
  /** The rows of the example of plates: an archive of a table and its pictures. */
  makePlates(): Promise<File>;
  check(choice: Choice): Promise<Checked>;
  run(request: RunRequest, watch?: ProgressOptions): Promise<Outcome>;
  /** The last run, to keep it. */
  pack(): Promise<PackedRun>;
  /** Makes a kept run the last run again. @param inputs absent: the teacher and the rows were not kept */
  restore(
    packed: PackedRun,
    outcome: Pick<Outcome, 'result' | 'asksTeacher'>,
    inputs: RunInputs | undefined,
  ): Promise<void>;
  /** @param picture the image of the record, if it has one */
  answer(record: Readonly<Record<string, string>>, picture?: Picture): Promise<Answers>;
  /** A test row of the last run. @param at its place among them @param names the fields of the record */
  testRow(at: number, names: readonly string[]): Promise<TestRow>;
  /** The test rows of the last run to look at. @param columns those whose values are shown */
  listRows(columns: readonly string[]): Promise<ListedRows>;
  /** Scores the rows of a file with the student of the last run; other calls go on meanwhile. */
  score(file: File, watch?: ProgressOptions): Promise<Scored>;
  /** Goes on from the student of the run with corrections, and keeps the new student for `download`. */
  retrain(corrections: readonly Correction[], watch?: ProgressOptions): Promise<Retrained>;
  /**
   * Gives the student of the last run another threshold, for answers and downloads. A student that defers keeps its band and its promise
   * where they stay true, and otherwise has another band, without a promise.
   * @param defer the band at this threshold
   */
  useThreshold(threshold: number, defer?: DeferBand): Promise<UsedThreshold>;
  download(what: DownloadKind, options: { quantize?: string | undefined }): Promise<Download>;
}
