// Decides whether each column is numeric or categorical and fits its preprocessing on the given rows.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { type ColumnSummary, summarise } from './column-summary.ts';
import { fitNumeric } from './fit-numeric.ts';
import { fitText, textFeatures } from './fit-text.ts';
import type { ImageColumn } from './image-column.ts';
import { isImagePath, openedImages } from './image-columns.ts';
import { numberSpelling, type Spelling, unitSpelling } from './number-spelling.ts';
import { wordsAmongNumbers, wordsError } from './number-words.ts';
import { type Preprocessing, type PreprocessingColumn, parseNumber } from './preprocessing.ts';
import { featureNames } from './row-source.ts';
import { selectFeatures, withColumns } from './select-columns.ts';
import type { AnyTable, Column, Table } from './table.ts';
import type { TextColumn } from './text-column.ts';

/** Limit of standardised values, on both sides. */
const CLIP = 10;
/** Maximum categories of a column; rarer values are encoded as all zeros. */
const MAX_CATEGORIES = 255;
/** A text column with more distinct values than both this number and this share of the rows is an identifier. */
const IDENTIFIER = { values: 50, share: 0.5 };
/** Dates such as 2024-01-31, 31.01.2024, 1/31/24, 31 Jan 2024, Jan 31, 2024, with or without a time. */
const DATE =
  /^\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{1,2}[-. ]{1,2}\p{L}{3,9}\.?[-, ]{1,2}(\d{4}|\d{2})|\p{L}{3,9}\.? \d{1,2},? \d{4})([T ]\d{1,2}:\d{2}.*)?\s*$/u;
/** Up to this number of distinct numbers, dates, times or amounts, a text column is categorical. */
const MAX_CATEGORICAL_NUMBERS = 20;
/** Free text has at least this number of spaces per row on average. */
const SENTENCE_WORDS = 4;
/** Minimum distinct texts to recognise numbers in another spelling; fewer are categories. */
const MIN_NUMBERS = 3;
/** Minimum share of numbers in a column that is meant to be numeric, and of dates in a column of dates. */
const MOSTLY_NUMBERS = 0.9;

/**
 * Fits a preprocessing on the given rows of a table. Numeric columns (every value is a number or missing) are
 * standardised by mean and population standard deviation, after symlog if they are heavily skewed. Other columns are
 * one-hot encoded over the values of these rows, at most the 255 most frequent, in UTF-8 byte order. Columns of texts are
 * encoded as the hashed n-grams that these rows have.
 * @param options.rows row numbers to fit on, ascending for a stored table
 * @param options.optional columns to leave out if they are refused: texts that the teacher takes and the student cannot
 * @throws DebkdError `rows` without rows; `column` for text in a mostly numeric column, infinity, dates, identifiers,
 * free text that is not named in `text`
 * @example
 * const preprocessing = fitPreprocessing(table, { rows: split(table).train });
 * const ofTexts = fitPreprocessing(table, { rows: split(table).train, text: ['review'] });
 */
export function fitPreprocessing(table: AnyTable, options: FitPreprocessingOptions): Preprocessing {
  checkRows(options.rows);
  const { image } = options;
  // pixels are no categories: a column of images is not fitted from its texts
  const images = openedImages(table);
  checkOneKind(table, images, options.text);
  const texts = images.length > 0 ? [] : textFeatures(table, options.text);
  if (texts.length === 0 && images.length === 0) {
    using summary = summarise(table, options.rows);
    return fitColumns(summary.summaries, options, table);
  }
  const names = featureNames(table);
  const others = names.filter((name) => !texts.includes(name) && !images.includes(name));
  const fitted = new Map<string, PreprocessingColumn>(
    texts.map((name) => [name, withOffset(fitText(table, name, options))]),
  );
  if (image) fitted.set(image.name, { ...image, offset: 0 });
  if (others.length > 0) {
    using summary = summarise(selectFeatures(table, others), options.rows);
    // texts or images alone are enough: none of the other columns need be left
    for (const column of fitColumns(summary.summaries, { ...options, mayBeEmpty: true }, table).columns)
      fitted.set(column.name, column);
  }
  const ordered = names.flatMap((name) => fitted.get(name) ?? []);
  if (ordered.length === 0) throw noColumn(names, table.name);
  return withColumns({ clip: CLIP, columns: [], encodedWidth: 0, ...missingOf(table) }, ordered);
}

/** A student takes images or texts. @throws DebkdError `column` */
function checkOneKind({ name }: AnyTable, images: readonly string[], text: readonly string[] = []): void {
  if (images.length === 0 || text.length === 0) return;
  throw new DebkdError('column', {
    subject: `data ${quote(name, 200)}`,
    seen: `texts (${listed(text.map((one) => quote(one)))}) and images (${listed(images.map((one) => quote(one)))})`,
    expected: 'a student of texts or one of images',
    remedy: [
      { id: 'omit-setting', setting: 'text' },
      { id: 'drop-column', column: images[0] as string },
    ],
  });
}

function withOffset(column: Omit<TextColumn, 'offset'>): TextColumn {
  return { ...column, offset: 0 };
}

function missingOf({ missing }: Pick<Table, 'missing'>): Pick<Preprocessing, 'missing'> {
  return missing ? { missing } : {};
}

/** Options of fitPreprocessing: the rows to fit on, and the columns that it may leave out. */
export interface FitPreprocessingOptions {
  /** Row numbers of the table, ascending for a stored table. */
  readonly rows: Uint32Array;
  /** Names of columns to leave out if they are refused; default none. */
  readonly optional?: readonly string[];
  /** Names of columns of texts; default: columns of many different texts with four spaces or more on average. */
  readonly text?: readonly string[] | undefined;
  /** The column of images, as fitImage fits it; default none. With images no column is taken as running text. */
  readonly image?: Omit<ImageColumn, 'offset'> | undefined;
}

function checkRows(rows: Uint32Array): void {
  if (rows.length === 0)
    throw new DebkdError('rows', { subject: 'preprocessing', seen: 'no rows to fit on', remedy: 'give training rows' });
}

function fitColumns(
  summaries: readonly ColumnSummary[],
  { rows, optional = [], mayBeEmpty = false }: FitPreprocessingOptions & { readonly mayBeEmpty?: boolean },
  table: Pick<Table, 'name' | 'missing'>,
): Preprocessing {
  const { name, missing } = table;
  const columns: PreprocessingColumn[] = [];
  let offset = 0;
  for (const summary of summaries) {
    let column: PreprocessingColumn;
    try {
      column = fitColumn(summary, rows.length, offset, table);
    } catch (error) {
      if (optional.includes(summary.name) && error instanceof DebkdError && error.code === 'column') continue;
      throw error;
    }
    columns.push(column);
    offset += column.width;
  }
  if (columns.length === 0 && !mayBeEmpty)
    throw noColumn(
      summaries.map((summary) => summary.name),
      name,
    );
  return { clip: CLIP, columns, encodedWidth: offset, ...(missing && { missing }) };
}

function noColumn(names: readonly string[], data: string): DebkdError {
  return new DebkdError('column', {
    subject: `data ${quote(data, 200)}`,
    seen: `no column is left for the student, which is not to learn from ${listed(names.map((name) => quote(name)))}`,
    expected: 'at least one column of numbers, categories or texts',
    remedy: { id: 'name-text' },
  });
}

function fitColumn(
  summary: ColumnSummary,
  rows: number,
  offset: number,
  table: Pick<Table, 'name' | 'missing'>,
): PreprocessingColumn {
  const { name, text, values, numberRows } = summary;
  const data = table.name;
  // one text among many numbers is more often a slip than a word for a missing value: its row helps
  const meantAsNumbers = numberRows >= MOSTLY_NUMBERS * summary.rows;
  if (text && values > MAX_CATEGORICAL_NUMBERS && meantAsNumbers) refuse(name, text.value, text.row, data);
  const words = text && wordsAmongNumbers(summary);
  if (words) throw wordsError(words, summary, table);
  // One distinct number with missing values is a flag: as a numeric column it would be constant.
  const isFlag = values === 1 && (summary.counts.get('') ?? 0) > 0;
  if (!text && !isFlag) return fitNumeric(summary, offset);
  return { name, kind: 'categorical', ...chooseCategories(summary, rows, data), offset };
}

/** Refuses a text or an infinity in a numeric column. */
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
    throw wrongSpelling(`data ${quote(data, 200)}, column ${quote(column)}, row ${row}`, column, spelling);
  }
  throw new DebkdError('column', {
    subject: `data ${quote(data, 200)}, column ${quote(column)}, row ${row}`,
    seen: `${quote(value)} is ${special ? 'not a finite number' : 'text'} in a numeric column`,
    remedy: ['correct it', 'leave it empty', { id: 'list-missing' }, { id: 'drop-column', column }],
  });
}

function wrongSpelling(subject: string, column: string, { seen, remedy }: Spelling): DebkdError {
  return new DebkdError('column', {
    subject,
    seen,
    expected: 'plain numbers',
    remedy: [remedy, { id: 'drop-column', column }],
  });
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
    throw wrongSpelling(`data ${quote(data, 200)}, column ${quote(name)}`, name, spelling);
  }
  const dates = present.filter(({ text }) => DATE.test(text));
  if (dates.length > MAX_CATEGORICAL_NUMBERS && dates.length >= MOSTLY_NUMBERS * present.length) {
    throw new DebkdError('column', {
      subject: `data ${quote(data, 200)}, column ${quote(name)}`,
      seen: `dates (such as ${quote(dates[0]?.text ?? '')})`,
      expected: 'numbers or categories',
      remedy: [
        'replace them with numbers, such as days before the event or the month',
        { id: 'drop-column', column: name },
      ],
    });
  }
  const words = present.reduce((sum, { text, count }) => sum + count * (text.split(/\s+/).length - 1), 0);
  if (present.length > IDENTIFIER.values && words >= SENTENCE_WORDS * rows) {
    throw new DebkdError('column', {
      subject: `data ${quote(data, 200)}, column ${quote(name)}`,
      seen: `free text (such as ${quote(present[0]?.text ?? '')})`,
      expected: 'categories',
      remedy: [{ id: 'name-text' }, { id: 'drop-column', column: name }],
    });
  }
  if (present.length > IDENTIFIER.values && present.length > IDENTIFIER.share * rows) {
    throw new DebkdError('column', {
      subject: `data ${quote(data, 200)}, column ${quote(name)}`,
      seen: `${present.length} different texts in ${rows} rows (such as ${quote(present[0]?.text ?? '')}), as identifiers have`,
      expected: 'categories that repeat',
      remedy: [
        { id: 'drop-column', column: name },
        isImagePath(present[0]?.text ?? '') ? { id: 'name-image' } : { id: 'name-text' },
      ],
    });
  }
  const order = byteOrder(present.map((item) => item.text));
  const sorted = order.map((i) => present[i] as { text: string; count: number });
  if (sorted.length <= MAX_CATEGORIES) return { categories: sorted.map((item) => item.text), width: sorted.length };
  const minCount = sorted.map((item) => item.count).sort((a, b) => b - a)[MAX_CATEGORIES - 1] as number;
  let ties = MAX_CATEGORIES - sorted.filter((item) => item.count > minCount).length;
  const frequent = sorted.filter((item) => item.count > minCount || (item.count === minCount && ties-- > 0));
  return { categories: frequent.map((item) => item.text), width: frequent.length };
}

/** Indices of `texts` sorted by their UTF-8 bytes, which depends on no locale. */
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
