// How students are trained: options, their defaults and limits.
import { DebkdError } from '../io/errors.ts';
import type { Watch } from '../io/progress.ts';
import { type CheckedOptimizer, checkOptimizer, type Optimizer } from './optimizer.ts';

/** What students that are trained side by side have in common. */
export interface TrainingOptions extends Watch {
  /** A whole number from 0 to 2^53 - 1: start and order of rows follow from it. */
  readonly seed: number;
  /** Default max(15, min(80, 150000 / rows)). */
  readonly epochs?: number | undefined;
  /** Default 64. */
  readonly batchSize?: number | undefined;
  /** Share of hidden units left out of each training step, from 0 to .9; default 0. */
  readonly dropout?: number | undefined;
  /** Weight of each row's loss, float64 [rows]; default 1. */
  readonly weights?: Float64Array | undefined;
  /** Stop after so many epochs without a better one; default: never. */
  readonly earlyStopping?: { readonly patience: number } | undefined;
}

/** Epochs when none are asked for. */
export function defaultEpochs(rows: number): number {
  return Math.max(15, Math.min(80, Math.floor(150000 / rows)));
}

/** Options with their defaults. @throws DebkdError `value` or `rows` */
export function checkFitOptions(
  options: Pick<TrainingOptions, 'seed' | 'epochs' | 'batchSize' | 'dropout'> & { optimizer?: Optimizer | undefined },
  rows: number,
): { seed: number; epochs: number; batchSize: number; optimizer: CheckedOptimizer; dropout: number } {
  const { seed, epochs = defaultEpochs(rows), batchSize = 64, dropout = 0 } = options;
  const optimizer = checkOptimizer(options.optimizer ?? {});
  const demand = (name: string, value: number, ok: boolean, expected: string): void => {
    if (!ok) throw new DebkdError('value', `fit: ${name} is ${value}, expected ${expected}`);
  };
  if (rows === 0) throw new DebkdError('rows', 'fit: no training rows; give some');
  demand('seed', seed, Number.isSafeInteger(seed) && seed >= 0, 'a whole number from 0 to 2^53 - 1');
  demand(
    'epochs',
    epochs,
    Number.isInteger(epochs) && epochs >= 1 && epochs <= 100000,
    'a whole number from 1 to 100000',
  );
  demand(
    'batchSize',
    batchSize,
    Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 65536,
    'a whole number from 1 to 65536',
  );
  demand('dropout', dropout, dropout >= 0 && dropout <= 0.9, 'a number from 0 to 0.9');
  return { seed, epochs, batchSize, optimizer, dropout };
}
