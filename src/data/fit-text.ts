// Finds a table's columns of text, and fits their preprocessing: which buckets of their n-grams have an encoded column.
import { byteTextsOf, textAt, textCount } from './byte-texts.ts';
import { textNumbers } from './column-numbers.ts';
import { hashTexts } from './hash-texts.ts';
import { isImageColumn } from './image-columns.ts';
import { rowForm } from './row-form.ts';
import { featureNames, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';
import type { TextForm } from './text/ngrams.ts';
import { levelOf, seenOf, type TextColumn, type TextWeights } from './text-column.ts';
import { checkTextColumns } from './text-columns.ts';

/** The default form of text columns. */
export const TEXT_FORM: TextForm = { buckets: 2 ** 14, words: [1, 2], characters: [3, 5] };

/** Texts have at least this many different values, and this number of spaces on average. */
const TEXT = { values: 50, spaces: 4 };

/**
 * The columns that hold texts: those named, or else those of many different values with four spaces or more on average.
 * The first chunk of a stored table decides.
 * @param names given names; undefined: find them
 * @throws DebkdError `column` if a named column is absent or holds numbers
 */
export function textFeatures(table: AnyTable, names: readonly string[] | undefined): string[] {
  const columns = featureNames(table);
  if (names) {
    checkTextColumns(table, names);
    return columns.filter((name) => names.includes(name));
  }
  const [first] = tableChunks(table);
  return first
    ? first.chunk.columns.filter((column) => isText(column) && !isImageColumn(column)).map(({ name }) => name)
    : [];
}

function isText(column: Column): boolean {
  const form = rowForm(column);
  // texts that are mostly no numbers become strings, each once
  return hasSpaces(form !== column && !isMostlyNumbers(form) ? column : form);
}

function isMostlyNumbers(column: Column): boolean {
  const numbers = textNumbers(column);
  let count = 0;
  for (let code = 0; code < numbers.length; code++) if (!Number.isNaN(numbers[code])) count++;
  return count > numbers.length / 2;
}

function hasSpaces(column: Column): boolean {
  const { codes } = column;
  const count = textCount(column);
  if (count <= TEXT.values) return false;
  // a number has no spaces inside: no string is made for it
  const numbers = byteTextsOf(column)?.numbers();
  const spaces = new Uint32Array(count);
  for (let code = 0; code < count; code++)
    if (!numbers || Number.isNaN(numbers[code])) spaces[code] = textAt(column, code).trim().split(/\s+/).length - 1;
  let sum = 0;
  for (let i = 0; i < codes.length; i++) sum += spaces[codes[i] as number] as number;
  return sum >= TEXT.spaces * codes.length;
}

/**
 * Fits a text column on rows: a bucket has an encoded column if a text of these rows has an n-gram in it. The counts of
 * rows by bucket are kept for weights by rarity.
 * @param rows row numbers, ascending for a stored table
 */
export function fitText(
  table: AnyTable,
  name: string,
  { rows, form = TEXT_FORM, idf = false }: { readonly rows: Uint32Array; readonly form?: TextForm; idf?: boolean },
): Omit<TextColumn, 'offset'> {
  const frequencies = new Uint32Array(form.buckets);
  for (const { chunk, rows: local } of tableChunks(table, rows)) {
    const column = chunk.columns.find((one) => one.name === name) as Column;
    const texts = hashTexts(column, form);
    const codes = local ? local.map((row) => column.codes[row] as number) : column.codes;
    for (const code of codes)
      for (const bucket of texts.bucketsOf(code)) frequencies[bucket] = (frequencies[bucket] as number) + 1;
  }
  const weights: TextWeights = {
    rows: rows.length,
    levels: Array.from(frequencies)
      .filter((count) => count > 0)
      .map(levelOf)
      .join(''),
  };
  const { buckets, words, characters } = form;
  return {
    name,
    kind: 'text',
    buckets,
    words,
    characters,
    seen: seenOf(frequencies),
    ...(idf && { idf: weights }),
    width: weights.levels.length,
  };
}
