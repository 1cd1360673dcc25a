// Values that a preprocessing does not list: they are encoded as nothing, and every path that encodes rows counts them here.
import { quote } from '../io/errors.ts';
import { missingTest } from './missing.ts';
import { type CategoricalColumn, type Preprocessing, parseNumber } from './preprocessing.ts';
import type { Column } from './table.ts';

/** The unknown values of one column of categories. */
export interface UnknownCount {
  /** The column's name. */
  readonly column: string;
  /** Rows whose value is none of the categories, nor missing. */
  readonly count: number;
  /** Rows that were looked at. */
  readonly rows: number;
  /** The first such value. */
  readonly example: string;
  /** What is probably wrong, in words; empty where nobody can tell. */
  readonly cause: string;
}

/** Above this share of a column something is wrong with the data, and not with some rows. */
export const MAX_UNKNOWN = 0.5;

/** Of a table's column, by the rows that hold each text. @param counts rows of each text */
export function unknownOf(
  spec: CategoricalColumn,
  { name, texts }: Pick<Column, 'name' | 'texts'>,
  counts: ArrayLike<number>,
  isMissing: (text: string) => boolean,
): UnknownCount | undefined {
  const known = new Set(spec.categories);
  let [count, rows] = [0, 0];
  let example: string | undefined;
  texts.forEach((text, code) => {
    const own = counts[code] as number;
    rows += own;
    if (own === 0 || known.has(text) || isMissing(text)) return;
    count += own;
    example ??= text;
  });
  if (example === undefined) return undefined;
  return { column: name, count, rows, example, cause: causeOf(example, spec.categories) };
}

/** The same one value at a time, for rows that come as a stream. */
export function unknownCounter({ columns, missing }: Preprocessing): {
  add(column: string, value: unknown): void;
  /** @param rows that were looked at */
  list(rows: number): UnknownCount[];
} {
  const isMissing = missingTest(missing);
  const found = new Map<string, { count: number; example: string }>();
  return {
    add(column, value) {
      const text = String(value ?? '');
      if (isMissing(text)) return;
      const own = found.get(column) ?? { count: 0, example: text };
      own.count++;
      found.set(column, own);
    },
    list: (rows) =>
      Array.from(found, ([column, { count, example }]) => {
        const spec = columns.find(({ name }) => name === column);
        const cause = spec?.kind === 'categorical' ? causeOf(example, spec.categories) : '';
        return { column, count, rows, example, cause };
      }),
  };
}

/** The counts of several parts of the same columns, added up. */
export function addUnknown(parts: readonly (readonly UnknownCount[])[]): UnknownCount[] {
  const sums = new Map<string, UnknownCount>();
  for (const one of parts.flat()) {
    const known = sums.get(one.column);
    const added = known && { ...known, count: known.count + one.count, rows: known.rows + one.rows };
    sums.set(one.column, added ?? one);
  }
  return [...sums.values()];
}

/** In words: where, how many of how many, an example, and the likely cause. */
export function describeUnknown({ column, count, rows, example, cause }: UnknownCount): string {
  const why = cause === '' ? '' : ` (${cause}?)`;
  return `column ${quote(column)}: values that the preprocessing does not list in ${count} of ${rows} rows, such as ${quote(example)}${why}; they count for nothing`;
}

function causeOf(value: string, categories: readonly string[]): string {
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
