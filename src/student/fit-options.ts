// Training options, their defaults and limits.
import { DebkdError } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Architecture } from './architecture.ts';
import { type Change, checkChanges, USUAL_CHANGES } from './augmentation.ts';
import { type CheckedOptimizer, checkOptimizer, type Optimizer, type Schedule } from './optimizer.ts';

/** Training options that all students of one fit share. */
export interface TrainingOptions extends ProgressOptions {
  /** A whole number from 0 to 2^53 - 1. It determines the first weights, the order of rows and dropout. */
  readonly seed: number;
  /**
   * Number of epochs, from 1 to 100000. By default training runs for at least max(15, min(80, 150000 / rows)) epochs and at most
   * 40 times as many; with more than 200 columns of the data, 8000 / columns times as many. It continues to twice the last epoch at
   * which the validation cross-entropy clearly fell (by more than 0.0001), and for at least 10 epochs and 1,500 steps after it.
   * Without validation rows, or with a schedule other than constant, only the
   * least number of epochs is trained. A student of images is trained for 1,600 steps, in 20 to 150 epochs.
   */
  readonly epochs?: number | undefined;
  /**
   * Changes of training images at random; default mirror and shift. Without images it has no effect. `brightness` and `turn` help where
   * brightness and direction say nothing about the class.
   */
  readonly augment?: readonly Change[] | undefined;
  /** Rows in a step, from 1 to 65536; default 64. Convolutions whose last outputs are single pixels need two or more. */
  readonly batchSize?: number | undefined;
  /** Share of hidden units dropped in training (dropout, Srivastava et al. 2014), from 0 to 0.9; default 0. */
  readonly dropout?: number | undefined;
  /** Factor of each row's loss, float64 [rows]; default 1. It multiplies the dataset's weights, which are divided by their mean. */
  readonly weights?: Float64Array | undefined;
  /**
   * Parameters to start from, those of an earlier student of the same architecture and columns (warm start); default: drawn by the seed. A
   * logistic student's ridge penalty counts from them. Students of images have none.
   */
  readonly initial?: Float32Array | undefined;
  /** The ridge penalties of a logistic student. */
  readonly path?: PenaltyPath | undefined;
  /** Early stopping: end training after `patience` epochs without a new best epoch; default: off. */
  readonly earlyStopping?: { readonly patience: number } | undefined;
}

/** The ridge penalties that a logistic student tries, from strong to weak; the selection's rows choose one. */
export interface PenaltyPath {
  /** The penalties; default: 1000 down to 0.01, with texts 3 down to 0.0003, or 1 without validation rows. */
  readonly penalties?: readonly number[] | undefined;
  /** The penalty of a student of texts on similar targets: only it and its neighbours are tried. */
  readonly around?: number | undefined;
  /** With texts, whether to leave out the last, closer fit of the chosen penalty; default false. */
  readonly rough?: boolean | undefined;
}

/** How long a student is trained. */
export interface Budget {
  /** The fewest epochs. */
  readonly least: number;
  /** Epochs to train after the last clear fall of the validation loss, or as many as came before it if these are more. */
  readonly patience: number;
  /** The most epochs. */
  readonly most: number;
}

/** A fall of the selection's cross-entropy above this value continues training. */
export const CLEAR_FALL = 1e-4;
const PATIENT_EPOCHS = 10;
const PATIENT_STEPS = 1500;
/**
 * The most epochs, in units of the fewest. The work of an epoch grows with the columns. Beyond `columns` the product stays the same:
 * of 5,000 rows of 1,500 numbers, the last 700 of 890 epochs lowered the validation loss by .001.
 */
const MAX_TIMES = { times: 40, columns: 200 };
/** Steps of a student of images, and the limits of its epochs. */
const IMAGE_STEPS = { steps: 1600, least: 20, most: 150 };

/** The fewest epochs of a student without images. */
export function leastEpochs(rows: number): number {
  return Math.max(15, Math.min(80, Math.floor(150000 / rows)));
}

/** @param epochs the option; a given number, or a schedule other than constant, fixes the length of training */
function budgetOf(
  { rows, fields }: { rows: number; fields: number },
  { batchSize, epochs, ofImages }: { batchSize: number; epochs: number | undefined; ofImages: boolean },
  schedule: Schedule,
): Budget {
  const { steps: wanted, least: fewest, most } = IMAGE_STEPS;
  const usual = ofImages
    ? Math.max(fewest, Math.min(most, Math.round((wanted * batchSize) / rows)))
    : leastEpochs(rows);
  const least = epochs ?? usual;
  if (epochs !== undefined || schedule !== 'constant') return { least, patience: Infinity, most: least };
  const steps = Math.ceil(rows / batchSize);
  const { times, columns } = MAX_TIMES;
  return {
    least,
    patience: Math.max(PATIENT_EPOCHS, Math.ceil(PATIENT_STEPS / steps)),
    most: Math.max(least, Math.floor((times * least * columns) / Math.max(columns, fields))),
  };
}

/** Training options with their defaults. */
interface CheckedOptions {
  readonly seed: number;
  readonly budget: Budget;
  readonly batchSize: number;
  readonly optimizer: CheckedOptimizer;
  readonly dropout: number;
  /** Changes of training images. */
  readonly changes: readonly Change[];
}

/** Checks training options and fills in their defaults. @param fields of a row (Matrix); default 1 @throws DebkdError `value` or `rows` */
export function checkFitOptions(
  options: Pick<TrainingOptions, 'seed' | 'epochs' | 'batchSize' | 'dropout' | 'augment'> & {
    readonly optimizer?: Optimizer | undefined;
    readonly student: Pick<Architecture, 'conv'>;
  },
  rows: number,
  fields = 1,
): CheckedOptions {
  const { seed, epochs = 1, batchSize = 64, dropout = 0 } = options;
  const ofImages = options.student.conv !== undefined;
  const optimizer = checkOptimizer(options.optimizer ?? {}, ofImages);
  const changes = checkChanges(options.augment ?? USUAL_CHANGES);
  const demand = (name: string, value: number, ok: boolean, expected: string): void => {
    if (!ok) throw new DebkdError('value', { subject: 'fit', seen: `${name} is ${value}`, expected: expected });
  };
  if (rows === 0) throw new DebkdError('rows', { subject: 'fit', seen: 'no training rows', expected: 'one or more' });
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
  const budget = budgetOf({ rows, fields }, { batchSize, epochs: options.epochs, ofImages }, optimizer.schedule);
  return { seed, budget, batchSize, optimizer, dropout, changes };
}
