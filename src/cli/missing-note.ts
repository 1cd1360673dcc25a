// Warns of columns that are missing in many rows.
import type { MissingCount } from '../data/count-missing.ts';
import { DebkdError } from '../io/errors.ts';
import type { Statistics } from '../monitor/histogram.ts';
import { manyMissing, missingWords } from '../monitor/more-missing.ts';
import type { Values } from '../settings/values.ts';
import { note } from './messages.ts';
import { studentStatistics } from './statistics-input.ts';

/** Warns of columns that are missing in clearly more rows than in training. @param rows number of rows that were counted */
export async function noteMissing(
  values: Values,
  counts: readonly Pick<MissingCount, 'column' | 'count'>[],
  rows: number,
): Promise<void> {
  if (counts.every(({ count }) => count === 0)) return;
  const words = missingWords(manyMissing(counts, rows, await trainingCounts(values)));
  if (words) note(`warning: ${words}`);
}

/** The counts of the training rows; undefined where the student's folder has none. */
async function trainingCounts(values: Values): Promise<Statistics | undefined> {
  try {
    return await studentStatistics(values);
  } catch (error) {
    if (error instanceof DebkdError) return undefined;
    throw error;
  }
}
