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

/** Whether a number can be the weight of a row: 0, or 1e-100 to 1e100, so that sums of squares fit into a float64. */
export function isWeight(x: number): boolean {
  return x === 0 || (x >= 1e-100 && x <= 1e100);
}

/** What a weight should have been. @param x a number that is no weight */
export function expectedWeight(x: number): string {
  return x > 0 && x < Infinity ? '0, or a number from 1e-100 to 1e100' : 'a finite number from 0';
}

/** Checks that there is a weight for each row. @throws DebkdError `value` */
export function checkWeights(subject: string, weights: ArrayLike<number> | undefined, rows: number): void {
  if (!weights) return;
  checkLength(subject, 'weights', weights, rows);
  for (let i = 0; i < rows; i++) {
    if (isWeight(weights[i] as number)) continue;
    throw new DebkdError('value', {
      subject,
      seen: `the weight of row ${i + 1} is ${weights[i]}`,
      expected: expectedWeight(weights[i] as number),
    });
  }
}

/** Checks that every label is 1, 0 or -1. @throws DebkdError `value` */
export function checkLabels(subject: string, labels: ArrayLike<number>): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (label === 1 || label === 0 || label === -1) continue;
    throw new DebkdError('value', {
      subject: `${subject}, row ${i + 1}`,
      seen: `label ${String(label)}`,
      expected: '1, 0, or -1 for a row without a label',
    });
  }
}

/** Checks that a threshold is a probability. @throws DebkdError `value` */
export function checkThreshold(subject: string, threshold: number): void {
  if (typeof threshold === 'number' && threshold >= 0 && threshold <= 1) return;
  throw new DebkdError('value', { subject, seen: `threshold ${String(threshold)}`, expected: 'a number from 0 to 1' });
}

/** Checks a whole number. @param what its name @param least the least allowed @throws DebkdError `value` */
export function checkWhole(subject: string, what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new DebkdError('value', {
    subject,
    seen: `${what} ${String(value)}`,
    expected: `a whole number of at least ${least}`,
  });
}

/** Checks that indices name rows. @throws DebkdError `value` */
export function checkRows(subject: string, indices: ArrayLike<number>, rows: number): void {
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i] as number;
    if (Number.isInteger(row) && row >= 0 && row < rows) continue;
    throw new DebkdError('value', {
      subject,
      seen: `row ${String(row)}`,
      expected: rows === 0 ? 'none, because there are no rows' : `a whole number from 0 to ${rows - 1}`,
    });
  }
}

/** What a value is, for messages, such as `a text` or `Float64Array`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return 'a text';
  if (Array.isArray(value)) return 'a list';
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * Checks that options are an object without other names, so that a misspelt one is not left out in silence.
 * @param known the names of the options
 * @throws DebkdError `value`
 */
export function checkOptions(subject: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new DebkdError('value', { subject, seen: kindOf(options), expected: 'an object of options' });
  const other = Object.keys(options).find((name) => !known.includes(name));
  if (other === undefined) return;
  const near = nearest(other, known);
  throw new DebkdError('value', {
    subject,
    seen: `option ${quote(other)}`,
    expected: `one of ${known.join(', ')}`,
    remedy: near === undefined ? undefined : `did you mean ${near}?`,
  });
}

/** As checkOptions, of options that may be among other properties: refuses only a name that is nearly one of the options. */
export function checkNearOptions(subject: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    if (nearest(name, known) !== undefined) checkOptions(subject, { [name]: undefined }, known);
  }
}
