// Warns about columns that count the rows or hold codes, and about equal rows.
import { quote } from '../io/errors.ts';
import { textAt } from './byte-texts.ts';
import { textNumbers } from './column-numbers.ts';
import { equalRowWarnings } from './equal-rows.ts';
import { rowForm } from './row-form.ts';
import { featureNames, tableChunks } from './row-source.ts';
import type { Split } from './split.ts';
import type { AnyTable, Column } from './table.ts';

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
    ...equalRowWarnings(table, parts),
  ];
}
