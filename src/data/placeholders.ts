// Finds numbers that stand for missing values, such as -999: an extreme value that repeats, far outside all others.
import { textAt } from './byte-texts.ts';
import { columnNumbers } from './column-numbers.ts';
import { countCodes } from './missing.ts';
import { allRows, featureNames, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';

/** A number that may stand for a missing value. */
export interface Placeholder {
  /** The column's name. */
  readonly column: string;
  /** The value as the data has it. */
  readonly value: string;
  /** Number of rows with it. */
  readonly count: number;
  /** Number of rows examined. */
  readonly rows: number;
  /** The smallest and the largest of the column's other values. */
  readonly others: readonly [low: number, high: number];
}

/** Rows examined; a value in fewer than 1 of 1,000 rows is no concern. */
const MAX_ROWS = 20_000;
const MIN_COUNT = 5;
const MIN_SHARE = 0.001;
/** Fewer other values are a scale or a flag, and have no range to be outside of. */
const MIN_OTHERS = 10;
/** Placeholders on one side, such as 7777, 8888 and 9999. */
const MAX_SIDE = 3;
/** Distance from the other values, in multiples of their range. */
const FAR = { code: 1, other: 3 };
/** Numbers that programs and forms write for a missing value: of one digit, -1, and limits of integers. */
const CODE = /^-?(9+|8+|7+|9+[678]|2147483647|2147483648|32767|32768)$/;

interface Value {
  readonly number: number;
  count: number;
  /** Where the text is. */
  readonly column: Column;
  readonly code: number;
}

/**
 * The numbers that may stand for missing values.
 * @param names of the numeric columns to examine
 * @param rows row numbers; ascending for a stored table
 */
export function findPlaceholders(table: AnyTable, names: readonly string[], rows: Uint32Array): Placeholder[] {
  const features = featureNames(table);
  const sample = rows.subarray(0, MAX_ROWS);
  const columns = names
    .map((name) => ({ name, place: features.indexOf(name), values: new Map<number, Value>() }))
    .filter(({ place }) => place >= 0);
  for (const { chunk, rows: local = allRows(chunk) } of tableChunks(table, sample)) {
    for (const { place, values } of columns)
      addValues(values, chunk.columns[place] as Column, { rows: local, missing: table.missing });
  }
  return columns.flatMap(({ name, values }) => {
    const sorted = [...values.values()].sort((a, b) => a.number - b.number);
    const { found, core } = outsiders(sorted, Math.max(MIN_COUNT, MIN_SHARE * sample.length));
    const others = [core[0]?.number ?? 0, core.at(-1)?.number ?? 0] as const;
    return found.map(({ column, code, count }) => ({
      column: name,
      value: textAt(column, code).trim(),
      count,
      rows: sample.length,
      others,
    }));
  });
}

function addValues(
  values: Map<number, Value>,
  column: Column,
  { rows, missing }: { readonly rows: Uint32Array; readonly missing: AnyTable['missing'] },
): void {
  const numbers = columnNumbers(column, missing);
  countCodes(column, rows).forEach((count, code) => {
    const number = numbers[code] as number;
    if (count === 0 || !Number.isFinite(number)) return;
    const value = values.get(number);
    if (value) value.count += count;
    else values.set(number, { number, count, column, code });
  });
}

/** Takes values from both ends as long as they are far from the rest. @param sorted by number */
function outsiders(sorted: readonly Value[], least: number): { found: Value[]; core: readonly Value[] } {
  const found: Value[] = [];
  let core = sorted;
  for (let size = 1; size <= 2 * MAX_SIDE; size++) {
    for (let low = Math.max(0, size - MAX_SIDE); low <= Math.min(size, MAX_SIDE); low++) {
      const high = size - low;
      const rest = core.slice(low, core.length - high);
      const taken = [...core.slice(0, low), ...core.slice(core.length - high)];
      if (rest.length < MIN_OTHERS || !areFar(taken, rest, least)) continue;
      found.push(...taken);
      core = rest;
      size = 0;
      break;
    }
  }
  return { found, core };
}

/** Whether all values repeat and are far from the rest. Zero is a bound of many columns, and no placeholder. */
function areFar(taken: readonly Value[], rest: readonly Value[], least: number): boolean {
  const [low, high] = [(rest[0] as Value).number, (rest.at(-1) as Value).number];
  return taken.every(({ number, count }) => {
    if (number === 0 || count < least) return false;
    const distance = number < low ? low - number : number - high;
    return distance > (CODE.test(String(number)) ? FAR.code : FAR.other) * (high - low);
  });
}
