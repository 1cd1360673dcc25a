// How a raw row becomes numbers: a record, fitted on given rows or read from a file.
//   numeric: z = (transform(x) - mean) / std, limited to +-clip, a missing value gives 0
//   categorical: 1 at the category equal to the text, nothing for an unlisted one; a missing value that is not listed
//     as it is written is the category '', where there is one
// in float64, then cast to float32.
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { withStoredNames } from '../io/stored-names.ts';
import { symlog } from '../kernels/elementary.ts';

/** A column of numbers as one encoded column: (transform(x) - mean) / std, limited to +-clip; a missing value is 0. */
export interface NumericColumn {
  /** The column's name in tables and records. */
  readonly name: string;
  /** One encoded column, (transform(x) - mean) / std. */
  readonly kind: 'numeric';
  /** symlog(x) = sign(x) log(1 + |x|) */
  readonly transform: 'none' | 'symlog';
  /** Of the transformed values. */
  readonly mean: number;
  /** Of the transformed values, above 0. */
  readonly std: number;
  /** First encoded column. */
  readonly offset: number;
  /** One encoded column. */
  readonly width: 1;
}

/** A column of texts as one-hot columns: row value t is 1 in column offset + (place of t in categories), and nothing where it is none of them. */
export interface CategoricalColumn {
  /** The column's name in tables and records. */
  readonly name: string;
  /** One-hot: one encoded column a category. */
  readonly kind: 'categorical';
  /** In UTF-8 byte order when fitted here; '' is the category of empty fields. */
  readonly categories: readonly string[];
  /** Its first encoded column. */
  readonly offset: number;
  /** Encoded columns: as many as categories. */
  readonly width: number;
}

/** How one raw column is encoded. */
export type PreprocessingColumn = NumericColumn | CategoricalColumn;

/** A whole preprocessing; the JSON files beside teachers have this shape. */
export interface Preprocessing {
  /** Standardised numbers are limited to this on both sides; above 0. */
  readonly clip: number;
  /** By ascending offset, without gaps. */
  readonly columns: readonly PreprocessingColumn[];
  /** Encoded columns in all. */
  readonly encodedWidth: number;
  /** What counts as missing, as the empty field does, whatever its case; default as TableOptions. */
  readonly missing?: readonly string[];
}

/** A text as a number: NaN when it is not one. Empty is not a number here. */
export function parseNumber(text: string): number {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : NaN;
}

/** The encoded value of a parsed number, float64. */
export function standardise(column: NumericColumn, x: number, clip: number): number {
  const v = column.transform === 'symlog' ? symlog(x) : x;
  return Math.max(-clip, Math.min(clip, (v - column.mean) / column.std));
}

/** `clip` of a preprocessing that names none: beyond any value that a column of numbers has, dates in microseconds included. */
const UNLIMITED = 1e17;

/** What symlog is called in student files; preprocessing files may call it so, and encodedWidth F. */
const SYMLOG_STORED = 'slog1p';

/** A preprocessing as JSON in student files, whose bytes stay the same from version to version. */
export function storedPreprocessing(preprocessing: Preprocessing): unknown {
  const stored = preprocessing.columns.map((column) =>
    column.kind === 'numeric' && column.transform === 'symlog' ? { ...column, transform: SYMLOG_STORED } : column,
  );
  return withStoredNames({ ...preprocessing, columns: stored });
}

/** Checks the JSON of a preprocessing file. @throws DebkdError `preprocessing` */
export function parsePreprocessing(value: unknown, name: string): Preprocessing {
  const fail = (what: string): never => {
    throw new DebkdError(
      'preprocessing',
      `preprocessing ${quote(name, 200)}: ${what}; expected { clip, columns: [{ name, kind, offset, ... }], encodedWidth }`,
    );
  };
  if (!isRecord(value)) return fail('not a JSON object');
  const { clip = UNLIMITED, columns, F, encodedWidth = F, missing } = value;
  if (typeof clip !== 'number' || !(clip > 0)) return fail(`clip is ${quote(String(clip))}, expected a number above 0`);
  if (!Array.isArray(columns) || columns.length === 0) return fail('no columns');
  if (missing !== undefined && !(Array.isArray(missing) && missing.every((text) => typeof text === 'string')))
    return fail('missing is not a list of texts');
  const parsed = columns.map((column) => parseColumn(column, fail)).sort((a, b) => a.offset - b.offset);
  let at = 0;
  const names = new Set<string>();
  for (const column of parsed) {
    if (column.offset !== at) fail(`column ${quote(column.name)} starts at ${column.offset}, expected ${at}`);
    if (names.has(column.name)) fail(`column ${quote(column.name)} appears twice`);
    names.add(column.name);
    at += column.width;
  }
  if (encodedWidth !== at) fail(`encodedWidth is ${quote(String(encodedWidth))}, the columns have a width of ${at}`);
  return { clip, columns: parsed, encodedWidth: at, ...(missing && { missing }) };
}

function parseColumn(column: unknown, fail: (what: string) => never): PreprocessingColumn {
  if (!isRecord(column) || typeof column['name'] !== 'string') return fail('a column without a name');
  const { name, kind, offset, transform, mean, std, categories } = column;
  if (typeof offset !== 'number' || !Number.isInteger(offset)) return fail(`column ${quote(name)} has no offset`);
  if (kind === 'categorical') {
    if (!Array.isArray(categories) || !categories.every((c) => typeof c === 'string') || categories.length === 0) {
      return fail(`column ${quote(name)} has no list of categories`);
    }
    if (new Set(categories).size !== categories.length) return fail(`column ${quote(name)} lists a category twice`);
    return { name, kind, categories, offset, width: categories.length };
  }
  if (kind !== 'numeric')
    return fail(`column ${quote(name)} is of kind ${quote(String(kind))}, expected numeric or categorical`);
  if (transform !== 'none' && transform !== 'symlog' && transform !== SYMLOG_STORED) {
    return fail(`column ${quote(name)} has transform ${quote(String(transform))}, expected none or symlog`);
  }
  if (
    typeof mean !== 'number' ||
    typeof std !== 'number' ||
    !(std > 0) ||
    !Number.isFinite(mean) ||
    !Number.isFinite(std)
  ) {
    return fail(`column ${quote(name)} needs a finite mean and a std above 0`);
  }
  return { name, kind, transform: transform === 'none' ? 'none' : 'symlog', mean, std, offset, width: 1 };
}

function isRecord(value: unknown): value is { [key: string]: unknown; name?: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What to do where a header looks like rows. */
export const NO_HEADER = 'the first line looks like data, expected a header with the names of the columns; add one';

/** Whether a header is none: most of it are numbers. */
export function looksLikeData(names: readonly string[]): boolean {
  return names.filter((name) => !Number.isNaN(parseNumber(name))).length > names.length / 2;
}

/** Position of each preprocessing column among the table's columns. @throws DebkdError `column` */
export function locateColumns(preprocessing: Preprocessing, names: readonly string[], data: string): number[] {
  return preprocessing.columns.map((column) => {
    const at = names.indexOf(column.name);
    if (at >= 0) return at;
    const near = nearest(column.name, names);
    const way = near
      ? `; is it ${quote(near)}?`
      : looksLikeData(names)
        ? `; ${NO_HEADER}`
        : '; give the data it was made for';
    throw new DebkdError(
      'column',
      `data ${quote(data, 200)}: no column ${quote(column.name)}, which the preprocessing needs${way}`,
    );
  });
}
