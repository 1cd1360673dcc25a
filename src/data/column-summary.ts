// Column summaries for fitPreprocessing: the number of rows with each value, and the numbers of numeric columns in row
// order. A table in memory is read at once, a stored one chunk by chunk.
import { dispose } from '../io/dispose.ts';
import { openArena } from '../kernels/memory.ts';
import { byteTextsOf } from './byte-texts.ts';
import { columnNumbers, numberForm } from './column-numbers.ts';
import { countCodes, missingTest } from './missing.ts';
import { allRows, featureNames, isStored, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';

export interface ColumnSummary {
  readonly name: string;
  /** Number of distinct values, without missing ones; a lower bound if `counts` was discarded. */
  readonly values: number;
  /** Number of rows with a value. */
  readonly rows: number;
  /** Number of rows whose value is a finite number. */
  readonly numberRows: number;
  /** The first value that is not a finite number, and its row, counted from 1. */
  readonly text?: { readonly value: string; readonly row: number };
  /**
   * Number of rows with each value; '' stands for a missing one. Discarded, and empty, for numeric columns with many
   * values.
   */
  readonly counts: ReadonlyMap<string, number>;
  /** The numbers in row order, as consecutive float64 arrays; complete only for columns without text. */
  readonly numbers: () => Iterable<Float64Array>;
}

interface CountValuesOptions {
  /** Number of rows with each text; [texts]. */
  readonly codeCounts: Uint32Array;
  /** Each text as a number; [texts]. */
  readonly parsed: Float64Array;
  readonly missing: (text: string) => boolean;
  /** Rows of the table before the column's first. */
  readonly before: number;
  /** Receives the number of rows with each value. */
  readonly counts: Map<string, number> | undefined;
}

/** Counts the rows with a value and with a number, and finds the first text. */
function countValues(
  column: Column,
  { codeCounts, parsed, missing, before, counts }: CountValuesOptions,
): { rows: number; numberRows: number; text: ColumnSummary['text'] } {
  let [rows, numberRows] = [0, 0];
  let text: ColumnSummary['text'];
  column.texts.forEach((value, code) => {
    const count = codeCounts[code] as number;
    if (count === 0) return;
    const isMissing = missing(value);
    const key = isMissing ? '' : value;
    counts?.set(key, count + (counts.get(key) ?? 0));
    if (isMissing) return;
    rows += count;
    if (Number.isFinite(parsed[code])) numberRows += count;
    else text ??= { value, row: before + column.codes.indexOf(code) + 1 };
  });
  return { rows, numberRows, text };
}

/** As countValues, without strings; undefined if a text is neither a number nor empty. `values` is a lower bound. */
function countManyNumbers(
  column: Column,
  codeCounts: Uint32Array,
  parsed: Float64Array,
): { values: number; rows: number } | undefined {
  const texts = byteTextsOf(column);
  if (!texts) return undefined;
  let rows = 0;
  const values = new Set<number>();
  for (let code = 0; code < codeCounts.length; code++) {
    const count = codeCounts[code] as number;
    if (count === 0) continue;
    if (Number.isFinite(parsed[code])) {
      if (values.size <= MAX_COUNTED) values.add(parsed[code] as number);
      rows += count;
    } else if (texts.text(code) !== '') return undefined;
  }
  return { values: values.size, rows };
}

/** The numbers of the given rows, in order; missing values (NaN) are left out. */
function pickNumbers({ codes }: Column, rows: Uint32Array, parsed: Float64Array): Float64Array {
  const numbers = new Float64Array(rows.length);
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    const x = parsed[codes[rows[i] as number] as number] as number;
    if (!Number.isNaN(x)) numbers[n++] = x;
  }
  return numbers.subarray(0, n);
}

/** Above this number of distinct values, a numeric column keeps only its numbers, not the rows with each value. */
const MAX_COUNTED = 256;

interface Counts {
  values: number;
  rows: number;
  numberRows: number;
  text: ColumnSummary['text'];
  counts: Map<string, number>;
  /** Whether `counts` was discarded: the column has many values, and all of them so far are numbers. */
  discarded: boolean;
  /** Reads the numbers of each chunk. */
  readonly numbers: (() => Float64Array)[];
}

/**
 * Summarises a table's features. Dispose of the result after use.
 * @param rows row numbers; ascending for a stored table
 */
export function summarise(table: AnyTable, rows: Uint32Array): { summaries: ColumnSummary[] } & Disposable {
  const store = openNumberStore(table);
  const names = featureNames(table);
  const columns = names.map((_, j) => j);
  const counts = countColumns(table, { rows, columns, maxCounted: MAX_COUNTED, store });
  // a text appeared after the counts had been discarded: a column of categories needs them
  const discarded = columns.filter((j) => counts[j]?.discarded && counts[j]?.text);
  const recounted =
    discarded.length > 0 ? countColumns(table, { rows, columns: discarded, maxCounted: Infinity, store }) : [];
  for (const [k, j] of discarded.entries()) counts[j] = recounted[k] as Counts;
  const summaries = counts.map(
    ({ numbers, text, discarded: _, ...found }, j): ColumnSummary => ({
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

/**
 * Lets numbers be read several times. They are computed anew at each reading if the table is in memory, and written to a
 * temporary file if it is stored.
 */
export function openNumberStore(
  table: AnyTable,
): { keep(compute: () => Float64Array): () => Float64Array } & Disposable {
  if (!isStored(table)) return { keep: (compute) => compute, [dispose]: () => undefined };
  const file = table.openTempFile();
  return {
    keep(compute) {
      const numbers = compute();
      const at = file.append(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
      return () => new Float64Array(file.read(at, 8 * numbers.length).buffer);
    },
    [dispose]: () => file[dispose](),
  };
}

interface CountColumnsOptions {
  readonly rows: Uint32Array;
  /** Indices of the columns to count. */
  readonly columns: readonly number[];
  /** Number of distinct values above which the counts of a numeric column are discarded. */
  readonly maxCounted: number;
  readonly store: ReturnType<typeof openNumberStore>;
}

function countColumns(table: AnyTable, { rows, columns, maxCounted, store }: CountColumnsOptions): Counts[] {
  const missing = missingTest(table.missing);
  const totals = columns.map(
    (): Counts => ({
      values: 0,
      rows: 0,
      numberRows: 0,
      text: undefined,
      counts: new Map(),
      discarded: false,
      numbers: [],
    }),
  );
  for (const { chunk, rows: local = allRows(chunk) } of tableChunks(table, rows)) {
    columns.forEach((j, k) => {
      const column = chunk.columns[j] as Column;
      const total = totals[k] as Counts;
      const addMany = (form: Column): boolean => {
        const numbers = columnNumbers(form, table.missing);
        const many = countManyNumbers(form, countCodes(form, local), numbers);
        if (!many || !(total.discarded || many.values > maxCounted)) return false;
        if (!total.discarded) total.values = many.values;
        total.rows += many.rows;
        total.numberRows += many.rows;
        total.discarded = true;
        if (!total.text) total.numbers.push(store.keep(() => pickNumbers(form, local, numbers)));
        return true;
      };
      const form = numberForm(column, table.missing);
      if (total.counts.size === 0 && addMany(form)) return;
      if (total.counts.size === 0 && form !== column && addMany(column)) return;
      const parsed = columnNumbers(column, table.missing);
      const codeCounts = countCodes(column, local);
      const found = countValues(column, {
        codeCounts,
        parsed,
        missing,
        before: chunk.before ?? 0,
        counts: total.discarded ? undefined : total.counts,
      });
      total.rows += found.rows;
      total.numberRows += found.numberRows;
      total.text ??= found.text;
      if (!total.discarded) {
        total.values = total.counts.size - (total.counts.has('') ? 1 : 0);
        if (total.values > maxCounted && !total.text) {
          total.discarded = true;
          total.counts = new Map();
        }
      }
      if (!total.text) total.numbers.push(store.keep(() => pickNumbers(column, local, parsed)));
    });
  }
  return totals;
}

/** Mean, population standard deviation and skewness of the numbers in consecutive arrays, summed in order. */
export function moments(parts: () => Iterable<Float64Array>): { mean: number; std: number; skew: number } {
  using arena = openArena();
  const { kernels } = arena;
  const out = arena.reserve(32);
  let n = 0;
  const addParts = (add: (at: number, length: number) => void): void => {
    for (const part of parts()) {
      const mark = kernels.mark();
      add(arena.put(part), part.length);
      kernels.release(mark);
    }
  };
  addParts((at, length) => {
    n += length;
    kernels.addSum(at, length, out);
  });
  if (n === 0) return { mean: 0, std: 0, skew: 0 };
  addParts((at, length) => kernels.addCentral(at, length, n, out));
  kernels.finishMoments(n, out);
  const [mean = 0, std = 0, skew = 0] = arena.f64(out, 3);
  return { mean, std, skew };
}
