// What fitting a preprocessing must know of a column: its values in some rows, with their numbers; of columns of numbers, these
// in the order of the rows. From a table in memory or from the pieces of a stored one.
import { dispose } from '../io/dispose.ts';
import type { TempFile } from '../io/temp-file.ts';
import { openArena } from '../kernels/memory.ts';
import { CHUNK_ROWS } from './chunks.ts';
import { countCodes, missingTest } from './missing.ts';
import { parseNumber } from './preprocessing.ts';
import type { StoredTable } from './stored-table.ts';
import type { Column, Table } from './table.ts';

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

/** @param rows which rows */
export function summarise(table: Table, rows: Uint32Array): ColumnSummary[] {
  const missing = missingTest(table.missing);
  return table.columns.map((column) => {
    const parsed = numbersOf(column, missing);
    const counts = new Map<string, number>();
    const { text, ...found } = countValues(
      column,
      countCodes(column, rows),
      parsed,
      missing,
      table.before ?? 0,
      counts,
    );
    const numbers = (): Iterable<Float64Array> => [pickNumbers(column, rows, parsed)];
    return {
      name: column.name,
      values: counts.size - (counts.has('') ? 1 : 0),
      ...found,
      ...(text && { text }),
      counts,
      numbers,
    };
  });
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

/** Values of a column of numbers that are counted one by one; of more only the numbers themselves are kept, in a file. */
const MAX_COUNTED = 4096;

interface Running {
  values: number;
  rows: number;
  numberRows: number;
  text: ColumnSummary['text'];
  counts: Map<string, number>;
  /** Values were dropped: the column has many, and all that was seen were numbers. */
  dropped: boolean;
  readonly numbers: { readonly at: number; readonly length: number }[];
}

/** The same over a stored table. Dispose of it when the summaries are no longer needed. */
export function summariseStored(table: StoredTable, rows: Uint32Array): { summaries: ColumnSummary[] } & Disposable {
  const file = table.openTempFile();
  const all = table.columns.map((_, j) => j);
  const running = walk(table, rows, all, MAX_COUNTED, file);
  // numbers were dropped before a text came: their numbers are needed after all, unless it will be refused as it is
  const again = all.filter((j) => running[j]?.dropped && running[j]?.text);
  const whole = again.length > 0 ? walk(table, rows, again, Infinity, file) : [];
  for (const [k, j] of again.entries()) running[j] = whole[k] as Running;
  const summaries = running.map(
    ({ numbers, text, dropped: _, ...found }, j): ColumnSummary => ({
      ...{ name: table.columns[j] as string, ...found },
      ...(text && { text }),
      *numbers() {
        for (const { at, length } of numbers) yield new Float64Array(file.read(at, 8 * length).buffer);
      },
    }),
  );
  return { summaries, [dispose]: () => file[dispose]() };
}

function walk(
  table: StoredTable,
  rows: Uint32Array,
  wanted: readonly number[],
  most: number,
  file: TempFile,
): Running[] {
  const missing = missingTest(table.missing);
  const running = wanted.map(
    (): Running => ({
      ...{ values: 0, rows: 0, numberRows: 0, text: undefined, counts: new Map(), dropped: false, numbers: [] },
    }),
  );
  eachChunk(table, rows, (piece, local) => {
    wanted.forEach((j, k) => {
      const column = piece.columns[j] as Column;
      const one = running[k] as Running;
      const parsed = numbersOf(column, missing);
      const counts = one.dropped ? undefined : one.counts;
      const found = countValues(column, countCodes(column, local), parsed, missing, piece.before ?? 0, counts);
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
      if (one.text) return;
      const numbers = pickNumbers(column, local, parsed);
      const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
      one.numbers.push({ at: file.append(bytes), length: numbers.length });
    });
  });
  return running;
}

/** Visits the pieces with the rows of each, counted from its first. @param rows ascending */
export function eachChunk(
  table: StoredTable,
  rows: Uint32Array,
  visit: (piece: Table, local: Uint32Array) => void,
): void {
  let from = 0;
  for (let k = 0; k < table.chunks && from < rows.length; k++) {
    const before = k * CHUNK_ROWS;
    let to = from;
    while (to < rows.length && (rows[to] as number) < before + CHUNK_ROWS) to++;
    if (to > from)
      visit(
        table.chunk(k),
        rows.slice(from, to).map((row) => row - before),
      );
    from = to;
  }
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
