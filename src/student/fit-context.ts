// What one student of a fit is asked to learn, and what all students of a fit share.

import type { AnyDataset } from '../data/dataset.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import type { Loss } from '../loss/loss.ts';
import type { Features } from '../teacher/features.ts';
import type { Architecture } from './architecture.ts';
import type { Evaluator } from './evaluator.ts';
import type { Budget } from './fit-options.ts';
import type { Optimizer } from './optimizer.ts';
import type { Selection } from './selection.ts';
import type { TrainingRows } from './training-rows.ts';

/** What one student learns, and how. */
export interface FitTask {
  /** A margin a training row. */
  readonly targets: Targets;
  /** Of each row against its target and label. */
  readonly loss: Loss;
  /** The teacher's features of the training rows, where the loss has a hint. */
  readonly features?: Features | undefined;
  /** Default AdamW at 2e-3. */
  readonly optimizer?: Optimizer | undefined;
  /** The epoch with the lowest cross-entropy on these rows is kept; without them, the last. */
  readonly validation?: Selection | undefined;
}

/** What all students of a fit share; pointers are byte addresses in the arena. */
export interface FitContext {
  readonly arena: Arena;
  readonly dataset: AnyDataset;
  readonly shape: Architecture;
  readonly trainingRows: TrainingRows;
  /** Of the rows; undefined where all weigh 1. */
  readonly weights: Float64Array | undefined;
  readonly batchSize: number;
  readonly dropout: number;
  readonly budget: Budget;
  /** What answers for the rows of each validation part. */
  readonly evaluators: Map<AnyDataset, Evaluator>;
  /** Where features lie that regressors predict. */
  readonly features: Map<Features, number>;
}
