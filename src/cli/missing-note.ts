// Warns of columns that are missing in many rows.
import type { MissingCount } from '../data/count-missing.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { Statistics } from '../monitor/histogram.ts';
import { type ManyMissing, manyMissing } from '../monitor/more-missing.ts';
import type { Values } from '../settings/values.ts';
import { note } from './messages.ts';
import { studentStatistics } from './statistics-input.ts';

/** Most columns that a warning names. */
const MAX_NAMED = 5;

/** Warns of columns that are missing in clearly more rows than in training. @param rows number of rows that were counted */
export async function noteMissing(
  values: Values,
  counts: readonly Pick<MissingCount, 'column' | 'count'>[],
  rows: number,
): Promise<void> {
  if (counts.every(({ count }) => count === 0)) return;
  const found = manyMissing(counts, rows, await trainingCounts(values));
  if (found.length === 0) return;
  const more = found.length > MAX_NAMED ? `; and ${found.length - MAX_NAMED} more columns` : '';
  const isKnown = found.some(({ training }) => training !== undefined);
  note(
    `warning: missing in ${isKnown ? 'clearly more rows than in training' : 'half of the rows or more'}: ${found.slice(0, MAX_NAMED).map(words).join('; ')}${more}; such rows are answered by the other columns`,
  );
}

function words({ column, count, rows, training }: ManyMissing): string {
  const before = training === undefined ? '' : ` (training: ${training === 0 ? 'none' : percent(training)})`;
  return `${quote(column)} in ${count} of ${rows} rows${before}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The counts of the training rows; undefined where the student's folder has none. */
async function trainingCounts(values: Values): Promise<Statistics | undefined> {
  try {
    return await studentStatistics(values);
  } catch (error) {
    if (error instanceof DebkdError) return undefined;
    throw error;
  }
}
