// What the library's boundary holds arguments to.
import { DebkdError, nearest, quote } from './errors.ts';

/** @param what is counted, in the plural @throws DebkdError `value` unless there is one a row */
export function checkLength(subject: string, what: string, { length }: ArrayLike<unknown>, rows: number): void {
  if (length === rows) return;
  throw new DebkdError('value', `${subject}: ${length} ${what} for ${rows} rows, expected one a row`);
}

/** @throws DebkdError `value` where a name is none of those that are known */
export function checkName<T extends string>(subject: string, name: T, known: readonly T[]): T {
  if (known.includes(name)) return name;
  const near = nearest(String(name), known);
  throw new DebkdError(
    'value',
    `${subject}: ${quote(String(name))}, expected one of ${known.join(', ')}${near ? `; did you mean ${near}?` : ''}`,
  );
}

/** Scores that rows are ranked by. @throws DebkdError `value` where one is NaN, which has no rank */
export function checkScores(subject: string, scores: ArrayLike<number>, rows: readonly number[]): void {
  const bad = rows.find((i) => Number.isNaN(scores[i]));
  if (bad !== undefined)
    throw new DebkdError('value', `${subject}: the score of row ${bad + 1} is NaN, expected a number; correct it`);
}
