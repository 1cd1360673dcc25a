// How students are trained: options, their defaults and limits.
import { DebkdError } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { type CheckedOptimizer, checkOptimizer, type Optimizer, type Schedule } from './optimizer.ts';

/** What students that are trained side by side have in common. */
export interface TrainingOptions extends ProgressOptions {
  /** A whole number from 0 to 2^53 - 1: start and order of rows follow from it. */
  readonly seed: number;
  /**
   * Exactly so many. Default: max(15, min(80, 150000 / rows)) at least, and until twice the epoch at which the cross-entropy on
   * the validation rows last fell by more than .0001, and ten epochs and 1,500 steps more than that; at most 40 times the least.
   */
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

/** How long a student is trained when no number of epochs is asked for. */
export interface Budget {
  /** Epochs that are trained in any case. */
  readonly least: number;
  /** Epochs without a clear fall after which it ends, where they are more than those before the last clear fall. */
  readonly patience: number;
  /** Epochs after which it ends in any case. */
  readonly most: number;
}

/** A fall of the selection's cross-entropy that is worth going on for. */
export const CLEAR_FALL = 1e-4;
const PATIENT_EPOCHS = 10;
const PATIENT_STEPS = 1500;
const MAX_TIMES = 40;

/** @param epochs as asked for: then these are trained and no more; so are the least where the rate follows a schedule */
function budgetOf(rows: number, batchSize: number, epochs: number | undefined, schedule: Schedule): Budget {
  const least = epochs ?? Math.max(15, Math.min(80, Math.floor(150000 / rows)));
  if (epochs !== undefined || schedule !== 'constant') return { least, patience: Infinity, most: least };
  const steps = Math.ceil(rows / batchSize);
  return { least, patience: Math.max(PATIENT_EPOCHS, Math.ceil(PATIENT_STEPS / steps)), most: MAX_TIMES * least };
}

/** Options with their defaults. @throws DebkdError `value` or `rows` */
export function checkFitOptions(
  options: Pick<TrainingOptions, 'seed' | 'epochs' | 'batchSize' | 'dropout'> & { optimizer?: Optimizer | undefined },
  rows: number,
): { seed: number; budget: Budget; batchSize: number; optimizer: CheckedOptimizer; dropout: number } {
  const { seed, epochs = 1, batchSize = 64, dropout = 0 } = options;
  const optimizer = checkOptimizer(options.optimizer ?? {});
  const demand = (name: string, value: number, ok: boolean, expected: string): void => {
    if (!ok) throw new DebkdError('value', { subject: 'fit', seen: `${name} is ${value}`, expected: expected });
  };
  if (rows === 0) throw new DebkdError('rows', { subject: 'fit', seen: 'no training rows', remedy: 'give some' });
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
  return { seed, budget: budgetOf(rows, batchSize, options.epochs, optimizer.schedule), batchSize, optimizer, dropout };
}
