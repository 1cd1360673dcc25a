// Unknown values: those that a preprocessing does not list. They are encoded as all zeros, or as missing values where a
// step imputes those; all code that encodes rows counts them here.
import { quote } from '../io/errors.ts';
import { missingTest } from './missing.ts';
import { type CategoricalColumn, type Preprocessing, type PreprocessingColumn, parseNumber } from './preprocessing.ts';
import { listedValues, oneHotOf } from './steps/step.ts';
import type { Column } from './table.ts';

/** The unknown values of one categorical column. */
export interface UnknownCount {
  /** The column's name. */
  readonly column: string;
  /** Number of rows whose value is neither a category nor missing. */
  readonly count: number;
  /** Number of rows examined. */
  readonly rows: number;
  /** The first unknown value. */
  readonly example: string;
  /** The likely cause, in words; empty if there is none. */
  readonly cause: string;
  /** Whether they count as missing and are imputed; absent if they are encoded as zeros. */
  readonly imputed?: boolean;
  /** Whether they are texts without any n-gram that has a column; absent otherwise. */
  readonly texts?: boolean;
}

/** Above this share of unknown values, the whole column does not fit the preprocessing, rather than single rows. */
export const MAX_UNKNOWN = 0.5;

/**
 * Counts the unknown values of a column; undefined if there are none.
 * @param counts number of rows with each text; [texts]
 */
export function unknownOf(
  spec: CategoricalColumn,
  { name, texts }: Pick<Column, 'name' | 'texts'>,
  counts: ArrayLike<number>,
  isMissing: (text: string) => boolean,
): UnknownCount | undefined {
  const categories = new Set(spec.categories);
  let [count, rows] = [0, 0];
  let example: string | undefined;
  texts.forEach((text, code) => {
    const textRows = counts[code] as number;
    rows += textRows;
    if (textRows === 0 || categories.has(text) || isMissing(text)) return;
    count += textRows;
    example ??= text;
  });
  if (example === undefined) return undefined;
  return { column: name, count, rows, example, cause: causeOf(example, spec.categories) };
}

/** Counts the unknown values of a stream of rows; the caller adds them one at a time. */
export function unknownCounter({ columns, missing }: Preprocessing): {
  add(column: string, value: unknown): void;
  /** The counts so far. @param rows number of rows examined */
  list(rows: number): UnknownCount[];
} {
  const isMissing = missingTest(missing);
  const counts = new Map<string, { count: number; example: string }>();
  return {
    add(column, value) {
      const text = String(value ?? '');
      if (isMissing(text)) return;
      const entry = counts.get(column) ?? { count: 0, example: text };
      entry.count++;
      counts.set(column, entry);
    },
    list: (rows) =>
      Array.from(counts, ([column, { count, example }]) => {
        const { listed, imputed } = listOf(columns, column);
        const texts = columns.some((spec) => spec.name === column && spec.kind === 'text');
        const found = { column, count, rows, example, cause: causeOf(example, listed) };
        return { ...found, ...(imputed && { imputed }), ...(texts && { texts }) };
      }),
  };
}

/** Adds up the counts of several parts, by column. */
export function addUnknown(parts: readonly (readonly UnknownCount[])[]): UnknownCount[] {
  const sums = new Map<string, UnknownCount>();
  for (const one of parts.flat()) {
    const sum = sums.get(one.column);
    const added = sum && { ...sum, count: sum.count + one.count, rows: sum.rows + one.rows };
    sums.set(one.column, added ?? one);
  }
  return [...sums.values()];
}

/** A sentence with the column, the counts, an example and the likely cause. */
export function describeUnknown({ column, count, rows, example, cause, imputed, texts }: UnknownCount): string {
  if (texts)
    return `column ${quote(column)}: no word, and no part of a word, that the student has seen in ${count} of ${rows} texts, such as ${quote(example)}; they add nothing`;
  const why = cause === '' ? '' : ` (${cause}?)`;
  const become = imputed ? 'count as missing, and are imputed' : 'are encoded as zeros';
  return `column ${quote(column)}: values that the preprocessing does not list in ${count} of ${rows} rows, such as ${quote(example)}${why}; they ${become}`;
}

/** The values that a preprocessing lists for a column, and whether unlisted ones are imputed. */
function listOf(columns: readonly PreprocessingColumn[], name: string): { listed: string[]; imputed: boolean } {
  const specs = columns.filter((column) => column.name === name);
  const listed = specs.flatMap((spec) =>
    spec.kind === 'categorical' ? spec.categories : spec.kind === 'steps' ? listedValues(spec.steps).map(String) : [],
  );
  const zeros = specs.some((spec) => spec.kind === 'categorical' || (spec.kind === 'steps' && oneHotOf(spec)));
  return { listed, imputed: !zeros && listed.length > 0 };
}

/** The likely cause that a list lacks a value, in words. */
export function causeOf(value: string, categories: readonly string[]): string {
  const trimmed = value.trim();
  if (trimmed !== value && categories.includes(trimmed)) return 'blanks around the values';
  const number = parseNumber(value);
  if (!Number.isNaN(number) && categories.some((category) => parseNumber(category) === number))
    return 'numbers written in another way, such as 2.0 for 2';
  const plain = trimmed.toLowerCase();
  if (categories.some((category) => category.trim().toLowerCase() === plain)) return 'upper and lower case';
  const squeezed = plain.replace(/[^\p{L}\p{N}]+/gu, '');
  if (
    squeezed !== '' &&
    categories.some((category) => category.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '') === squeezed)
  )
    return 'other punctuation';
  return '';
}
