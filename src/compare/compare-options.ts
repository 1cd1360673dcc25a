// What compare takes.

import type { Dataset } from '../data/dataset.ts';
import type { LabelCache } from '../io/cache.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Architecture } from '../student/architecture.ts';
import type { ClassWeight } from '../student/class-weight.ts';
import type { FitOptions } from '../student/fit.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { CompareInputs } from './compare-inputs.ts';
import type { Job, Outcome } from './job.ts';
import type { DebiasedOptions } from './method-inputs.ts';

/** Workers for jobs. */
export interface Pool extends Disposable {
  /** How many jobs it does at a time. */
  readonly size: number;
  /** Does a job; jobs of one seed are asked for one after another where that is possible. */
  run(job: Job): Promise<Outcome>;
}

/** What compare needs: a teacher, three parts of rows, the shape of the students. */
export interface CompareOptions
  extends ProgressOptions,
    Pick<FitOptions, 'epochs' | 'batchSize' | 'optimizer' | 'dropout'>,
    DebiasedOptions {
  /** From loadTeacher; it is not disposed of. */
  readonly teacher: Teacher;
  /** Rows to draw training rows from, to choose by, and to measure on, once. */
  readonly data: { readonly train: Dataset; readonly validation: Dataset; readonly test: Dataset };
  /** The shape that all methods train. */
  readonly student: Architecture;
  /** How many, from 1, or which; default 20. A seed draws the training rows, the student's start and the order of rows. */
  readonly seeds?: number | readonly number[] | undefined;
  /** Training rows drawn for each seed; default all. */
  readonly trainRows?: number | undefined;
  /** Train every setting of each method and choose by the validation rows; default: the first setting alone. */
  readonly tune?: boolean | undefined;
  /** The teacher's tensor for feature-based methods; default its last hidden layer. */
  readonly layer?: string | undefined;
  /** As of distill; for every method. */
  readonly classWeight?: ClassWeight | undefined;
  /** Resamples of the test rows for intervals; default 500. */
  readonly replicates?: number | undefined;
  /** Keeps the teacher's answers. */
  readonly cache?: LabelCache | undefined;
  /** What was typed, for the record. */
  readonly command?: string | undefined;
  /** Keeps finished cells, so that an interrupted comparison goes on where it was. */
  readonly cells?: LabelCache | undefined;
  /** Does the jobs elsewhere; default: here, one after another. Outcomes do not depend on it. */
  readonly pool?: ((inputs: CompareInputs) => Pool) | undefined;
}
