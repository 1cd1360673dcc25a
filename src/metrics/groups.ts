// Groups rows by the values of a column.

import { columnNames, findColumn } from '../data/column-values.ts';
import { similarColumn } from '../data/locate-columns.ts';
import { missingTest } from '../data/missing.ts';
import { type Preprocessing, parseNumber } from '../data/preprocessing.ts';
import { listedTexts } from '../data/raw-inputs.ts';
import type { AnyTable, Column } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';

/** With more values, a numeric column is cut at its quartiles and a text column is refused. */
const MAX_VALUES = 20;
/** Columns named in a message. */
const MAX_LISTED = 20;

/**
 * The group of each row by one column, such as `sex=Female`. A numeric column with more than 20 values is cut at its quartiles:
 * `age 28 .. <37`. Missing values are one group: `age=`.
 * @param name the column
 * @param rows row numbers of the table, from 0
 * @param preprocessing a value that it lists as a category does not count as missing; default none
 * @returns a group for each of `rows`
 * @throws DebkdError `column` if the column does not exist, or has more than 20 values of which some are text
 * @example
 * const groups = groupRows(table, 'sex', parts.test);
 * const { groups: bySex } = await evaluate(student.predictProba(test), test.labels, { groups: [groups] });
 */
export function groupRows(table: AnyTable, name: string, rows: Uint32Array, preprocessing?: Preprocessing): string[] {
  const column = columnOf(table, name, 'groups');
  const codes = Array.from(rows, (row) => column.codes[row] as number);
  const distinct = new Set(codes);
  if (distinct.size <= MAX_VALUES) {
    const listed = preprocessing ? listedTexts(preprocessing, name) : [];
    return namedGroups(column, codes, missingTest(table.missing), listed);
  }
  return quartiles(column, codes, missingTest(table.missing));
}

/**
 * The value of each row in a column as a group, such as `sex=Female`, however many values there are. Missing values are one group: `sex=`.
 * @param subject what needs the column, for the error
 * @throws DebkdError `column` if the column does not exist
 */
export function valueGroups(table: AnyTable, name: string, rows: Uint32Array, subject: string): string[] {
  const column = columnOf(table, name, subject);
  const codes = Array.from(rows, (row) => column.codes[row] as number);
  return namedGroups(column, codes, missingTest(table.missing), []);
}

/** All spellings of a missing value are one group. @param listed texts that are values, whatever they spell */
function namedGroups(
  { name, texts }: Column,
  codes: readonly number[],
  isMissing: (text: string) => boolean,
  listed: readonly string[],
): string[] {
  const shown = (text: string): string => (isMissing(text) && !listed.includes(text) ? '' : text);
  const names = new Map(Array.from(new Set(codes), (code) => [code, `${name}=${shown(texts[code] as string)}`]));
  return codes.map((code) => names.get(code) as string);
}

function columnOf(table: AnyTable, name: string, subject: string): Column {
  const column = findColumn(table, name);
  if (column) return column;
  const names = columnNames(table);
  const similar = similarColumn(name, names, subject === 'groups' ? 'groups' : undefined);
  const listed = names.slice(0, MAX_LISTED).map((known) => quote(known));
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  throw new DebkdError('column', {
    subject,
    seen: `no column ${quote(name)}`,
    expected: similar ? undefined : `one of ${listed.join(', ')}${more}`,
    remedy: similar,
  });
}

/** Compares two groups for sorting: two ranges of one column by their lower bounds, others by their text. */
export function groupOrder(a: string, b: string): number {
  const [x, y] = [a, b].map((group) => /^(.*) (\S+) \.\. <?\S+$/s.exec(group));
  if (x && y && x[1] === y[1]) return Number(x[2]) - Number(y[2]);
  return a < b ? -1 : a > b ? 1 : 0;
}

function quartiles(column: Column, codes: readonly number[], isMissing: (text: string) => boolean): string[] {
  const missing = column.texts.map(isMissing);
  const values = column.texts.map((text, code) => (missing[code] ? NaN : parseNumber(text)));
  const known = codes.filter((code) => !missing[code]);
  const text = known.find((code) => Number.isNaN(values[code]));
  if (text !== undefined) {
    throw new DebkdError('column', {
      subject: `groups, column ${quote(column.name)}`,
      seen: `more than ${MAX_VALUES} values, not all numbers, such as ${quote(column.texts[text] as string)}`,
      expected: `numbers, or at most ${MAX_VALUES} values`,
      remedy: 'name another column, or give a list of words that makes a group of the rows with one of them',
    });
  }
  const sorted = Float64Array.from(known, (code) => values[code] as number).sort();
  const edges = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number,
  );
  return codes.map((code) => {
    const x = values[code] as number;
    if (Number.isNaN(x)) return `${column.name}=`;
    const part = Math.max(0, [1, 2, 3].filter((q) => x >= (edges[q] as number)).length);
    return `${column.name} ${edges[part]} .. ${part < 3 ? '<' : ''}${edges[part + 1]}`;
  });
}
