// Tells a numeric column with words for missing values, such as None, unknown and refused, from a column of codes.
import { DebkdError, listed, quote } from '../io/errors.ts';
import type { ColumnSummary } from './column-summary.ts';
import { MISSING } from './missing.ts';
import { parseNumber } from './preprocessing.ts';

/** More distinct numbers than this are a measure, fewer may be categories. */
const FEW_NUMBERS = 20;
/** Minimum share of rows with a number; with one or two words, any share will do. */
const HALF = 0.5;
/** Whole numbers may be codes, such as bus lines: with more words than this, the column stays one of categories. */
const MAX_WORDS = 10;
/** Words that a message lists, the most frequent. */
const MAX_LISTED = 5;

/** A word for a missing value has no digit; a code, such as V45 or K1A, has. */
const WORD = /^[\p{L}\s./()'’_-]+$/u;
/** Two letters or more, or none: one letter is often a code, such as a bus line, size or grade. */
const TELLING = /\p{L}.*\p{L}|^[^\p{L}]+$/su;
/** A bound instead of a number: <5, >= 100, 90+. */
const BOUND = /^([<>≤≥~≈]=?\s*[+-]?(\d+\.?\d*|\.\d+)|\d+\.?\d*\s?\+)$/;

/** The texts of a column that are no numbers, most frequent first; undefined unless it is a numeric column with words. */
export function wordsAmongNumbers({ counts, rows, numberRows }: ColumnSummary): string[] | undefined {
  const present = [...counts].filter(([text]) => text !== '');
  const words = present.filter(([text]) => Number.isNaN(parseNumber(text)));
  const numbers = present.flatMap(([text]) => {
    const number = parseNumber(text);
    return Number.isFinite(number) ? [number] : [];
  });
  const texts = words.sort(([, a], [, b]) => b - a).map(([text]) => text.trim());
  if (texts.length === 0 || new Set(numbers).size <= FEW_NUMBERS) return undefined;
  if (texts.length <= 2 && texts.every((text) => WORD.test(text))) return texts;
  const tell = texts.every((text) => (WORD.test(text) && TELLING.test(text)) || BOUND.test(text));
  if (!tell || numberRows < HALF * rows) return undefined;
  const areCodes = numbers.every(Number.isInteger) && texts.length > Math.min(MAX_WORDS, numbers.length / 2);
  return areCodes ? undefined : texts;
}

/** The error of a numeric column with words. @param words most frequent first */
export function wordsError(
  words: readonly string[],
  { name, rows, numberRows }: ColumnSummary,
  table: { readonly name: string; readonly missing?: readonly string[] | undefined },
): DebkdError {
  const share = Math.max(1, Math.min(99, Math.round((100 * numberRows) / rows)));
  const isListable = words.length <= MAX_WORDS && words.every((word) => /^[^,"]+$/.test(word) && !BOUND.test(word));
  // the setting replaces the usual spellings, which other columns may have
  const spellings = [...new Set([...(table.missing ?? MISSING), ...words.map((word) => word.toLowerCase())])];
  return new DebkdError('column', {
    subject: `data ${quote(table.name, 200)}, column ${quote(name)}`,
    seen: `numbers in ${share} % of the values, and beside them ${listed(
      words.map((word) => quote(word)),
      MAX_LISTED,
    )}`,
    expected: 'numbers, or categories alone',
    remedy: [
      { id: 'list-missing', ...(isListable && { values: spellings }) },
      'write numbers instead',
      { id: 'drop-column', column: name },
    ],
  });
}
