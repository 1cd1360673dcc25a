// Columns that are withheld from the student and whose values its other columns may still tell: the groups of the rows by each of them.
import { DebkdError, quote } from '../io/errors.ts';
import { columnNumbers } from './column-numbers.ts';
import { columnNames, findColumn } from './column-values.ts';
import { absentColumn } from './locate-columns.ts';
import { missingTest } from './missing.ts';
import type { AnyTable, Column } from './table.ts';

/** The groups of some rows by a withheld column. */
export interface WithheldColumn {
  /** Name of the column. */
  readonly name: string;
  /** The groups: the most common values, such as `sex=Female`, or the numbers up to the median and those above. */
  readonly groups: readonly string[];
  /** The group of each row, the number of groups for another value, -1 where the value is missing; int32 [rows]. */
  readonly codes: Int32Array;
}

/** With more values, numbers are cut at their median. */
const MOST_NUMBERS = 5;
/** Values that are groups of their own, the most common ones. */
const MOST_GROUPS = 10;

/**
 * Finds the groups of withheld columns, features or dropped ones.
 * @param rows training rows, which decide what the groups are
 * @returns the groups of any rows of the table
 * @throws DebkdError `column` for a column that is absent, or the label
 */
export function withheldColumns(
  table: AnyTable,
  names: readonly string[],
  rows: Uint32Array,
): (rows: Uint32Array) => readonly WithheldColumn[] {
  const found = [...new Set(names)].map((name) => {
    checkWithheld(table, name);
    return groupsOf(table, findColumn(table, name) as Column, rows);
  });
  return (wanted) =>
    found.map(({ name, groups, places, codes }) => ({
      name,
      groups,
      codes: Int32Array.from(wanted, (row) => places[codes[row] as number] as number),
    }));
}

/** Checks the name of a column to withhold. @throws DebkdError `column` */
export function checkWithheld(table: AnyTable, name: string): void {
  const subject = `data ${quote(table.name, 200)}`;
  if (table.target?.name === name) {
    throw new DebkdError('column', {
      subject,
      seen: `column ${quote(name)} is the label`,
      expected: 'a column to withhold from the student',
      remedy: 'leave it out: the student never takes the label',
    });
  }
  const columns = columnNames(table);
  if (!columns.includes(name)) throw absentColumn({ subject, name, columns, use: ' to withhold', setting: 'withhold' });
}

/** The groups of a column, and the group of each of its texts. */
function groupsOf(
  table: AnyTable,
  column: Column,
  rows: Uint32Array,
): { name: string; groups: string[]; places: Int32Array; codes: Column['codes'] } {
  const { name, texts, codes } = column;
  const missing = missingTest(table.missing);
  const counts = new Map<string, number>();
  const known: number[] = [];
  for (const row of rows) {
    const code = codes[row] as number;
    const text = texts[code] as string;
    if (missing(text)) continue;
    known.push(code);
    counts.set(text, 1 + (counts.get(text) ?? 0));
  }
  const numbers = columnNumbers(column, table.missing);
  if (counts.size > MOST_NUMBERS && known.every((code) => !Number.isNaN(numbers[code]))) {
    const sorted = Float64Array.from(known, (code) => numbers[code] as number).sort();
    const median = sorted[Math.floor((sorted.length - 1) / 2)] as number;
    const place = (x: number): number => (Number.isNaN(x) ? -1 : x > median ? 1 : 0);
    const groups = [`${name} ≤ ${median}`, `${name} > ${median}`];
    return { name, groups, places: Int32Array.from(texts, (_, code) => place(numbers[code] as number)), codes };
  }
  const common = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MOST_GROUPS);
  const place = new Map(common.map(([text], k) => [text, k]));
  return {
    name,
    codes,
    groups: common.map(([text]) => `${name}=${text}`),
    places: Int32Array.from(texts, (text) => (missing(text) ? -1 : (place.get(text) ?? common.length))),
  };
}
