// Thresholds by the values of a column. Few students have them, so a small reader loads this file for those alone.
import { sameValue } from '../data/same-value.ts';
import { parseNumber } from '../kernels/numbers.ts';
import { absent, type RawRecord, textOf } from './record.ts';

/** Thresholds by the values of a column. */
export interface GroupThresholds {
  /** The column, which a record has even where the student does not take it. */
  readonly column: string;
  /** Values with a threshold of their own, and the thresholds. Missing and other values have the common threshold. */
  readonly thresholds: readonly (readonly [value: string, threshold: number])[];
}

/** A student, or what it decides by. */
interface Grouped {
  /** The common threshold. */
  readonly threshold: number;
  readonly groupThresholds?: GroupThresholds | undefined;
}

/** The threshold of a row. @param value the row's value in the column of the groups, as text */
export function thresholdOf({ threshold, groupThresholds }: Grouped, value: string): number {
  const groups = groupThresholds?.thresholds ?? [];
  const number = parseNumber(value);
  // a record has the number 1 where a table has the text 1.0
  const [, own = threshold] =
    groups.find(([known]) => known === value) ?? groups.find(([known]) => parseNumber(known) === number) ?? [];
  return own;
}

/**
 * The threshold of a record; undefined for a student with one threshold.
 * @throws DebkdError `column` if the column of the groups is absent, or neither text, a number nor missing
 */
export function recordThreshold(student: Grouped, record: RawRecord): number | undefined {
  const { groupThresholds } = student;
  if (!groupThresholds) return undefined;
  const { column, thresholds } = groupThresholds;
  if (!Object.hasOwn(record, column)) throw absent(column, record, 'record', ', which chooses the threshold');
  const value = record[column];
  const text = textOf(column, value, 'record');
  const known = thresholds.map(([listed]) => listed);
  return thresholdOf(student, known.includes(text) ? text : (sameValue(known)(value) ?? text));
}

/** Checks the thresholds of a student file. @param fail throws */
export function checkGroupThresholds({ groupThresholds, defer }: Grouped & { defer?: unknown }, fail: Fail): void {
  if (!groupThresholds) return;
  const { column, thresholds } = groupThresholds;
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'number' && pair[1] >= 0 && pair[1] <= 1;
  const isValid = typeof column === 'string' && Array.isArray(thresholds) && thresholds.length > 0;
  if (!isValid || !thresholds.every(isPair)) fail('no valid thresholds of groups in its header');
  if (defer) fail('thresholds of groups and a deferral band in its header');
}

type Fail = (seen: string) => never;
