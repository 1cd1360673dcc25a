// The task of one student in a fit, and the data that all students of a fit share.

import type { ConstantColumn } from '../data/constant-columns.ts';
import type { AnyDataset } from '../data/dataset.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import type { Loss } from '../loss/loss.ts';
import type { Features } from '../teacher/features.ts';
import type { Architecture } from './architecture.ts';
import type { Change } from './augmentation.ts';
import type { Evaluator } from './evaluator.ts';
import type { Budget } from './fit-options.ts';
import type { Optimizer } from './optimizer.ts';
import type { Selection } from './selection.ts';
import type { TrainingRows } from './training-rows.ts';

/** The task of one student: targets, loss, optimizer, selection. */
export interface FitTask {
  /** One margin for each training row, float64 [rows]. */
  readonly targets: Targets;
  /** The loss of a row, from its margin, target and label. */
  readonly loss: Loss;
  /** The teacher's features of the training rows, float32 [rows x width]; needed when the loss has a hint. */
  readonly features?: Features | undefined;
  /** Default: newton for a logistic student with a convex loss, else AdamW at learning rate 2e-3. */
  readonly optimizer?: Optimizer | undefined;
  /** Rows to select the epoch by: the one with the lowest cross-entropy is kept. Without them the last epoch is kept. */
  readonly validation?: Selection | undefined;
}

/** The data that all students of a fit share; pointers are byte addresses in the arena. */
export interface FitContext {
  readonly arena: Arena;
  readonly dataset: AnyDataset;
  readonly shape: Architecture;
  readonly trainingRows: TrainingRows;
  /** Row weights (trainingWeights), float64 [rows]; undefined where all are 1. */
  readonly weights: Float64Array | undefined;
  /** Pointer to the weights of hints: the dataset's, divided by their mean, float64 [rows]; 0 where all are 1. */
  readonly hintWeights: number;
  readonly batchSize: number;
  readonly dropout: number;
  /** Changes of training images. */
  readonly changes: readonly Change[];
  readonly budget: Budget;
  /** Parameters to start from; undefined: drawn by the seed. */
  readonly initial: Float32Array | undefined;
  /** Encoded columns that are the same in all training rows; none where training starts from parameters that may know of them. */
  readonly constants: readonly ConstantColumn[];
  /** The evaluator of each validation part. */
  readonly evaluators: Map<AnyDataset, Evaluator>;
  /** Pointers to the teacher features that regression hints predict. */
  readonly features: Map<Features, number>;
}
