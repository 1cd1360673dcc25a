// The number of each distinct text of a column. Of texts that are bytes, plain numbers are read without a string.
import { byteTextsOf } from './byte-texts.ts';
import { mayLookLikeNumber, missingTest } from './missing.ts';
import { parseNumber } from './preprocessing.ts';
import { rowForm } from './row-form.ts';
import type { Column } from './table.ts';

/**
 * The number of each text, NaN where it is missing or no number; float64 [texts]. The caller must not change them.
 * @param spellings of a missing value, as in missingTest
 */
export function columnNumbers(column: Column, spellings?: readonly string[]): Float64Array {
  const found = byteTextsOf(column);
  // a number is then no missing value
  if (found && !mayLookLikeNumber(spellings)) return found.numbers();
  const missing = missingTest(spellings);
  return Float64Array.from(column.texts, (text) => (missing(text) ? NaN : parseNumber(text)));
}

/**
 * The column in the form in which its numbers are read: a text may appear several times, unless a number may be a missing value.
 * @param spellings of a missing value, as in missingTest
 */
export function numberForm(column: Column, spellings?: readonly string[]): Column {
  return mayLookLikeNumber(spellings) ? column : rowForm(column);
}

/** parseNumber of each text; float64 [texts]. The caller must not change them. */
export function textNumbers(column: Column): Float64Array {
  return byteTextsOf(column)?.numbers() ?? Float64Array.from(column.texts, parseNumber);
}
