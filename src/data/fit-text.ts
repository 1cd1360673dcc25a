// Finds a table's columns of text, and fits their preprocessing: which buckets of their n-grams have an encoded column.
import { DebkdError, quote } from '../io/errors.ts';
import { hashTexts } from './hash-texts.ts';
import { absentColumn } from './locate-columns.ts';
import { missingTest } from './missing.ts';
import { parseNumber } from './preprocessing.ts';
import { featureNames, tableChunks } from './row-source.ts';
import type { AnyTable, Column } from './table.ts';
import type { TextForm } from './text/ngrams.ts';
import { levelOf, seenOf, type TextColumn, type TextWeights } from './text-column.ts';

/** The default form of text columns. */
export const TEXT_FORM: TextForm = { buckets: 2 ** 14, words: [1, 2], characters: [3, 5] };

/** Texts have at least this many different values, and this number of spaces on average. */
const TEXT = { values: 50, spaces: 4 };
/** At most this share of a column of texts may be numbers. */
const MOST_NUMBERS = 0.5;

/**
 * The columns that hold texts: those named, or else those of many different values with four spaces or more on average.
 * The first chunk of a stored table decides.
 * @param names given names; undefined: find them
 * @throws DebkdError `column` if a named column is absent or holds numbers
 */
export function textFeatures(table: AnyTable, names: readonly string[] | undefined): string[] {
  const columns = featureNames(table);
  for (const name of names ?? []) {
    if (!columns.includes(name))
      throw absentColumn({ subject: `data ${quote(table.name, 200)}`, name, columns, use: ' to read as text' });
  }
  if (names?.length === 0) return [];
  const [first] = tableChunks(table);
  if (!first) return [];
  const isMissing = missingTest(table.missing);
  return first.chunk.columns
    .filter((column) => {
      if (!names) return isText(column);
      if (!names.includes(column.name)) return false;
      refuseNumbers(column, isMissing, table.name);
      return true;
    })
    .map(({ name }) => name);
}

function isText({ texts, codes }: Column): boolean {
  if (texts.length <= TEXT.values) return false;
  const spaces = texts.map((text) => text.trim().split(/\s+/).length - 1);
  return codes.reduce((sum, code) => sum + (spaces[code] as number), 0) >= TEXT.spaces * codes.length;
}

function refuseNumbers({ name, texts }: Column, isMissing: (text: string) => boolean, data: string): void {
  const present = texts.filter((text) => !isMissing(text));
  const numbers = present.filter((text) => Number.isFinite(parseNumber(text)));
  if (present.length === 0 || numbers.length <= MOST_NUMBERS * present.length) return;
  throw new DebkdError('column', {
    subject: `data ${quote(data, 200)}, column ${quote(name)}`,
    seen: `it is named as text and holds numbers (such as ${quote(numbers[0] as string)})`,
    expected: 'texts',
    remedy: { id: 'omit-setting', setting: 'text' },
  });
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
    ...{ name, kind: 'text', buckets, words, characters, seen: seenOf(frequencies) },
    ...(idf && { idf: weights }),
    width: weights.levels.length,
  };
}
