// Checks of the arguments of public functions.
import { DebkdError, nearest, quote } from './errors.ts';

/** Checks that there is one value per row. @param what the values are, in the plural @throws DebkdError `value` */
export function checkLength(subject: string, what: string, { length }: ArrayLike<unknown>, rows: number): void {
  if (length === rows) return;
  throw new DebkdError('value', {
    subject,
    seen: `${length} ${what} for ${rows} rows`,
    expected: 'one per row',
  });
}

/** Checks that a name is a known one. @throws DebkdError `value` */
export function checkName<T extends string>(subject: string, name: T, known: readonly T[]): T {
  if (known.includes(name)) return name;
  const near = nearest(String(name), known);
  throw new DebkdError('value', {
    subject,
    seen: quote(String(name)),
    expected: `one of ${known.join(', ')}`,
    remedy: near === undefined ? undefined : `did you mean ${near}?`,
  });
}

/** Checks scores that rank rows: NaN has no rank. @throws DebkdError `value` */
export function checkScores(subject: string, scores: ArrayLike<number>, rows: ArrayLike<number>): void {
  let k = 0;
  while (k < rows.length && !Number.isNaN(scores[rows[k] as number])) k++;
  const bad = rows[k];
  if (bad !== undefined)
    throw new DebkdError('value', {
      subject,
      seen: `the score of row ${bad + 1} is NaN`,
      expected: 'a number',
    });
}

/** Checks that there is a weight for each row. @throws DebkdError `value` */
export function checkWeights(subject: string, weights: ArrayLike<number> | undefined, rows: number): void {
  if (!weights) return;
  checkLength(subject, 'weights', weights, rows);
  for (let i = 0; i < rows; i++) {
    if ((weights[i] as number) >= 0 && (weights[i] as number) < Infinity) continue;
    throw new DebkdError('value', {
      subject,
      seen: `the weight of row ${i + 1} is ${weights[i]}`,
      expected: 'a finite number from 0',
    });
  }
}
