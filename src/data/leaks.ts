// Signs that a column is no feature, or that parts of a table are not apart.
import { quote } from '../io/errors.ts';
import { dropOption } from './drop-option.ts';
import { parseNumber } from './preprocessing.ts';
import type { Split } from './split.ts';
import type { Column, Table } from './table.ts';

/** Rows below which a column that goes up by one may be chance. */
const FEWEST_ROWS = 20;
/** Share of the rows that must have a number. */
const MOSTLY = 0.9;

/** Names of columns that seem to count the rows: whole numbers that go up, or down, from each row to the next. */
export function rowCounters({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string[] {
  return rows < FEWEST_ROWS ? [] : columns.filter(countsRows).map(({ name }) => name);
}

function countsRows({ codes, texts }: Column): boolean {
  if (texts.length < MOSTLY * codes.length) return false;
  // some may be missing
  const numbers = Float64Array.from(codes, (code) => parseNumber(texts[code] as string)).filter(
    (x) => !Number.isNaN(x),
  );
  if (numbers.length < MOSTLY * codes.length || !numbers.every(Number.isSafeInteger)) return false;
  const up = (numbers[1] as number) > (numbers[0] as number);
  return numbers.every((x, row) => row === 0 || x > (numbers[row - 1] as number) === up);
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
export function tableWarnings(
  table: Pick<Table, 'hashes'> & Partial<Pick<Table, 'columns' | 'rows'>>,
  parts: Split,
): string[] {
  const counters = table.columns ? rowCounters({ columns: table.columns, rows: table.rows ?? 0 }) : [];
  return [
    ...counters.map(
      (name) =>
        `column ${quote(name)}: its whole numbers go on from row to row, as a row number or an identifier does, which says nothing of new rows; leave it out (${dropOption(name)})`,
    ),
    ...sharedRows(table, parts).map(
      ({ part, other, shared, rows }) =>
        `${part}: ${shared} of ${rows} rows are ${other} rows, too (the same features); what is ${part === 'test' ? 'measured' : 'chosen'} on them is too good. Give each row one part (--split hash does)`,
    ),
  ];
}
