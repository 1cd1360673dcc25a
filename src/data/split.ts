// Which rows train, validate and test: by a file or column that says so, else by feature hash.
import { DebkdError, quote } from '../io/errors.ts';
import { nameOf, type Source } from '../io/source.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_SAMPLE } from '../kernels/streams.ts';
import { findColumn } from './column-values.ts';
import { readCsv } from './csv.ts';
import type { AnyTable, Column } from './table.ts';

/** Row numbers of each part, ascending. */
export interface Split {
  /** Rows to learn from. */
  readonly train: Uint32Array;
  /** Rows to choose by: epoch, strength, threshold. */
  readonly validation: Uint32Array;
  /** Rows to measure on, once. */
  readonly test: Uint32Array;
}

const PARTS = ['train', 'validation', 'test', 'unused'] as const;

/**
 * Splits the rows. By default 60/20/20 by the first word of the feature hash: rows with equal features share a
 * part, and no seed is involved.
 * @param options.by a column of the table (also a dropped one), or the answer of readSplit
 * @throws DebkdError `split`
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
      throw new DebkdError(
        'split',
        `split ${quote(column.name, 200)}: ${column.codes.length} rows, the data has ${table.rows}; give the split that was made for this data`,
      );
    }
    const parts = column.texts.map((text, code) => {
      const part = PARTS.find((name) => name === text);
      if (part) return part;
      const row = column.codes.indexOf(code) + 1;
      throw new DebkdError(
        'split',
        `split ${quote(column.name, 200)}, row ${row}: ${quote(text)}, expected one of ${PARTS.join(', ')}`,
      );
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

/** Reads a split file: a CSV with the one column `split`. @throws DebkdError `source`, `table` or `split` */
export async function readSplit(source: Source): Promise<Column> {
  const table = await readCsv(source);
  const column = table.columns.find((c) => c.name === 'split');
  if (!column) {
    throw new DebkdError(
      'split',
      `split ${quote(nameOf(source), 200)}: no column "split" in the header; expected it with one of ${PARTS.join(', ')} a row`,
    );
  }
  return { ...column, name: nameOf(source) };
}

/**
 * At most `n` of the rows, a seeded sample in ascending order.
 * @param rows row numbers; all are returned where they are no more than n
 * @param seed another seed, another sample
 * @throws DebkdError `value`
 */
export function sampleRows(rows: Uint32Array, n: number, seed: number): Uint32Array {
  if (!(n >= 0)) throw new DebkdError('value', `sample: ${n} rows, expected 0 or more`);
  if (rows.length <= n) return rows;
  const pool = rows.slice();
  const source = words(seed, STREAM_SAMPLE, 0);
  for (let i = 0; i < n; i++) {
    const j = i + below(source, pool.length - i);
    [pool[i], pool[j]] = [pool[j] as number, pool[i] as number];
  }
  return pool.subarray(0, n).slice().sort();
}

function splitColumn(table: AnyTable, name: string): Column {
  const column = findColumn(table, name);
  if (!column) throw new DebkdError('split', `split: the data has no column ${quote(name)}; name one of its columns`);
  return column;
}
