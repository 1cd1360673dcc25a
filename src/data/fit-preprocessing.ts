// Chooses and fits each column's preprocessing on given rows.
import { DebkdError, quote } from '../io/errors.ts';
import { slog1p } from '../kernels/elementary.ts';
import { openArena } from '../kernels/memory.ts';
import { countCodes, missingTest } from './missing.ts';
import { type Preprocessing, type PreprocessingColumn, parseNumber } from './preprocessing.ts';
import type { Column, Table } from './table.ts';

/** Limit of standardised values. */
const CLIP = 10;
/** A column is transformed when its skewness exceeds this and the transform lowers it. */
const HEAVY_SKEW = 3;
/** Most one-hot columns of one categorical column; rarer values are encoded as nothing. */
const MAX_CATEGORIES = 255;
/** A text column with this many values and this share of distinct ones is an identifier or free text. */
const IDENTIFIER = { values: 50, share: 0.5 };
/** Dates as 2024-01-31, 31.01.2024, 1/31/24, with or without a time; up to so many different ones are categories. */
const DATE = /^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]\d{1,2}:\d{2}.*)?\s*$/;
const FEW_DATES = 20;
/** Free text has this many spaces a row on average. */
const SENTENCE_WORDS = 4;
/** A column where this share of the values are numbers was meant to be numeric. */
const MOSTLY_NUMBERS = 0.9;

/**
 * Fits a preprocessing on `rows` of the table. Numeric columns (every text a number or missing) are standardised by
 * mean and population deviation, after slog1p when heavily skewed; others are one-hot over the values of these
 * rows, in UTF-8 byte order, at most 255 of the most frequent.
 * @throws DebkdError `column` for text in a mostly numeric column, infinity, dates, identifiers and free text
 */
export function fitPreprocessing(table: Table, options: { rows: Uint32Array }): Preprocessing {
  if (options.rows.length === 0) throw new DebkdError('rows', 'preprocessing: no rows to fit on; give training rows');
  const columns: PreprocessingColumn[] = [];
  let offset = 0;
  for (const column of table.columns) {
    const fitted = fitColumn(column, options.rows, offset, table);
    columns.push(fitted);
    offset += fitted.width;
  }
  return { clip: CLIP, columns, F: offset, ...(table.missing && { missing: table.missing }) };
}

function fitColumn(column: Column, rows: Uint32Array, offset: number, table: Table): PreprocessingColumn {
  const { name: data } = table;
  const missing = missingTest(table.missing);
  const counts = countCodes(column, rows);
  const parsed = Float64Array.from(column.texts, (text) => (missing(text) ? NaN : parseNumber(text)));
  const used = column.texts.flatMap((text, code) => ((counts[code] as number) > 0 && !missing(text) ? [code] : []));
  const text = used.filter((code) => !Number.isFinite(parsed[code]));
  const total = (codes: number[]): number => codes.reduce((sum, code) => sum + (counts[code] as number), 0);
  if (text.length > 0 && used.length > 20 && total(used) - total(text) >= MOSTLY_NUMBERS * total(used)) {
    refuseText(column, text[0] as number, data);
  }
  if (text.length === 0) return fitNumeric(column, rows, parsed, offset);
  const { name } = column;
  return { name, kind: 'categorical', ...chooseCategories(column, counts, rows.length, missing, data), offset };
}

/** Text or an infinity where a number was expected. */
export function refuseText(column: Column, code: number, data: string): never {
  const row = column.codes.indexOf(code) + 1;
  const value = column.texts[code] as string;
  const special = /^\s*[+-]?inf(inity)?\s*$/i.test(value) || !Number.isNaN(parseNumber(value));
  throw new DebkdError(
    'column',
    `data ${quote(data, 200)}, column ${quote(column.name)}, row ${row}: ${quote(value)} is ${special ? 'not a finite number' : 'text'} in a numeric column; ` +
      `correct it, leave it empty where it is missing (--missing names other spellings), or drop the column (--drop ${column.name})`,
  );
}

function fitNumeric(column: Column, rows: Uint32Array, parsed: Float64Array, offset: number): PreprocessingColumn {
  const values: number[] = [];
  for (const row of rows) {
    const x = parsed[column.codes[row] as number] as number;
    if (!Number.isNaN(x)) values.push(x);
  }
  const raw = moments(values);
  const squeezed = raw.skew > HEAVY_SKEW || raw.skew < -HEAVY_SKEW ? moments(values.map(slog1p)) : raw;
  const better = Math.abs(squeezed.skew) < Math.abs(raw.skew);
  const { mean, std } = better ? squeezed : raw;
  const transform = better ? 'slog1p' : 'none';
  // a constant column becomes 0; a mean beyond float64 cannot be standardised either
  const usable = std > 0 && Number.isFinite(std);
  return {
    name: column.name,
    kind: 'numeric',
    transform,
    mean: Number.isFinite(mean) ? mean : 0,
    std: usable ? std : 1,
    offset,
    width: 1,
  };
}

function moments(values: readonly number[]): { mean: number; std: number; skew: number } {
  if (values.length === 0) return { mean: 0, std: 0, skew: 0 };
  using arena = openArena();
  const at = arena.put(Float64Array.from(values));
  const out = arena.reserve(24);
  arena.kernels.moments(at, values.length, out);
  const [mean = 0, std = 0, skew = 0] = arena.f64(out, 3);
  return { mean, std, skew };
}

function chooseCategories(
  column: Column,
  counts: Uint32Array,
  rows: number,
  missing: (text: string) => boolean,
  data: string,
): { categories: string[]; width: number } {
  const found = new Map<string, number>();
  column.texts.forEach((text, code) => {
    const category = missing(text) ? '' : text;
    const count = counts[code] as number;
    if (count > 0) found.set(category, count + (found.get(category) ?? 0));
  });
  const present = Array.from(found, ([text, count]) => ({ text, count }));
  const dates = present.filter(({ text }) => DATE.test(text));
  if (dates.length > FEW_DATES && dates.length >= MOSTLY_NUMBERS * present.length) {
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}, column ${quote(column.name)}: dates (such as ${quote(dates[0]?.text ?? '')}), expected numbers or categories; ` +
        `replace them by numbers that mean something later on, as days before the event or the month, or drop the column (--drop ${column.name})`,
    );
  }
  const words = present.reduce((sum, { text, count }) => sum + count * (text.split(/\s+/).length - 1), 0);
  if (present.length > IDENTIFIER.values && words >= SENTENCE_WORDS * rows) {
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}, column ${quote(column.name)}: free text (such as ${quote(present[0]?.text ?? '')}), expected a category; drop the column (--drop ${column.name}), or turn it into numbers before`,
    );
  }
  if (present.length > IDENTIFIER.values && present.length > IDENTIFIER.share * rows) {
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}, column ${quote(column.name)}: ${present.length} different texts in ${rows} rows (such as ${quote(present[0]?.text ?? '')}), ` +
        `expected a category; identifiers cannot be learned from, drop the column (--drop ${column.name})`,
    );
  }
  const order = byteOrder(present.map((item) => item.text));
  const sorted = order.map((i) => present[i] as { text: string; count: number });
  if (sorted.length <= MAX_CATEGORIES) return { categories: sorted.map((item) => item.text), width: sorted.length };
  const least = sorted.map((item) => item.count).sort((a, b) => b - a)[MAX_CATEGORIES - 1] as number;
  let ties = MAX_CATEGORIES - sorted.filter((item) => item.count > least).length;
  const kept = sorted.filter((item) => item.count > least || (item.count === least && ties-- > 0));
  return { categories: kept.map((item) => item.text), width: kept.length };
}

/** Indices of `texts` in ascending order of their UTF-8 bytes: no locale, the same everywhere. */
export function byteOrder(texts: readonly string[]): number[] {
  const encoder = new TextEncoder();
  const bytes = texts.map((text) => encoder.encode(text));
  return texts
    .map((_, i) => i)
    .sort((i, j) => {
      const [a, b] = [bytes[i] as Uint8Array, bytes[j] as Uint8Array];
      for (let k = 0; k < a.length && k < b.length; k++) if (a[k] !== b[k]) return (a[k] as number) - (b[k] as number);
      return a.length - b.length;
    });
}
