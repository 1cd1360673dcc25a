// Signs that a column is no feature, or that parts of a table are not apart.
import { quote } from '../io/errors.ts';
import { dropOption } from './drop-option.ts';
import { parseNumber } from './preprocessing.ts';
import { featureNames, tableChunks } from './row-source.ts';
import type { Split } from './split.ts';
import type { AnyTable, Column, Table } from './table.ts';

/** Rows below which a column that goes up by one may be chance. */
const FEWEST_ROWS = 20;
/** Share of the rows that must have a number. */
const MOSTLY = 0.9;

/** What was seen of a column's texts, from the first row on. */
interface Seen {
  readonly name: string;
  /** How many numbers, how many other texts, and whether all numbers were whole. */
  numbers: number;
  others: number;
  whole: boolean;
  /** Whether they went up, or down, from each row to the next. */
  up: boolean;
  down: boolean;
  last: number;
  /** The first that is written with a leading zero, and whether all are digits. */
  padded: string | undefined;
  digits: boolean;
}

/** Names of columns that seem to count the rows: whole numbers that go up, or down, from each row to the next. */
export function rowCounters(table: AnyTable): string[] {
  return lookOver(table)
    .filter((seen) => countsRows(seen, table.rows))
    .map(({ name }) => name);
}

function countsRows({ numbers, others, whole, up, down }: Seen, rows: number): boolean {
  return rows >= FEWEST_ROWS && others <= (1 - MOSTLY) * rows && numbers > 0 && whole && (up || down);
}

function lookOver(table: AnyTable): Seen[] {
  const all = featureNames(table).map(
    (name): Seen => ({
      ...{ name, numbers: 0, others: 0, whole: true, up: true, down: true, last: NaN },
      ...{ padded: undefined, digits: true },
    }),
  );
  const most = (1 - MOSTLY) * table.rows;
  for (const { chunk } of tableChunks(table)) {
    chunk.columns.forEach((column, j) => {
      const seen = all[j] as Seen;
      if (seen.digits) lookAtTexts(column, seen);
      if (seen.whole && (seen.up || seen.down) && seen.others <= most) follow(column, seen, most);
    });
  }
  return all;
}

/** Digits alone, and one with a zero before others. */
function lookAtTexts({ texts }: Column, seen: Seen): void {
  for (const text of texts) {
    if (text === '') continue;
    if (!/^\d+$/.test(text)) {
      seen.digits = false;
      return;
    }
    if (text.length > 2 && text.startsWith('0')) seen.padded ??= text;
  }
}

/** Most columns are left after a few rows. */
function follow({ codes, texts }: Column, seen: Seen, most: number): void {
  for (const code of codes) {
    const x = parseNumber(texts[code] as string);
    if (Number.isNaN(x)) {
      // some may be missing
      if (++seen.others > most) return;
      continue;
    }
    seen.whole &&= Number.isSafeInteger(x);
    if (seen.numbers++ > 0) {
      seen.up &&= x > seen.last;
      seen.down &&= x < seen.last;
    }
    if (!seen.whole || !(seen.up || seen.down)) return;
    seen.last = x;
  }
}

/** Rows of one part whose features are those of a row of another. */
export interface SharedRows {
  /** The part that is measured on or chosen by. */
  readonly part: 'validation' | 'test';
  /** The part that has the same rows. */
  readonly other: 'training' | 'validation';
  /** Rows of `part` that are in both. */
  readonly shared: number;
  /** Rows of `part`. */
  readonly rows: number;
}

/** Which parts share rows, by the hashes over their features. */
export function sharedRows({ hashes }: Pick<Table, 'hashes'>, { train, validation, test }: Split): SharedRows[] {
  const keyOf = (row: number): number =>
    (hashes[2 * row] as number) * 2 ** 21 + ((hashes[2 * row + 1] as number) >>> 11);
  const keysOf = (rows: Uint32Array): Set<number> => new Set(Array.from(rows, keyOf));
  const found: SharedRows[] = [];
  const look = (part: SharedRows['part'], rows: Uint32Array, other: SharedRows['other'], known: Set<number>): void => {
    let shared = 0;
    for (const row of rows) if (known.has(keyOf(row))) shared++;
    if (shared > 0) found.push({ part, other, shared, rows: rows.length });
  };
  const training = keysOf(train);
  look('validation', validation, 'training', training);
  look('test', test, 'training', training);
  look('test', test, 'validation', keysOf(validation));
  return found;
}

/** What is wrong with a table's columns and parts, each a sentence with its figure and the way out. */
export function tableWarnings(table: AnyTable, parts: Split): string[] {
  const seen = lookOver(table);
  return [
    ...seen
      .filter((column) => countsRows(column, table.rows))
      .map(
        ({ name }) =>
          `column ${quote(name)}: its whole numbers go on from row to row, as a row number or an identifier does, which says nothing of new rows; leave it out (${dropOption(name)})`,
      ),
    ...seen.flatMap(({ name, padded, digits }) =>
      padded !== undefined && digits
        ? [
            `column ${quote(name)}: written with leading zeros (such as ${quote(padded)}) and read as numbers; if these are codes, write a letter before them, so that each is a category, or leave it out (${dropOption(name)})`,
          ]
        : [],
    ),
    ...sharedRows(table, parts).map(
      ({ part, other, shared, rows }) =>
        `${part}: ${shared} of ${rows} rows are ${other} rows, too (the same features); what is ${part === 'test' ? 'measured' : 'chosen'} on them is too good. Give each row one part (--split hash does)`,
    ),
  ];
}
