// Finds columns that count the rows or hold codes, and rows that several parts of a table share.
import { quote } from '../io/errors.ts';
import { textAt } from './byte-texts.ts';
import { textNumbers } from './column-numbers.ts';
import { rowForm } from './row-form.ts';
import { featureNames, tableChunks } from './row-source.ts';
import type { Split } from './split.ts';
import type { AnyTable, Column, Table } from './table.ts';

/** Minimum rows: in fewer, a column may ascend or descend by chance. */
const MIN_ROWS = 20;
/** Minimum share of rows with a number. */
const MIN_NUMBERS = 0.9;

/** The state of a column's scan, from the first row on. */
interface ColumnScan {
  readonly name: string;
  /** Number of numbers. */
  numbers: number;
  /** Number of other texts, empty ones included. */
  others: number;
  /** Whether all numbers are integers. */
  integers: boolean;
  /** Whether each number is above the one before. */
  ascending: boolean;
  /** Whether each number is below the one before. */
  descending: boolean;
  /** The last number. */
  last: number;
  /** The first text with a leading zero. */
  padded: string | undefined;
  /** Whether all texts consist of digits, except empty ones. */
  digits: boolean;
}

/** Names of columns that seem to count the rows: integers that ascend, or descend, from each row to the next. */
export function rowCounters(table: AnyTable): string[] {
  return scanColumns(table)
    .filter((scan) => countsRows(scan, table.rows))
    .map(({ name }) => name);
}

function countsRows({ numbers, others, integers, ascending, descending }: ColumnScan, rows: number): boolean {
  const enough = rows >= MIN_ROWS && others <= (1 - MIN_NUMBERS) * rows && numbers > 0;
  return enough && integers && (ascending || descending);
}

function scanColumns(table: AnyTable): ColumnScan[] {
  const scans = featureNames(table).map(
    (name): ColumnScan => ({
      name,
      numbers: 0,
      others: 0,
      integers: true,
      ascending: true,
      descending: true,
      last: NaN,
      padded: undefined,
      digits: true,
    }),
  );
  const maxOthers = (1 - MIN_NUMBERS) * table.rows;
  for (const { chunk } of tableChunks(table)) {
    chunk.columns.forEach((column, j) => {
      const scan = scans[j] as ColumnScan;
      if (column.images) {
        // the name of an image is no feature
        scan.digits = false;
        scan.integers = false;
        return;
      }
      if (scan.digits) scanTexts(rowForm(column), scan);
      if (scan.integers && (scan.ascending || scan.descending) && scan.others <= maxOthers)
        scanOrder(rowForm(column), scan, maxOthers);
    });
  }
  return scans;
}

/** Looks for texts that are not digits, and for leading zeros. */
function scanTexts(column: Column, scan: ColumnScan): void {
  const numbers = textNumbers(column);
  for (let code = 0; code < numbers.length; code++) {
    // most texts of most columns are no whole numbers, and are not read
    const mayBeDigits = Number.isInteger(numbers[code]);
    const text = mayBeDigits || Number.isNaN(numbers[code]) ? textAt(column, code) : '';
    if (mayBeDigits ? !/^\d+$/.test(text) : text !== '' || !Number.isNaN(numbers[code])) {
      scan.digits = false;
      return;
    }
    if (text.length > 2 && text.startsWith('0')) scan.padded ??= text;
  }
}

/** Checks whether the numbers ascend or descend; returns early, for most columns after a few rows. */
function scanOrder(column: Column, scan: ColumnScan, maxOthers: number): void {
  const numbers = textNumbers(column);
  for (const code of column.codes) {
    const x = numbers[code] as number;
    if (Number.isNaN(x)) {
      // some values may be missing
      if (++scan.others > maxOthers) return;
      continue;
    }
    scan.integers &&= Number.isSafeInteger(x);
    if (scan.numbers++ > 0) {
      scan.ascending &&= x > scan.last;
      scan.descending &&= x < scan.last;
    }
    if (!scan.integers || !(scan.ascending || scan.descending)) return;
    scan.last = x;
  }
}

/** Rows of one part whose features equal those of a row in another part. */
export interface SharedRows {
  /** The part used for selection or for measuring. */
  readonly part: 'validation' | 'test';
  /** The other part with the same rows. */
  readonly other: 'training' | 'validation';
  /** Number of rows of `part` that are in both. */
  readonly shared: number;
  /** Number of rows of `part`. */
  readonly rows: number;
}

/** Finds the parts that share rows, by the hashes of their features. */
export function sharedRows({ hashes }: Pick<Table, 'hashes'>, { train, validation, test }: Split): SharedRows[] {
  // sorted numbers: a set of millions of rows takes several times the memory
  const keysOf = (rows: Uint32Array): Float64Array =>
    Float64Array.from(
      rows,
      (row) => (hashes[2 * row] as number) * 2 ** 21 + ((hashes[2 * row + 1] as number) >>> 11),
    ).sort();
  const found: SharedRows[] = [];
  const compare = (
    part: SharedRows['part'],
    keys: Float64Array,
    other: SharedRows['other'],
    otherKeys: Float64Array,
  ): void => {
    const shared = countShared(keys, otherKeys);
    if (shared > 0) found.push({ part, other, shared, rows: keys.length });
  };
  const [training, selecting, testing] = [keysOf(train), keysOf(validation), keysOf(test)];
  compare('validation', selecting, 'training', training);
  compare('test', testing, 'training', training);
  compare('test', testing, 'validation', selecting);
  return found;
}

/** The number of `keys` that are among `others`; both ascend. */
function countShared(keys: Float64Array, others: Float64Array): number {
  let [shared, at] = [0, 0];
  for (const key of keys) {
    while (at < others.length && (others[at] as number) < key) at++;
    if (others[at] === key) shared++;
  }
  return shared;
}

/**
 * Warnings about a table's columns and parts: what was found, how often, and what to do.
 * @param columns the columns that a model takes; default all features
 */
export function tableWarnings(table: AnyTable, parts: Split, columns?: readonly string[]): string[] {
  const scans = scanColumns(table).filter(({ name }) => columns?.includes(name) ?? true);
  return [
    ...scans
      .filter((scan) => countsRows(scan, table.rows))
      .map(
        ({ name }) =>
          `column ${quote(name)}: its integers rise or fall with every row, as row numbers and identifiers do; they say nothing about new rows, so drop the column`,
      ),
    ...scans.flatMap(({ name, padded, digits }) =>
      padded !== undefined && digits
        ? [
            `column ${quote(name)}: numbers with leading zeros (such as ${quote(padded)}); if they are codes, put a letter before each to make them categories, or drop the column`,
          ]
        : [],
    ),
    ...sharedRows(table, parts).map(
      ({ part, other, shared, rows }) =>
        `${part}: ${shared} of ${rows} rows have the same features as ${other} rows, so figures measured on them are too optimistic; ${remedyOf(parts)}`,
    ),
  ];
}

/** What to do about equal rows in several parts. */
function remedyOf({ groups, times }: Split): string {
  if (groups) return 'the rows are of different groups: remove those that are copies';
  if (times) return 'the rows have different times: remove those that are copies';
  return 'split by hash, which keeps equal rows in one part';
}
