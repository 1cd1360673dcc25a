// Weights of rows: read from a column, scaled to mean 1, summarised.
import { checkWeights, expectedWeight, isWeight } from '../io/check.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { columnNames } from './column-values.ts';
import { absentColumn } from './locate-columns.ts';
import { missingTest } from './missing.ts';
import { type Preprocessing, parseNumber } from './preprocessing.ts';
import { featureNames, isStored, tableChunks } from './row-source.ts';
import type { AnyTable, Table } from './table.ts';
import { withFeatures } from './with-features.ts';

/**
 * Reads the weights of some rows from a column: float64, [rows].
 * @param name a feature or a dropped column
 * @param rows row numbers, ascending for a stored table
 * @throws DebkdError `column` if the column does not exist, is the label, or has a value that is no weight (isWeight)
 */
export function readWeights(table: AnyTable, name: string, rows: Uint32Array): Float64Array {
  checkWeightColumn(table, name);
  const weights = new Float64Array(rows.length);
  const missing = missingTest(table.missing);
  let at = 0;
  for (const { chunk, rows: local = rows } of tableChunks(table, rows)) {
    const column = [...chunk.columns, ...chunk.dropped].find((known) => known.name === name);
    const { codes, texts } = column as Table['columns'][number];
    const numbers = texts.map((text) => (missing(text) ? NaN : parseNumber(text)));
    for (const row of local) {
      const code = codes[row] as number;
      const weight = numbers[code] as number;
      if (!isWeight(weight)) {
        throw badWeight(table.name, name, (chunk.before ?? 0) + row + 1, texts[code] as string, missing);
      }
      weights[at++] = weight;
    }
  }
  return weights;
}

function checkWeightColumn(table: AnyTable, name: string): void {
  const subject = `data ${quote(table.name, 200)}`;
  if (table.target?.name === name) {
    throw new DebkdError('column', {
      subject: `${subject}, weights ${quote(name)}`,
      seen: 'it is the label column',
      expected: 'another column',
      remedy: { id: 'omit-setting', setting: 'weights' },
    });
  }
  const columns = columnNames(table);
  if (!columns.includes(name)) throw absentColumn({ subject, name, columns, use: ' for the weights' });
}

function badWeight(
  data: string,
  name: string,
  row: number,
  text: string,
  missing: (text: string) => boolean,
): DebkdError {
  const isMissing = missing(text);
  const weight = isMissing ? NaN : parseNumber(text);
  const why =
    weight < 0
      ? 'is negative'
      : Number.isNaN(weight)
        ? 'is not a number'
        : weight < 1
          ? 'is too small'
          : 'is too large';
  return new DebkdError('column', {
    subject: `data ${quote(data, 200)}, weights ${quote(name)}, row ${row}`,
    seen: isMissing ? (text === '' ? 'it is empty' : `${quote(text)} counts as missing`) : `${quote(text)} ${why}`,
    expected: expectedWeight(weight),
    remedy: [
      isMissing ? 'give the row a weight, 0 to ignore it' : 'correct it',
      { id: 'omit-setting', setting: 'weights' },
    ],
  });
}

/**
 * Checks that some rows of a part, and some of each class that has labelled rows, have a weight above 0.
 * @param subject names the part in the error
 * @throws DebkdError `rows`
 */
export function checkWeightTotals(subject: string, weights: Float64Array, labels: Int8Array): void {
  const refuse = (rows: number, of: string): never => {
    throw new DebkdError('rows', {
      subject,
      seen: rows === 1 ? `the only row${of} has weight 0` : `all ${rows} rows${of} have weight 0`,
      expected: 'a weight above 0 in some rows',
      remedy: ['give some of them a weight', { id: 'omit-setting', setting: 'weights' }],
    });
  };
  if (weights.length > 0 && !weights.some((w) => w > 0)) refuse(weights.length, '');
  for (const label of [1, 0]) {
    const rows = labels.filter((y) => y === label).length;
    if (rows > 0 && !weights.some((w, i) => w > 0 && labels[i] === label)) refuse(rows, ` of class ${label}`);
  }
}

/**
 * Checks the weights of the parts of a run: one for each row, some above 0 in each part and class, and in all parts or in none.
 * @throws DebkdError `value` or `rows`
 */
export function checkPartWeights(
  parts: Readonly<
    Record<string, { readonly rows: number; readonly labels: Int8Array; readonly weights?: Float64Array }>
  >,
): void {
  const all = Object.entries(parts);
  const without = all.find(([, { weights }]) => !weights);
  for (const [name, { rows, labels, weights }] of all) {
    if (!weights) continue;
    if (without) {
      throw new DebkdError('value', {
        subject: 'row weights',
        seen: `${name} has weights, and ${without[0]} has none`,
        expected: 'weights in all parts or in none',
      });
    }
    checkWeights(`weights of ${name}`, weights, rows);
    checkWeightTotals(`weights of ${name}`, weights, labels);
  }
}

/** Checks that no preprocessing takes the column of the weights as a feature. @throws DebkdError `column` */
export function checkNoFeature(name: string, preprocessing: Preprocessing | 'raw' | undefined): void {
  if (!preprocessing || preprocessing === 'raw' || !preprocessing.columns.some((column) => column.name === name))
    return;
  throw new DebkdError('column', {
    subject: `weights ${quote(name)}`,
    seen: 'the preprocessing has this column as a feature',
    expected: 'a column that no model takes',
    remedy: ['name another column', { id: 'omit-setting', setting: 'weights' }],
  });
}

/**
 * The table with a column as a dropped one instead of a feature; the same table where it is no feature. Rows that differ only in
 * this column have equal hashes.
 * @throws DebkdError `table` if no feature is left
 */
export function withoutFeature<T extends AnyTable>(table: T, name: string): T {
  const isFeature = isStored(table) ? table.columns.includes(name) : table.columns.some((c) => c.name === name);
  if (!isFeature) return table;
  if (table.columns.length === 1) {
    throw new DebkdError('table', {
      subject: `data ${quote(table.name, 200)}`,
      seen: `no feature column is left besides the weights ${quote(name)}`,
      remedy: 'give data with features',
    });
  }
  return withFeatures(
    table,
    featureNames(table).filter((column) => column !== name),
  );
}

/** The mean; exact for equal weights, which then become 1 and give the bits of no weights. */
function meanOf(weights: Float64Array): number {
  const [first = 0] = weights;
  return weights.every((w) => w === first) ? first : sumOf(weights) / weights.length;
}

/** The weights divided by their mean. @throws DebkdError `rows` if all are 0 */
export function meanOne(weights: Float64Array): Float64Array {
  const mean = meanOf(weights);
  if (mean > 0) return Float64Array.from(weights, (w) => w / mean);
  throw new DebkdError('rows', {
    subject: 'row weights',
    seen: `all ${weights.length} weights are 0`,
    expected: 'at least one above 0',
  });
}

/** The weights divided by the mean of those of labelled rows. @throws DebkdError `rows` if all of these are 0 */
export function labelledMeanOne(weights: Float64Array, labels: Int8Array): Float64Array {
  const known = weights.filter((_, i) => (labels[i] as number) >= 0);
  const mean = meanOf(known);
  // without labelled rows nothing is fitted
  return known.length === 0 ? weights : mean > 0 ? weights.map((w) => w / mean) : meanOne(known);
}

/** Whether each row has a label and a weight above 0. */
export function countsIn({
  labels,
  weights,
}: {
  readonly labels: ArrayLike<number>;
  readonly weights?: ArrayLike<number> | undefined;
}): (i: number) => boolean {
  return (i) => (labels[i] as number) >= 0 && (weights === undefined || (weights[i] as number) > 0);
}

/** The sum, in the order of the rows. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}

/** The effective sample size (Kish 1965): (sum w)^2 / sum w^2, the number of rows of equal weight that are as informative. */
export function effectiveRows(weights: ArrayLike<number>): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i] as number;
    squares += (weights[i] as number) * (weights[i] as number);
  }
  return squares > 0 ? (sum * sum) / squares : 0;
}

/** The weights of one part of the data. */
export interface WeightSummary {
  /** Their sum. */
  readonly sum: number;
  /** The smallest weight. */
  readonly smallest: number;
  /** The largest weight. */
  readonly largest: number;
  /** The effective sample size: (sum w)^2 / sum w^2. */
  readonly effectiveRows: number;
}

/** Summarises weights; zeros without rows. */
export function summariseWeights(weights: Float64Array): WeightSummary {
  return {
    sum: sumOf(weights),
    smallest: weights.length > 0 ? weights.reduce((low, w) => Math.min(low, w), Infinity) : 0,
    largest: weights.reduce((high, w) => Math.max(high, w), 0),
    effectiveRows: effectiveRows(weights),
  };
}
