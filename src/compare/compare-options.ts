// Options of compare.
import type { Dataset } from '../data/dataset.ts';
import type { LabelCache } from '../io/cache.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Architecture } from '../student/architecture.ts';
import type { ClassWeight } from '../student/class-weight.ts';
import type { FitOptions } from '../student/fit.ts';
import type { ModelColumns } from '../teacher/model-columns.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { CompareInputs } from './compare-inputs.ts';
import type { Job, Outcome } from './job.ts';
import type { DebiasedOptions } from './method-inputs.ts';

/** A pool of workers for jobs. */
export interface Pool extends Disposable {
  /** Number of concurrent jobs. */
  readonly size: number;
  /** Runs a job. compare gives a worker jobs of the same seed in a row where it can. */
  run(job: Job): Promise<Outcome>;
}

/** Options of compare. `teacher`, `data` and `student` are required, all others have defaults. */
export interface CompareOptions
  extends ProgressOptions,
    Pick<FitOptions, 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'augment'>,
    DebiasedOptions {
  /** The teacher (loadTeacher or givenSoftLabels); compare does not dispose of it. */
  readonly teacher: Teacher;
  /** Encoded rows: the pool of training rows, the rows that select, and the rows to measure on once. */
  readonly data: { readonly train: Dataset; readonly validation: Dataset; readonly test: Dataset };
  /** Architecture of every student. */
  readonly student: Architecture;
  /**
   * Number of seeds, counted from 1, or a list of seeds; default 20. A seed determines the training rows, the first weights and the
   * order of rows.
   */
  readonly seeds?: number | readonly number[] | undefined;
  /** Number of training rows that each seed draws; default all. */
  readonly trainRows?: number | undefined;
  /** Whether to train every setting of each method and select on the validation rows; default: only the first setting. */
  readonly tune?: boolean | undefined;
  /** Name of the teacher's tensor for feature-based methods; default: its last hidden layer. */
  readonly layer?: string | undefined;
  /** Weight of class 1 for every method, as in distill; default 1. */
  readonly classWeight?: ClassWeight | undefined;
  /** Number of resamples of the test rows for intervals; default 500. */
  readonly replicates?: number | undefined;
  /** Cache for the teacher's answers; default: none. */
  readonly cache?: LabelCache | undefined;
  /** The columns that the teacher and every student take, for the record. */
  readonly columns?: ModelColumns | undefined;
  /** The command line, for the record. */
  readonly command?: string | undefined;
  /** Store for finished cells; a comparison resumes from it after an interruption. */
  readonly cells?: LabelCache | undefined;
  /** Opens a pool of workers for the jobs; default: run them in this thread. It does not change outcomes. */
  readonly pool?: ((inputs: CompareInputs) => Pool) | undefined;
}
