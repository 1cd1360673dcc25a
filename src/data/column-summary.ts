// What fitting a preprocessing must know of a column: its values in some rows, with their numbers; of columns of numbers, these
// in the order of the rows. From a table in memory or from the pieces of a stored one.
import { dispose } from '../io/dispose.ts';
import { openArena } from '../kernels/memory.ts';
import { countCodes, missingTest } from './missing.ts';
import { parseNumber } from './preprocessing.ts';
import { allRows, featureNames, isStored, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';

export interface ColumnSummary {
  readonly name: string;
  /** Different values, missing ones left out; more than there are in `counts` where all are numbers. */
  readonly values: number;
  /** Rows with a value, and those of them whose value is a finite number. */
  readonly rows: number;
  readonly numberRows: number;
  /** The first value that is no finite number, and its row, from 1. */
  readonly text?: { readonly value: string; readonly row: number };
  /** Rows of each value; a missing one is ''. Of columns of numbers alone it may be empty. */
  readonly counts: ReadonlyMap<string, number>;
  /** The numbers, in arrays one after the other, float64; of columns of numbers alone. */
  readonly numbers: () => Iterable<Float64Array>;
}

const numbersOf = (column: Column, missing: (text: string) => boolean): Float64Array =>
  Float64Array.from(column.texts, (text) => (missing(text) ? NaN : parseNumber(text)));

/** How many rows have a value and a number, and the first text; the rows of each value are added to `found`. */
function countValues(
  column: Column,
  counts: Uint32Array,
  parsed: Float64Array,
  missing: (text: string) => boolean,
  before: number,
  found: Map<string, number> | undefined,
): { rows: number; numberRows: number; text: ColumnSummary['text'] } {
  let [rows, numberRows] = [0, 0];
  let text: ColumnSummary['text'];
  column.texts.forEach((value, code) => {
    const count = counts[code] as number;
    if (count === 0) return;
    const lost = missing(value);
    const name = lost ? '' : value;
    found?.set(name, count + (found.get(name) ?? 0));
    if (lost) return;
    rows += count;
    if (Number.isFinite(parsed[code])) numberRows += count;
    else text ??= { value, row: before + column.codes.indexOf(code) + 1 };
  });
  return { rows, numberRows, text };
}

/** Numbers of the rows, in order; NaN is a missing one. */
function pickNumbers({ codes }: Column, rows: Uint32Array, parsed: Float64Array): Float64Array {
  const all = new Float64Array(rows.length);
  let n = 0;
  for (const row of rows) {
    const x = parsed[codes[row] as number] as number;
    if (!Number.isNaN(x)) all[n++] = x;
  }
  return all.subarray(0, n);
}

/** Values of a column of numbers that are counted one by one; of a column with more, only the numbers are kept. */
const MAX_COUNTED = 4096;

interface Counts {
  values: number;
  rows: number;
  numberRows: number;
  text: ColumnSummary['text'];
  counts: Map<string, number>;
  /** Values were dropped: the column has many, and all that was seen were numbers. */
  dropped: boolean;
  /** The numbers of each chunk. */
  readonly numbers: (() => Float64Array)[];
}

/**
 * Summaries of a table's features. Dispose of them when they are no longer needed.
 * @param rows which rows; ascending where the table is in a file
 */
export function summarise(table: AnyTable, rows: Uint32Array): { summaries: ColumnSummary[] } & Disposable {
  const store = openNumbers(table);
  const names = featureNames(table);
  const all = names.map((_, j) => j);
  const counts = countColumns(table, rows, all, MAX_COUNTED, store);
  // values were dropped before a text came: they are needed after all, unless the column will be refused
  const again = all.filter((j) => counts[j]?.dropped && counts[j]?.text);
  const recounted = again.length > 0 ? countColumns(table, rows, again, Infinity, store) : [];
  for (const [k, j] of again.entries()) counts[j] = recounted[k] as Counts;
  const summaries = counts.map(
    ({ numbers, text, dropped: _, ...found }, j): ColumnSummary => ({
      name: names[j] as string,
      ...found,
      ...(text && { text }),
      *numbers() {
        for (const read of numbers) yield read();
      },
    }),
  );
  return { summaries, [dispose]: () => store[dispose]() };
}

/** Keeps numbers until they are asked for: those of a table in a file are written to another. */
function openNumbers(table: AnyTable): { keep(make: () => Float64Array): () => Float64Array } & Disposable {
  if (!isStored(table)) return { keep: (make) => make, [dispose]: () => undefined };
  const file = table.openTempFile();
  return {
    keep(make) {
      const numbers = make();
      const at = file.append(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
      return () => new Float64Array(file.read(at, 8 * numbers.length).buffer);
    },
    [dispose]: () => file[dispose](),
  };
}

function countColumns(
  table: AnyTable,
  rows: Uint32Array,
  wanted: readonly number[],
  most: number,
  store: ReturnType<typeof openNumbers>,
): Counts[] {
  const missing = missingTest(table.missing);
  const counts = wanted.map(
    (): Counts => ({
      values: 0,
      rows: 0,
      numberRows: 0,
      text: undefined,
      counts: new Map(),
      dropped: false,
      numbers: [],
    }),
  );
  for (const { chunk, rows: local = allRows(chunk) } of tableChunks(table, rows)) {
    wanted.forEach((j, k) => {
      const column = chunk.columns[j] as Column;
      const one = counts[k] as Counts;
      const parsed = numbersOf(column, missing);
      const seen = one.dropped ? undefined : one.counts;
      const found = countValues(column, countCodes(column, local), parsed, missing, chunk.before ?? 0, seen);
      one.rows += found.rows;
      one.numberRows += found.numberRows;
      one.text ??= found.text;
      if (!one.dropped) {
        one.values = one.counts.size - (one.counts.has('') ? 1 : 0);
        if (one.values > most && !one.text) {
          one.dropped = true;
          one.counts = new Map();
        }
      }
      if (!one.text) one.numbers.push(store.keep(() => pickNumbers(column, local, parsed)));
    });
  }
  return counts;
}

/** Mean, population deviation and skewness of numbers in arrays one after the other, summed in order. */
export function moments(parts: () => Iterable<Float64Array>): { mean: number; std: number; skew: number } {
  using arena = openArena();
  const { kernels } = arena;
  const out = arena.reserve(32);
  let n = 0;
  const each = (add: (at: number, length: number) => void): void => {
    for (const part of parts()) {
      const mark = kernels.mark();
      add(arena.put(part), part.length);
      kernels.release(mark);
    }
  };
  each((at, length) => {
    n += length;
    kernels.addSum(at, length, out);
  });
  if (n === 0) return { mean: 0, std: 0, skew: 0 };
  each((at, length) => kernels.addCentral(at, length, n, out));
  kernels.finishMoments(n, out);
  const [mean = 0, std = 0, skew = 0] = arena.f64(out, 3);
  return { mean, std, skew };
}
