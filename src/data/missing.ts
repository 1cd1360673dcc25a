// Missing values: the empty field, and what programs write for one.
import type { Column } from './table.ts';

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
