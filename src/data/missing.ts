// Missing values: the empty field and the spellings that programs write for one.
import { textCount } from './byte-texts.ts';
import type { Column } from './table.ts';

/**
 * Default spellings of a missing value other than the empty field; compared in lower case, without surrounding white
 * space.
 */
export const MISSING: readonly string[] = ['na', 'n/a', '#n/a', '<na>', 'nan', 'null', '?'];

/** Makes a test for missing values. @param spellings of a missing value other than the empty field; default MISSING */
export function missingTest(spellings: readonly string[] = MISSING): (text: string) => boolean {
  const normalized = new Set(['', ...spellings.map(normalize)]);
  // a shortcut: most texts are numbers, and few spellings begin like one
  const anyLikeNumber = [...normalized].some(startsLikeNumber);
  return (text) => text === '' || ((anyLikeNumber || !startsLikeNumber(text)) && normalized.has(normalize(text)));
}

/** Whether a missing value may be spelled as a number, such as -999. @param spellings as in missingTest */
export function mayLookLikeNumber(spellings: readonly string[] = MISSING): boolean {
  return spellings.some((text) => startsLikeNumber(normalize(text)));
}

/** Whether a text begins with a digit or with one of + , - . / */
function startsLikeNumber(text: string): boolean {
  return text >= '+' && text < ':';
}

function normalize(text: string): string {
  return text.trim().toLowerCase();
}

/** Counts the rows with each text of a column; [texts]. @param rows row numbers; default all */
export function countCodes(column: Column, rows?: Uint32Array): Uint32Array {
  const counts = new Uint32Array(textCount(column));
  const { codes } = column;
  const length = rows?.length ?? codes.length;
  for (let i = 0; i < length; i++) {
    const code = codes[rows ? (rows[i] as number) : i] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  return counts;
}
