// The options and the result of distill.
import type { AnyDataset } from './data/dataset.ts';
import type { LabelCache } from './io/cache.ts';
import type { ProgressOptions } from './io/progress.ts';
import type { Changes } from './labels/changes.ts';
import type { Debias } from './labels/debias.ts';
import type { AblationComponent, DebiasMethod } from './labels/debias-names.ts';
import type { GroupCorrection } from './labels/group-corrections.ts';
import type { InfusionForm } from './labels/infusion-forms.ts';
import type { Targets } from './labels/knowledge-infusion.ts';
import type { Leakage } from './labels/leakage.ts';
import type { Loss } from './loss/loss.ts';
import type { ThresholdRecord } from './metrics/threshold-estimate.ts';
import type { Architecture } from './student/architecture.ts';
import type { Calibration } from './student/calibrate.ts';
import type { Checkpoint } from './student/checkpoint.ts';
import type { GroupThresholdChoice } from './student/choose-group-thresholds.ts';
import type { ClassWeight } from './student/class-weight.ts';
import type { FitOptions } from './student/fit.ts';
import type { SelectionMetric } from './student/selection-metrics.ts';
import type { Student } from './student/student.ts';
import type { SoftLabels } from './teacher/soft-labels.ts';
import type { Teacher } from './teacher/teacher.ts';

/** Options of distill. Required: training and validation rows, a seed and, without `from`, a teacher and the student's architecture. */
export interface DistillOptions
  extends ProgressOptions,
    Pick<FitOptions, 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'augment' | 'earlyStopping'> {
  /** The teacher (loadTeacher or givenSoftLabels); distill does not dispose of it. May be left out with `from`. */
  readonly teacher?: Teacher | undefined;
  /** Training rows, preferably rows that the teacher was not fitted on. Unlabelled rows are used too. */
  readonly train: AnyDataset;
  /** Rows that select the epoch, the infusion strength and the threshold. */
  readonly validation: AnyDataset;
  /** The student's architecture; `{ hidden: [] }` is logistic regression. Left out with `from`. */
  readonly student?: Architecture | undefined;
  /**
   * An earlier student to go on from: `student` is then left out, and `teacher` may be. The new student has its preprocessing and architecture,
   * starts at its weights, and has it as a teacher. Encode the rows with its preprocessing. Not for students of images.
   */
  readonly from?: Student | undefined;
  /**
   * With `from`, earlier rows on which the new student is to answer as the earlier one; their labels are not used. Default: the new rows, moved
   * to the mean and standard deviation of each number in the earlier student's training rows.
   */
  readonly replay?: AnyDataset | undefined;
  /** Method of label de-biasing; default auto. */
  readonly debias?: DebiasMethod | undefined;
  /**
   * Components that label de-biasing by `auto` leaves out, as of fitDebias, such as the teacher's hidden features; `selection` is
   * `select: 'labels'`. Default none.
   */
  readonly ablate?: readonly AblationComponent[] | undefined;
  /** Knowledge infusion; default mix with strength auto, which trains a student for each strength of STRENGTHS. */
  readonly infusion?:
    | { readonly form?: InfusionForm | undefined; readonly strength?: number | 'auto' | undefined }
    | undefined;
  /** Loss; default debiasedDistillation(). */
  readonly loss?: Loss | undefined;
  /** Labels that select epoch and strength: de-biased ones, or the rows' labels only; default debiased. */
  readonly select?: 'debiased' | 'labels' | undefined;
  /**
   * Metric on the validation rows that epoch, ridge penalty, strength and the weights of several teachers are chosen by; default `logLoss`.
   * With de-biased labels, expected counts take the place of counts. F1 is the best over all thresholds.
   */
  readonly metric?: SelectionMetric | undefined;
  /**
   * Weight of labelled rows of class 1 in the loss; `balanced` gives both classes the same total weight; default 1. Other weights
   * bias the student's probabilities towards the heavier class.
   */
  readonly classWeight?: ClassWeight | undefined;
  /**
   * Whether to calibrate the trained student's margins on the labelled validation rows if that is better by one standard error
   * (calibrate); default true for students of texts and images, else false. Students of images are calibrated on the targets
   * that selected them (calibrateOnTargets). Ignored with class weights, which shift margins on purpose.
   */
  readonly calibrate?: boolean | undefined;
  /**
   * The rule that chooses the student's threshold on the validation rows: `f1`, `accuracy`, `youden`, `mcc`, `cost:FP=1,FN=8`,
   * `precision>=0.9`, `recall>=0.95`, `rate=0.1` or a threshold (chooseThreshold); default `f1`.
   */
  readonly threshold?: string | undefined;
  /**
   * Gives each group of a column's values a threshold of its own, chosen on the validation rows (Hardt, Price and Srebro 2016); default: all
   * rows have one. `groups` has the group of each validation row, as of groupRows. With `equal-opportunity`, the default of `for`, each group
   * takes the threshold whose true positive rate is nearest to that of all rows at the common threshold, which `threshold` chooses; with
   * `equalised-odds`, true and false positive rates are as alike as thresholds can make them. A missing or other value, and a group with fewer
   * than 50 labelled rows or 10 of either class, has the common threshold.
   */
  readonly thresholdPer?:
    | {
        readonly column: string;
        readonly groups: readonly string[];
        readonly for?: 'equal-opportunity' | 'equalised-odds' | undefined;
      }
    | undefined;
  /** An integer from 0; the same seed gives the same bytes. */
  readonly seed: number;
  /** Stores finished parts and resumes an earlier run with the same inputs; default none. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Stores the teacher's answers for later runs on the same rows; default none. */
  readonly cache?: LabelCache | undefined;
  /**
   * Threads that fit the maps of label de-biasing and train the students, from 1 to 1024; default 1. They change no result, and start only
   * where they save about a second. Hosts without threads, rows in a file, and a loss of one's own use one. The teacher has its own
   * option (loadTeacher).
   */
  readonly threads?: number | undefined;
}

/** The names of the options. */
export const DISTILL_OPTIONS: Readonly<Record<keyof DistillOptions, true>> = {
  teacher: true,
  train: true,
  validation: true,
  student: true,
  from: true,
  replay: true,
  debias: true,
  ablate: true,
  infusion: true,
  loss: true,
  select: true,
  metric: true,
  classWeight: true,
  calibrate: true,
  threshold: true,
  thresholdPer: true,
  seed: true,
  checkpoint: true,
  cache: true,
  threads: true,
  epochs: true,
  batchSize: true,
  optimizer: true,
  dropout: true,
  augment: true,
  earlyStopping: true,
  signal: true,
  onProgress: true,
};

/** Options with a teacher and an architecture: those of an earlier student, where it goes on from one. */
export interface CompleteOptions extends DistillOptions {
  readonly teacher: Teacher;
  readonly student: Architecture;
}

/** The result of distill: the student, and a record of each stage. */
export interface Distillation {
  /** The student, with its threshold. */
  readonly student: Student;
  /** The teacher's margins v of both parts. */
  readonly soft: { readonly train: SoftLabels; readonly validation: SoftLabels };
  /** The map that de-biased them. */
  readonly debias: Debias;
  /** De-biased margins d before infusion, float64 [rows]; NaN for rows without a soft label. */
  readonly debiased: { readonly train: Float64Array; readonly validation: Float64Array };
  /** The form and selected strength of the infusion, and the selection loss of the student of each strength. */
  readonly infusion: {
    readonly form: InfusionForm;
    readonly strength: number;
    readonly candidates: readonly { strength: number; selectionLoss: number }[];
    /** The metric of selection, if it is not the cross-entropy; a selection loss is 1 minus it, or the Brier score. */
    readonly metric?: SelectionMetric;
  };
  /**
   * The hint of the teacher's hidden layer (regressionHint) that students were also trained with, because one class has fewer than 100
   * labels, and whether the chosen student has it; absent where none was tried.
   */
  readonly hint?: { readonly weight: number; readonly taken: boolean };
  /**
   * What the student's threshold was chosen by: the labels of the validation rows, or, with fewer than 100 of one class, the corrected
   * labels of the training and validation rows.
   */
  readonly thresholdBy: 'labels' | 'corrected labels';
  /** The rule that chose the threshold, and how certain threshold and rule are on the rows that chose it. */
  readonly thresholdChoice: ThresholdRecord;
  /** The threshold of each group of the validation rows; absent without `thresholdPer`. */
  readonly groupThresholds?: GroupThresholdChoice;
  /**
   * With `from`: the earlier student, the step from its weights (0) to the trained ones (1), and the SHA-256 of the files of the student's
   * ancestors, the newest first.
   */
  readonly from?: { readonly student: Student; readonly step: number; readonly parents: readonly string[] };
  /** The calibration of the trained student; absent unless requested, or with too few labels. */
  readonly calibration?: Calibration;
  /** The student's targets: margins u of the training rows. */
  readonly targets: Targets;
  /** How far de-biasing and infusion changed the teacher's labels of the training rows. */
  readonly changes: Changes;
  /**
   * The correction of each named group (`groups` of the rows), and the one that the group's labels alone would give; absent without named
   * groups.
   */
  readonly groupCorrections?: readonly GroupCorrection[];
  /** Whether the teacher seems to have been fitted on the training rows. */
  readonly leakage: Leakage;
  /** Warnings in plain text, each with a figure and a remedy. */
  readonly warnings: readonly string[];
  /** Duration of the stages. */
  readonly timing: {
    /** Seconds for soft labels and, if a map uses them, the teacher's features. */
    readonly labelSeconds: number;
    /** Seconds for de-biasing and training all students, without calibration and threshold. */
    readonly trainSeconds: number;
    /** Training and validation rows per second of `labelSeconds`, cached rows included. */
    readonly rowsPerSecond: number;
    /** Rows whose soft labels are from the cache or the checkpoint. */
    readonly cachedRows: number;
  };
}
