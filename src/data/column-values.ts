// Whole columns of a table in memory or in a file: raw, as numbers or as texts.
import { quote } from '../io/errors.ts';
import { columnBuilder } from './build-table.ts';
import { columnNumbers, numberForm } from './column-numbers.ts';
import { absentColumn } from './locate-columns.ts';
import { missingTest } from './missing.ts';
import { featureNames, isStored, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';

/** Finds a column by name among the features and the dropped columns; undefined if there is none. */
export function findColumn(table: AnyTable, name: string): Column | undefined {
  if (!isStored(table)) return [...table.columns, ...table.dropped].find((column) => column.name === name);
  if (!table.columns.includes(name) && !table.dropped.includes(name)) return undefined;
  const builder = columnBuilder(name);
  let images: Column['images'];
  for (const { chunk } of tableChunks(table)) {
    const column = findColumn(chunk, name) as Column;
    for (const code of column.codes) builder.add(column.texts[code] as string);
    images = column.images;
  }
  return { ...builder.finish(), ...(images && { images }) };
}

/** Names of all columns: the features, then the dropped ones. */
export function columnNames(table: AnyTable): string[] {
  const dropped = table.dropped.map((column) => (typeof column === 'string' ? column : column.name));
  return [...featureNames(table), ...dropped];
}

/**
 * Returns a column as numbers: float64, [rows], NaN where the value is missing or not a number.
 * @param name a feature or a dropped column
 * @throws DebkdError `column` if the table has no such column
 * @example
 * const age = numericColumn(await readTable('people.csv'), 'age');
 */
export function numericColumn(table: AnyTable, name: string): Float64Array {
  const column = numberForm(existingColumn(table, name), table.missing);
  const numbers = columnNumbers(column, table.missing);
  return Float64Array.from(column.codes, (code) => numbers[code] as number);
}

/**
 * Returns a column as texts: [rows], '' where the value is missing.
 * @param name a feature or a dropped column
 * @throws DebkdError `column` if the table has no such column
 * @example
 * const region = textColumn(await readTable('people.csv'), 'region');
 */
export function textColumn(table: AnyTable, name: string): string[] {
  const { codes, texts } = existingColumn(table, name);
  const missing = missingTest(table.missing);
  return Array.from(codes, (code) => (missing(texts[code] as string) ? '' : (texts[code] as string)));
}

function existingColumn(table: AnyTable, name: string): Column {
  const column = findColumn(table, name);
  if (column) return column;
  throw absentColumn({ subject: `data ${quote(table.name, 200)}`, name, columns: columnNames(table) });
}
