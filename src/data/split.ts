// Splits rows into training, validation and test: by feature hash, by group, by time, by a column of parts, or by a file.
import { checkOptions } from '../io/check.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { nameOf, type Source } from '../io/source.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_SAMPLE } from '../kernels/streams.ts';
import { columnNames, findColumn } from './column-values.ts';
import { readCsv } from './csv.ts';
import { absentColumn } from './locate-columns.ts';
import { splitByGroup } from './split-by-group.ts';
import { splitByTime } from './split-by-time.ts';
import { DEFAULT_SHARES, limitsOf, partOfHash, type Split, type SplitPart } from './split-parts.ts';
import type { AnyTable, Column } from './table.ts';

export type { Split } from './split-parts.ts';

const PARTS = ['train', 'validation', 'test', 'unused'] as const;

/** How split assigns rows to parts; at most one of `by`, `group` and `time`. */
export interface SplitOptions {
  /**
   * The name of a column (a feature or a dropped column), or the result of readSplit; its values are train, validation,
   * test or unused.
   */
  readonly by?: string | Column | undefined;
  /** A column whose equal values, such as those of one customer, share a part and a fold. */
  readonly group?: string | undefined;
  /** A column of numbers, or of ISO 8601 dates with or without a time: the oldest rows are for training. */
  readonly time?: string | undefined;
  /**
   * Shares of training, validation and test rows, which add up to 100 or to 1; the last may be 0; default 60, 20, 20.
   * Hashes keep them approximately.
   */
  readonly shares?: readonly number[] | undefined;
}

/**
 * Splits the rows, by default 60/20/20 by the first word of the feature hash: rows with equal features share a part,
 * and there is no seed. A split by group takes the hash of the group's value instead, so that it depends on no other
 * row; a row whose value is missing is a group of its own. A split by time keeps rows of equal times in one part.
 * @throws DebkdError `split`, `column`, or `value` for wrong shares or more than one way to split
 * @example
 * const { train, validation, test } = split(table);
 * const byCustomer = split(table, { group: 'customer_id', shares: [70, 15, 15] });
 */
export function split(table: AnyTable, options: SplitOptions = {}): Split {
  checkOptions('split', options, ['by', 'group', 'time', 'shares']);
  const { by, group, time, shares } = options;
  const ways = [by !== undefined && 'by', group !== undefined && 'group', time !== undefined && 'time'].filter(Boolean);
  if (ways.length > 1 || (by !== undefined && shares !== undefined)) {
    throw new DebkdError('value', {
      subject: 'split',
      seen: `${[...ways, ...(shares ? ['shares'] : [])].join(' and ')} are given`,
      expected: 'one of by, group and time; shares do not go with by',
    });
  }
  if (by !== undefined) return splitByParts(table, typeof by === 'string' ? splitColumn(table, by) : by);
  const limits = limitsOf(shares ?? DEFAULT_SHARES);
  if (group !== undefined) return splitByGroup(table, splitColumn(table, group), limits);
  if (time !== undefined) return splitByTime(splitColumn(table, time), limits, table.name);
  const rows: Record<SplitPart, number[]> = { train: [], validation: [], test: [] };
  for (let i = 0; i < table.rows; i++) rows[partOfHash(table.hashes[2 * i] as number, limits)].push(i);
  return rowNumbers(rows);
}

/** Splits the rows by a column with the part of each. */
function splitByParts(table: AnyTable, column: Column): Split {
  if (column.codes.length !== table.rows) {
    throw new DebkdError('split', {
      subject: `split ${quote(column.name, 200)}`,
      seen: `${column.codes.length} rows`,
      expected: `${table.rows} as in the data`,
      remedy: 'give the split that was made for this data',
    });
  }
  const parts = column.texts.map((text, code) => {
    const part = PARTS.find((name) => name === text);
    if (part) return part;
    const row = column.codes.indexOf(code) + 1;
    throw new DebkdError('split', {
      subject: `split ${quote(column.name, 200)}, row ${row}`,
      seen: quote(text),
      expected: `one of ${PARTS.join(', ')}`,
    });
  });
  const rows: Record<(typeof PARTS)[number], number[]> = { train: [], validation: [], test: [], unused: [] };
  column.codes.forEach((code, i) => {
    rows[parts[code] as (typeof PARTS)[number]].push(i);
  });
  return rowNumbers(rows);
}

function rowNumbers({ train, validation, test }: Readonly<Record<SplitPart, number[]>>): Split {
  return {
    train: Uint32Array.from(train),
    validation: Uint32Array.from(validation),
    test: Uint32Array.from(test),
  };
}

/**
 * Reads a split file: a CSV with the column `split`, one row per row of the data.
 * @throws DebkdError `source`, `table` or `column`
 * @example
 * const parts = split(table, { by: await readSplit('split.csv') });
 */
export async function readSplit(source: Source): Promise<Column> {
  const table = await readCsv(source);
  const column = table.columns.find((c) => c.name === 'split');
  if (!column) {
    throw new DebkdError('column', {
      subject: `split ${quote(nameOf(source), 200)}`,
      seen: 'no column "split"',
      expected: `one with ${PARTS.slice(0, -1).join(', ')} or ${PARTS.at(-1)} in each row`,
    });
  }
  return { ...column, name: nameOf(source) };
}

/**
 * Draws at most `n` of the rows at random, in ascending order.
 * @param rows row numbers; all are returned if there are at most n
 * @param seed of the random numbers
 * @throws DebkdError `value`
 */
export function sampleRows(rows: Uint32Array, n: number, seed: number): Uint32Array {
  if (!(n >= 0)) throw new DebkdError('value', { subject: 'sample', seen: `${n} rows`, expected: '0 or more' });
  if (rows.length <= n) return rows;
  const pool = rows.slice();
  const random = words(seed, STREAM_SAMPLE, 0);
  for (let i = 0; i < n; i++) {
    const j = i + below(random, pool.length - i);
    [pool[i], pool[j]] = [pool[j] as number, pool[i] as number];
  }
  return pool.subarray(0, n).slice().sort();
}

function splitColumn(table: AnyTable, name: string): Column {
  const column = findColumn(table, name);
  if (column) return column;
  if (table.target?.name === name) {
    throw new DebkdError('split', {
      subject: `column ${quote(name)}`,
      seen: 'it is the label',
      expected: 'a column that says which rows belong together, or when they were recorded',
    });
  }
  const use = ' for the split';
  throw absentColumn({ subject: `data ${quote(table.name, 200)}`, name, columns: columnNames(table), use });
}
