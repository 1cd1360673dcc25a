// Missing values: the empty field, and what programs write for one.
import type { Preprocessing } from './preprocessing.ts';
import type { StoredTable } from './stored-table.ts';
import type { Column, Table } from './table.ts';

/** What counts as missing, as the empty field does; compared in lower case, without surrounding white space. */
export const MISSING: readonly string[] = ['na', 'n/a', '#n/a', '<na>', 'nan', 'null', '?'];

/** Whether a text stands for a missing value. @param spellings what does, beside the empty field; default MISSING */
export function missingTest(spellings: readonly string[] = MISSING): (text: string) => boolean {
  const known = new Set(['', ...spellings.map(bare)]);
  // most texts are numbers, and seldom does a spelling begin as one
  const some = [...known].some(isLikeNumber);
  return (text) => text === '' || ((some || !isLikeNumber(text)) && known.has(bare(text)));
}

/** Whether a text begins with a digit, + , - . or /. */
function isLikeNumber(text: string): boolean {
  return text >= '+' && text < ':';
}

function bare(text: string): string {
  return text.trim().toLowerCase();
}

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
 * @param options.rows default all
 * @param options.preprocessing a spelling that it lists as a category is that category
 */
export function countMissing(
  table: Table,
  { rows, preprocessing }: { rows?: Uint32Array; preprocessing?: Preprocessing | undefined } = {},
): MissingCount[] {
  const missing = missingTest(table.missing);
  return table.columns.flatMap((column) => {
    const spec = preprocessing?.columns.find(({ name }) => name === column.name);
    const listed = new Set(spec?.kind === 'categorical' ? spec.categories : []);
    const lost = (text: string): boolean => missing(text) && (text === '' || !listed.has(text));
    const texts = column.texts.flatMap((text, code) => (lost(text) ? [{ text, code }] : []));
    if (texts.length === 0) return [];
    const counts = countCodes(column, rows);
    const spellings = texts
      .map(({ text, code }) => ({ text, count: counts[code] as number }))
      .filter(({ count }) => count > 0);
    const count = spellings.reduce((sum, spelling) => sum + spelling.count, 0);
    return count > 0 ? [{ column: column.name, count, spellings }] : [];
  });
}

/** How many of the rows hold each text of a column; [texts]. */
export function countCodes(column: Column, rows?: Uint32Array): Uint32Array {
  const counts = new Uint32Array(column.texts.length);
  const add = (code: number): void => {
    counts[code] = (counts[code] as number) + 1;
  };
  if (rows) for (const row of rows) add(column.codes[row] as number);
  else column.codes.forEach(add);
  return counts;
}

/** The same of all rows of a stored table. */
export function countStoredMissing(table: StoredTable, preprocessing?: Preprocessing): MissingCount[] {
  const found = new Map<string, Map<string, number>>();
  for (let k = 0; k < table.chunks; k++) {
    for (const { column, spellings } of countMissing(table.chunk(k), { preprocessing })) {
      const known = found.get(column) ?? new Map<string, number>();
      found.set(column, known);
      for (const { text, count } of spellings) known.set(text, count + (known.get(text) ?? 0));
    }
  }
  return table.columns.flatMap((column) => {
    const known = found.get(column);
    if (!known) return [];
    const spellings = Array.from(known, ([text, count]) => ({ text, count }));
    return [{ column, count: spellings.reduce((sum, { count }) => sum + count, 0), spellings }];
  });
}
