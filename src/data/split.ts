// Splits rows into training, validation and test: by a file, by a column, or by feature hash.
import { DebkdError, quote } from '../io/errors.ts';
import { nameOf, type Source } from '../io/source.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_SAMPLE } from '../kernels/streams.ts';
import { columnNames, findColumn } from './column-values.ts';
import { readCsv } from './csv.ts';
import { absentColumn } from './locate-columns.ts';
import type { AnyTable, Column } from './table.ts';

/** Row numbers of each part, ascending. */
export interface Split {
  /** Rows to learn from. */
  readonly train: Uint32Array;
  /** Rows for choosing epoch, infusion strength and threshold. */
  readonly validation: Uint32Array;
  /** Rows for measuring, once. */
  readonly test: Uint32Array;
}

const PARTS = ['train', 'validation', 'test', 'unused'] as const;

/**
 * Splits the rows, by default 60/20/20 by the first word of the feature hash: rows with equal features share a part,
 * and there is no seed.
 * @param options.by the name of a column (a feature or a dropped column), or the result of readSplit; its values are
 * train, validation, test or unused
 * @throws DebkdError `split` or `column`
 * @example
 * const { train, validation, test } = split(table);
 */
export function split(table: AnyTable, options: { by?: string | Column } = {}): Split {
  const rows: Record<(typeof PARTS)[number], number[]> = { train: [], validation: [], test: [], unused: [] };
  if (options.by === undefined) {
    for (let i = 0; i < table.rows; i++) {
      const u = (table.hashes[2 * i] as number) / 2 ** 32;
      rows[u < 0.6 ? 'train' : u < 0.8 ? 'validation' : 'test'].push(i);
    }
  } else {
    const column = typeof options.by === 'string' ? splitColumn(table, options.by) : options.by;
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
    column.codes.forEach((code, i) => {
      rows[parts[code] as (typeof PARTS)[number]].push(i);
    });
  }
  return {
    train: Uint32Array.from(rows.train),
    validation: Uint32Array.from(rows.validation),
    test: Uint32Array.from(rows.test),
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
  const use = ' for the split';
  throw absentColumn({ subject: `data ${quote(table.name, 200)}`, name, columns: columnNames(table), use });
}
