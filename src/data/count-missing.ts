// Counts the missing values of a table by column and spelling.
import { byteTextsOf, textAt, textCount, withCodes } from './byte-texts.ts';
import { textNumbers } from './column-numbers.ts';
import { countCodes, mayLookLikeNumber, missingTest } from './missing.ts';
import type { Preprocessing } from './preprocessing.ts';
import { listedTexts } from './raw-inputs.ts';
import { rowForm } from './row-form.ts';
import { featureNames, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';

/** The missing values of one column. */
export interface MissingCount {
  /** The column's name. */
  readonly column: string;
  /** Number of rows whose value is missing. */
  readonly count: number;
  /** Each spelling as it is written, with its number of rows. */
  readonly spellings: readonly { readonly text: string; readonly count: number }[];
}

/**
 * Counts the missing values of every feature that has any.
 * @param options.rows row numbers, ascending for a stored table; default all
 * @param options.preprocessing a spelling that it lists as a category counts as that category, not as missing
 * @example
 * for (const { column, count } of countMissing(table)) console.log(column, count);
 */
export function countMissing(
  table: AnyTable,
  options: { rows?: Uint32Array; preprocessing?: Preprocessing | undefined } = {},
): MissingCount[] {
  const isMissing = missingTest(table.missing);
  const mayBeNumber = mayLookLikeNumber(table.missing);
  const byColumn = new Map<string, Map<string, number>>();
  for (const { chunk, rows } of tableChunks(table, options.rows)) {
    for (const column of chunk.columns) {
      const listed = new Set(options.preprocessing ? listedTexts(options.preprocessing, column.name) : []);
      const counts = byColumn.get(column.name) ?? new Map<string, number>();
      byColumn.set(column.name, counts);
      const isCounted = (text: string): boolean => isMissing(text) && (text === '' || !listed.has(text));
      for (const [text, count] of countTexts(column, rows, { isCounted, mayBeNumber }))
        counts.set(text, count + (counts.get(text) ?? 0));
    }
  }
  return featureNames(table).flatMap((column) => {
    const spellings = Array.from(byColumn.get(column) ?? [], ([text, count]) => ({ text, count }));
    const count = spellings.reduce((sum, spelling) => sum + spelling.count, 0);
    return count > 0 ? [{ column, count, spellings }] : [];
  });
}

/** Counts the rows with each text, in order of first appearance in the column, for which `isCounted` is true. @param mayBeNumber whether it may be for a number */
function countTexts(
  given: Column,
  rows: Uint32Array | undefined,
  { isCounted, mayBeNumber }: { readonly isCounted: (text: string) => boolean; readonly mayBeNumber: boolean },
): (readonly [string, number])[] {
  const column = mayBeNumber ? given : rowForm(given);
  // no string is made for a number
  const numbers = byteTextsOf(column) && !mayBeNumber ? textNumbers(column) : undefined;
  const found: { readonly text: string; readonly code: number }[] = [];
  for (let code = 0; code < textCount(column); code++) {
    if (numbers && !Number.isNaN(numbers[code])) continue;
    const text = textAt(column, code);
    if (isCounted(text)) found.push({ text, code });
  }
  if (found.length === 0) return [];
  // several texts have the order of all rows
  if (column !== given && found.some(({ text }) => text !== found[0]?.text))
    return countTexts(withCodes(given, given.codes), rows, { isCounted, mayBeNumber });
  const counts = countCodes(column, rows);
  return found.flatMap(({ text, code }) => (counts[code] ? [[text, counts[code]] as const] : []));
}
