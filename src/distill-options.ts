// What distill takes and returns.
import type { AnyDataset } from './data/dataset.ts';
import type { LabelCache } from './io/cache.ts';
import type { ProgressOptions } from './io/progress.ts';
import type { Changes } from './labels/changes.ts';
import type { DebiasMethod } from './labels/debias-names.ts';
import type { InfusionForm } from './labels/infusion-forms.ts';
import type { Targets } from './labels/knowledge-infusion.ts';
import type { Debias } from './labels/label-debiasing.ts';
import type { Leakage } from './labels/leakage.ts';
import type { Loss } from './loss/loss.ts';
import type { Architecture } from './student/architecture.ts';
import type { Calibration } from './student/calibrate.ts';
import type { Checkpoint } from './student/checkpoint.ts';
import type { ClassWeight } from './student/class-weight.ts';
import type { FitOptions } from './student/fit.ts';
import type { Student } from './student/student.ts';
import type { SoftLabels } from './teacher/soft-labels.ts';
import type { Teacher } from './teacher/teacher.ts';

/** What distill needs: a teacher, rows to learn from and to choose by, the shape of the student, a seed. All else has a default. */
export interface DistillOptions
  extends ProgressOptions,
    Pick<FitOptions, 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'earlyStopping'> {
  /** From loadTeacher; it is not disposed of. */
  readonly teacher: Teacher;
  /** Rows to learn from; best such that the teacher was not fitted on. Rows without a label are welcome. */
  readonly train: AnyDataset;
  /** Rows to choose by: epoch, strength, threshold. */
  readonly validation: AnyDataset;
  /** Its shape: `{ hidden: [] }` is logistic regression. */
  readonly student: Architecture;
  /** Default auto. */
  readonly debias?: DebiasMethod | undefined;
  /** Default mix with strength auto. */
  readonly infusion?: { readonly form: InfusionForm; readonly strength?: number | 'auto' | undefined } | undefined;
  /** Default debiasedDistillation(). */
  readonly loss?: Loss | undefined;
  /** What chooses epoch and strength; default debiased. */
  readonly select?: 'debiased' | 'labels' | undefined;
  /**
   * Weight of the loss of labelled rows of class 1; `balanced`: both classes weigh the same in all; default 1. It moves the
   * student's probabilities towards the heavier class: they no longer are shares.
   */
  readonly classWeight?: ClassWeight | undefined;
  /**
   * Whether the trained student's margins are calibrated on the labelled validation rows, where that is one standard error
   * better (calibrate); default false. Not where classes are weighted, which moves margins on purpose.
   */
  readonly calibrate?: boolean | undefined;
  /** A whole number of 0 and more; the same one gives the same bytes. */
  readonly seed: number;
  /** Keeps finished parts, and has those of an earlier run of the same inputs. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Keeps the teacher's answers for later runs on the same rows. */
  readonly cache?: LabelCache | undefined;
}

/** What distill made: the student, and how it came to be. */
export interface Distillation {
  /** With its threshold chosen on the validation rows. */
  readonly student: Student;
  /** The teacher's margins of both parts. */
  readonly soft: { readonly train: SoftLabels; readonly validation: SoftLabels };
  /** The map that corrected them. */
  readonly debias: Debias;
  /** De-biased margins d, float64 [rows]: of train before infusion, and of validation. */
  readonly debiased: { readonly train: Float64Array; readonly validation: Float64Array };
  /** How labels were mixed in, and how students of each strength did on the validation rows. */
  readonly infusion: {
    readonly form: InfusionForm;
    readonly strength: number;
    readonly candidates: readonly { strength: number; selectionLoss: number }[];
  };
  /** What calibration of the trained student found; absent where it was not asked for, or labels were too few. */
  readonly calibration?: Calibration;
  /** What the student was trained on: margins u of the training rows. */
  readonly targets: Targets;
  /** What moved between the teacher and the targets. */
  readonly changes: Changes;
  /** Whether the teacher seems to have been fitted on the training rows. */
  readonly leakage: Leakage;
  /** What a reader should know, each a sentence with its figure and the way out. */
  readonly warnings: readonly string[];
  /** How long the stages took. */
  readonly timing: {
    /** Seconds of soft labels and, for losses and fits that use them, the teacher's features. */
    readonly labelSeconds: number;
    /** Seconds of de-biasing and of training all students; without calibration and threshold. */
    readonly trainSeconds: number;
    /** Training and validation rows per second of `labelSeconds`, cached rows included. */
    readonly rowsPerSecond: number;
    /** Rows whose soft labels came from the cache or the checkpoint. */
    readonly cachedRows: number;
  };
}
