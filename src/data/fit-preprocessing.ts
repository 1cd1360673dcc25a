// Chooses and fits each column's preprocessing on given rows.
import { DebkdError, quote } from '../io/errors.ts';
import { symlog } from '../kernels/elementary.ts';
import { type ColumnSummary, moments, summarise } from './column-summary.ts';
import { dropOption } from './drop-option.ts';
import { numberSpelling, unitSpelling } from './number-spelling.ts';
import { type Preprocessing, type PreprocessingColumn, parseNumber } from './preprocessing.ts';
import type { AnyTable, Column, Table } from './table.ts';

/** Limit of standardised values. */
const CLIP = 10;
/** A deviation of this share of the mean is the rounding of a sum: the column is constant. */
export const CONSTANT = 1e-9;
/** A column is transformed when its skewness exceeds this and the transform lowers it. */
const HEAVY_SKEW = 3;
/** Most one-hot columns of one categorical column; rarer values are encoded as nothing. */
const MAX_CATEGORIES = 255;
/** A text column with this many values and this share of distinct ones is an identifier or free text. */
const IDENTIFIER = { values: 50, share: 0.5 };
/** Dates as 2024-01-31, 31.01.2024, 1/31/24, 31 Jan 2024, Jan 31, 2024, with or without a time. */
const DATE =
  /^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{1,2}[-. ]{1,2}\p{L}{3,9}\.?[-, ]{1,2}(\d{4}|\d{2})|\p{L}{3,9}\.? \d{1,2},? \d{4})([T ]\d{1,2}:\d{2}.*)?\s*$/u;
/** Up to so many different dates, times or amounts are categories. */
const MAX_CATEGORICAL_NUMBERS = 20;
/** Free text has this many spaces a row on average. */
const SENTENCE_WORDS = 4;
/** Different texts from which on a column of numbers in another spelling is told from categories. */
const MIN_NUMBERS = 3;
/** A column where this share of the values are numbers was meant to be numeric. */
const MOSTLY_NUMBERS = 0.9;

/**
 * Fits a preprocessing on `rows` of the table. Numeric columns (every text a number or missing) are standardised by
 * mean and population deviation, after symlog when heavily skewed; others are one-hot over the values of these
 * rows, in UTF-8 byte order, at most 255 of the most frequent.
 * @param options.rows which rows it is fitted on; ascending where the table is in a file
 * @param options.optional columns that are left out where they are refused: texts that a teacher takes and a student cannot
 * @throws DebkdError `column` for text in a mostly numeric column, infinity, dates, identifiers and free text
 */
export function fitPreprocessing(table: AnyTable, options: FitPreprocessingOptions): Preprocessing {
  checkRows(options.rows);
  using summary = summarise(table, options.rows);
  return fitted(summary.summaries, options, table);
}

/** What a preprocessing is fitted on. */
export interface FitPreprocessingOptions {
  /** Row numbers of the table. */
  readonly rows: Uint32Array;
  /** Names of columns that are left out where they are refused; default none. */
  readonly optional?: readonly string[];
}

function checkRows(rows: Uint32Array): void {
  if (rows.length === 0) throw new DebkdError('rows', 'preprocessing: no rows to fit on; give training rows');
}

function fitted(
  summaries: readonly ColumnSummary[],
  { rows, optional = [] }: FitPreprocessingOptions,
  { name, missing }: Pick<Table, 'name' | 'missing'>,
): Preprocessing {
  const columns: PreprocessingColumn[] = [];
  let offset = 0;
  for (const summary of summaries) {
    let column: PreprocessingColumn;
    try {
      column = fitColumn(summary, rows.length, offset, name);
    } catch (error) {
      if (optional.includes(summary.name) && error instanceof DebkdError && error.code === 'column') continue;
      throw error;
    }
    columns.push(column);
    offset += column.width;
  }
  if (columns.length === 0) {
    const names = summaries.map((summary) => quote(summary.name)).join(', ');
    throw new DebkdError(
      'column',
      `data ${quote(name, 200)}: no column is left for the student: ${names} is text that the teacher takes and a student cannot learn from; add columns of numbers or categories`,
    );
  }
  return { clip: CLIP, columns, encodedWidth: offset, ...(missing && { missing }) };
}

function fitColumn(summary: ColumnSummary, rows: number, offset: number, data: string): PreprocessingColumn {
  const { name, text, values, numberRows } = summary;
  const meantAsNumbers = numberRows >= MOSTLY_NUMBERS * summary.rows || hasWordsForMissing(summary);
  if (text && values > MAX_CATEGORICAL_NUMBERS && meantAsNumbers) refuse(name, text.value, text.row, data);
  // one number or nothing is a flag: as a number it would be constant
  const isFlag = values === 1 && (summary.counts.get('') ?? 0) > 0;
  if (!text && !isFlag) return fitNumeric(summary, offset);
  return { name, kind: 'categorical', ...chooseCategories(summary, rows, data), offset };
}

/** Whether all that is no number is one or two words, such as None or unknown beside many numbers. */
function hasWordsForMissing({ counts, values }: ColumnSummary): boolean {
  const words = [...counts.keys()].filter((text) => text !== '' && Number.isNaN(parseNumber(text)));
  return (
    words.length <= 2 &&
    values - words.length > MAX_CATEGORICAL_NUMBERS &&
    words.every((word) => /^[\p{L}\s./-]+$/u.test(word))
  );
}

/** Text or an infinity where a number was expected. */
export function refuseText(
  column: Column,
  code: number,
  { name: data, before = 0 }: Pick<Table, 'name' | 'before'>,
): never {
  refuse(column.name, column.texts[code] as string, before + column.codes.indexOf(code) + 1, data);
}

function refuse(column: string, value: string, row: number, data: string): never {
  const special = /^\s*[+-]?inf(inity)?\s*$/i.test(value) || !Number.isNaN(parseNumber(value));
  const spelling = numberSpelling([value]);
  if (spelling !== undefined) {
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}, column ${quote(column)}, row ${row}: ${spelling}; expected numbers as 1234.5. Write the column so, or drop it (${dropOption(column)})`,
    );
  }
  throw new DebkdError(
    'column',
    `data ${quote(data, 200)}, column ${quote(column)}, row ${row}: ${quote(value)} is ${special ? 'not a finite number' : 'text'} in a numeric column; ` +
      `correct it, leave it empty where it is missing (--na-values names other spellings), or drop the column (${dropOption(column)})`,
  );
}

function fitNumeric({ name, numbers }: ColumnSummary, offset: number): PreprocessingColumn {
  const raw = moments(numbers);
  const squeeze = function* (): Iterable<Float64Array> {
    for (const part of numbers()) yield part.map(symlog);
  };
  const squeezed = raw.skew > HEAVY_SKEW || raw.skew < -HEAVY_SKEW ? moments(squeeze) : raw;
  // of two values the skewness is the same on any scale, but for rounding
  const better = Math.abs(squeezed.skew) < Math.abs(raw.skew) * (1 - 1e-9);
  const { mean, std } = better ? squeezed : raw;
  const transform = better ? 'symlog' : 'none';
  // a constant column becomes 0, also where rounding leaves it a deviation; a mean beyond float64 cannot be standardised either
  const usable = std > CONSTANT * Math.abs(mean) && Number.isFinite(std);
  const rounding = std > 0 && Number.isFinite(std) && Number.isFinite(mean) ? Math.max(1, Math.abs(mean)) : 1;
  return {
    name,
    kind: 'numeric',
    transform,
    mean: Number.isFinite(mean) ? mean : 0,
    std: usable ? std : rounding,
    offset,
    width: 1,
  };
}

function chooseCategories(
  { name, counts }: ColumnSummary,
  rows: number,
  data: string,
): { categories: string[]; width: number } {
  const present = Array.from(counts, ([text, count]) => ({ text, count }));
  const texts = [...counts.keys()].filter((text) => text !== '');
  const spelling =
    (texts.length >= MIN_NUMBERS ? numberSpelling(texts) : undefined) ??
    (texts.length > MAX_CATEGORICAL_NUMBERS ? unitSpelling(texts) : undefined);
  if (spelling !== undefined) {
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}, column ${quote(name)}: ${spelling}; expected numbers as 1234.5. Write the column so, or drop it (${dropOption(name)})`,
    );
  }
  const dates = present.filter(({ text }) => DATE.test(text));
  if (dates.length > MAX_CATEGORICAL_NUMBERS && dates.length >= MOSTLY_NUMBERS * present.length) {
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}, column ${quote(name)}: dates (such as ${quote(dates[0]?.text ?? '')}), expected numbers or categories; ` +
        `replace them by numbers that mean something later on, as days before the event or the month, or drop the column (${dropOption(name)})`,
    );
  }
  const words = present.reduce((sum, { text, count }) => sum + count * (text.split(/\s+/).length - 1), 0);
  if (present.length > IDENTIFIER.values && words >= SENTENCE_WORDS * rows) {
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}, column ${quote(name)}: free text (such as ${quote(present[0]?.text ?? '')}), expected a category; drop the column (${dropOption(name)}), or turn it into numbers before`,
    );
  }
  if (present.length > IDENTIFIER.values && present.length > IDENTIFIER.share * rows) {
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}, column ${quote(name)}: ${present.length} different texts in ${rows} rows (such as ${quote(present[0]?.text ?? '')}), ` +
        `expected a category; identifiers cannot be learned from, drop the column (${dropOption(name)})`,
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
