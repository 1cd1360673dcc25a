// The parts of a split, and the shares of rows that they get.
import { DebkdError, quote } from '../io/errors.ts';

/** A part of a split. */
export type SplitPart = 'train' | 'validation' | 'test';

/** The names of the parts in messages. */
export const PART_NAMES: Readonly<Record<SplitPart, string>> = {
  train: 'training',
  validation: 'validation',
  test: 'test',
};

/** Row numbers of each part, ascending. */
export interface Split {
  /** Rows to learn from. */
  readonly train: Uint32Array;
  /** Rows for choosing epoch, infusion strength and threshold. */
  readonly validation: Uint32Array;
  /** Rows for measuring, once. */
  readonly test: Uint32Array;
  /** The fold of cross-fitting of each row of the table, if the split is by group; otherwise the row hashes decide. */
  readonly folds?: Uint8Array;
  /** Number of groups of each part, if the split is by group; `alone` of them are single rows without a value. */
  readonly groups?: Readonly<Record<SplitPart | 'alone', number>>;
  /** The oldest and the newest time of each part as the data writes them, if the split is by time. */
  readonly times?: { readonly [part in SplitPart]?: readonly [oldest: string, newest: string] };
}

/** The default shares of training, validation and test rows. */
export const DEFAULT_SHARES: readonly number[] = [60, 20, 20];

/**
 * The shares of the rows before the validation part, and before the test part.
 * @param shares of training, validation and test rows, which add up to 100 or to 1; only the last may be 0
 * @throws DebkdError `value`
 */
export function limitsOf(shares: readonly number[]): readonly [beforeValidation: number, beforeTest: number] {
  const [train = NaN, validation = NaN, test = NaN] = Array.isArray(shares) ? shares : [];
  const total = train + validation + test;
  const isTotal = [1, 100].some((sum) => Math.abs(total - sum) <= 1e-9 * sum);
  if (shares.length !== 3 || !isTotal || !(train > 0 && validation > 0 && test >= 0)) {
    throw new DebkdError('value', {
      subject: 'shares of the split',
      seen: `${Array.isArray(shares) ? shares.join('/') : quote(String(shares))}${shares.length === 3 && total >= 0 && !isTotal ? `, which add up to ${Number(total.toPrecision(12))}` : ''}`,
      expected:
        'shares of training, validation and test rows that add up to 100, such as 70/15/15; only the last may be 0',
    });
  }
  return [train / total, (train + validation) / total];
}

/** The part of a row or group. @param word the first word of its hash */
export function partOfHash(word: number, [beforeValidation, beforeTest]: readonly [number, number]): SplitPart {
  const u = word / 2 ** 32;
  return u < beforeValidation ? 'train' : u < beforeTest ? 'validation' : 'test';
}
