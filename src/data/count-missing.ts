// The missing values of a table, counted by column and spelling.
import { countCodes, missingTest } from './missing.ts';
import type { Preprocessing } from './preprocessing.ts';
import { featureNames, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';

/** The missing values of one column. */
export interface MissingCount {
  /** The column's name. */
  readonly column: string;
  /** Rows whose value is missing. */
  readonly count: number;
  /** As they are written, with their number. */
  readonly spellings: readonly { readonly text: string; readonly count: number }[];
}

/**
 * Counts the missing values of every feature that has some.
 * @param options.rows default all; ascending where the table is in a file
 * @param options.preprocessing a spelling that it lists as a category is that category
 * @example
 * for (const { column, count } of countMissing(table)) console.log(column, count);
 */
export function countMissing(
  table: AnyTable,
  options: { rows?: Uint32Array; preprocessing?: Preprocessing | undefined } = {},
): MissingCount[] {
  const isMissing = missingTest(table.missing);
  const byColumn = new Map<string, Map<string, number>>();
  for (const { chunk, rows } of tableChunks(table, options.rows)) {
    for (const column of chunk.columns) {
      const spec = options.preprocessing?.columns.find(({ name }) => name === column.name);
      const listed = new Set(spec?.kind === 'categorical' ? spec.categories : []);
      const found = byColumn.get(column.name) ?? new Map<string, number>();
      byColumn.set(column.name, found);
      const counted = (text: string): boolean => isMissing(text) && (text === '' || !listed.has(text));
      for (const [text, count] of countTexts(column, rows, counted)) found.set(text, count + (found.get(text) ?? 0));
    }
  }
  return featureNames(table).flatMap((column) => {
    const spellings = Array.from(byColumn.get(column) ?? [], ([text, count]) => ({ text, count }));
    const count = spellings.reduce((sum, spelling) => sum + spelling.count, 0);
    return count > 0 ? [{ column, count, spellings }] : [];
  });
}

/** How many of the rows hold each text that is counted. */
function countTexts(
  column: Column,
  rows: Uint32Array | undefined,
  counted: (text: string) => boolean,
): (readonly [string, number])[] {
  const texts = column.texts.flatMap((text, code) => (counted(text) ? [{ text, code }] : []));
  if (texts.length === 0) return [];
  const counts = countCodes(column, rows);
  return texts.flatMap(({ text, code }) => (counts[code] ? [[text, counts[code]] as const] : []));
}
