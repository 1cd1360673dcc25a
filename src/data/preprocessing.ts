// A preprocessing encodes raw rows as numbers; it is fitted on given rows or read from a file.
//   numeric: z = (transform(x) - mean) / std, clipped to ±clip; a missing value is 0
//   categorical: 1 in the column of the category that equals the text, all zeros for an unlisted text; a missing value
//     whose spelling is not listed is the category '', if there is one
// Computed in float64, then cast to float32.
import { DebkdError, quote } from '../io/errors.ts';
import { withStoredNames } from '../io/stored-names.ts';
import { symlog } from '../kernels/elementary.ts';

/** A numeric column, encoded as (transform(x) - mean) / std, clipped to ±clip; a missing value is 0. */
export interface NumericColumn {
  /** The column's name in tables and records. */
  readonly name: string;
  /** Encoded as one number. */
  readonly kind: 'numeric';
  /** `none`, or symlog(x) = sign(x) log(1 + |x|). */
  readonly transform: 'none' | 'symlog';
  /** Mean of the transformed values. */
  readonly mean: number;
  /** Standard deviation of the transformed values, above 0. */
  readonly std: number;
  /** Index of the encoded column. */
  readonly offset: number;
  /** Number of encoded columns. */
  readonly width: 1;
}

/**
 * A categorical column, one-hot encoded: a value is 1 in column offset + (its index in categories), and all zeros if it
 * is unlisted.
 */
export interface CategoricalColumn {
  /** The column's name in tables and records. */
  readonly name: string;
  /** One-hot: one encoded column per category. */
  readonly kind: 'categorical';
  /** The listed values, in UTF-8 byte order if fitted by fitPreprocessing; '' is the category of missing values. */
  readonly categories: readonly string[];
  /** Index of its first encoded column. */
  readonly offset: number;
  /** Number of encoded columns: that of the categories. */
  readonly width: number;
}

/** How one raw column is encoded. */
export type PreprocessingColumn = NumericColumn | CategoricalColumn;

/** How the columns of a table are encoded; preprocessing files are JSON of this shape. */
export interface Preprocessing {
  /** Limit of standardised numbers, on both sides; above 0. */
  readonly clip: number;
  /** The columns in ascending order of offset, without gaps. */
  readonly columns: readonly PreprocessingColumn[];
  /** Total number of encoded columns. */
  readonly encodedWidth: number;
  /** Spellings of a missing value besides the empty field, in any case; default as in TableOptions. */
  readonly missing?: readonly string[];
}

/** The names of a preprocessing's columns, each once. */
export function namesOf({ columns }: Preprocessing): string[] {
  return [...new Set(columns.map(({ name }) => name))];
}

/** Parses a decimal number; NaN for any other text, the empty one included. */
export function parseNumber(text: string): number {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : NaN;
}

/** Encodes a number, in float64. */
export function standardise(column: NumericColumn, x: number, clip: number): number {
  const v = column.transform === 'symlog' ? symlog(x) : x;
  return Math.max(-clip, Math.min(clip, (v - column.mean) / column.std));
}

/** The default of `clip` in files: above the values of any numeric column, even dates in microseconds. */
const UNLIMITED = 1e17;

/** Name of symlog in student files. Preprocessing files may use it, too, and F for encodedWidth. */
const SYMLOG_STORED = 'slog1p';

/** The preprocessing as JSON of student files, whose bytes stay the same across versions. */
export function storedPreprocessing(preprocessing: Preprocessing): unknown {
  const stored = preprocessing.columns.map((column) =>
    column.kind === 'numeric' && column.transform === 'symlog' ? { ...column, transform: SYMLOG_STORED } : column,
  );
  return withStoredNames({ ...preprocessing, columns: stored });
}

/**
 * Checks the JSON of a preprocessing file. `clip` is optional there.
 * @param name of the file, for messages
 * @throws DebkdError `preprocessing`
 * @example
 * const preprocessing = parsePreprocessing(JSON.parse(await readFile('preprocessing.json', 'utf8')), 'preprocessing.json');
 */
export function parsePreprocessing(value: unknown, name: string): Preprocessing {
  const fail: Fail = (seen, expected) => {
    throw new DebkdError('preprocessing', { subject: `preprocessing ${quote(name, 200)}`, seen, expected });
  };
  if (!isRecord(value))
    return fail('not a JSON object', '{ clip, columns: [{ name, kind, offset, ... }], encodedWidth }');
  const { clip = UNLIMITED, columns, F, encodedWidth = F, missing } = value;
  if (typeof clip !== 'number' || !(clip > 0)) return fail(`clip is ${quote(String(clip))}`, 'a number above 0');
  if (!Array.isArray(columns) || columns.length === 0) return fail('no columns', 'a list of columns');
  if (missing !== undefined && !(Array.isArray(missing) && missing.every((text) => typeof text === 'string')))
    return fail('missing has the wrong type', 'a list of texts');
  const parsed = columns.map((column) => parseColumn(column, fail)).sort((a, b) => a.offset - b.offset);
  let at = 0;
  const names = new Set<string>();
  for (const column of parsed) {
    if (column.offset !== at) fail(`column ${quote(column.name)} starts at ${column.offset}`, `${at}`);
    if (names.has(column.name)) fail(`column ${quote(column.name)} appears twice`, 'different names');
    names.add(column.name);
    at += column.width;
  }
  if (encodedWidth !== at) fail(`encodedWidth is ${quote(String(encodedWidth))}`, `${at}, the width of the columns`);
  return { clip, columns: parsed, encodedWidth: at, ...(missing && { missing }) };
}

/** Throws the error of a preprocessing. */
type Fail = (seen: string, expected: string) => never;

function parseColumn(column: unknown, fail: Fail): PreprocessingColumn {
  if (!isRecord(column) || typeof column['name'] !== 'string') return fail('a column without a name', 'a text');
  const { name, kind, offset, transform, mean, std, categories } = column;
  if (typeof offset !== 'number' || !Number.isInteger(offset))
    return fail(`column ${quote(name)} has no offset`, 'a whole number');
  if (kind === 'categorical') {
    if (!Array.isArray(categories) || !categories.every((c) => typeof c === 'string') || categories.length === 0) {
      return fail(`column ${quote(name)} has no categories`, 'a list of texts');
    }
    if (new Set(categories).size !== categories.length)
      return fail(`column ${quote(name)} lists a category twice`, 'different categories');
    return { name, kind, categories, offset, width: categories.length };
  }
  if (kind !== 'numeric')
    return fail(`column ${quote(name)} has kind ${quote(String(kind))}`, 'numeric or categorical');
  if (transform !== 'none' && transform !== 'symlog' && transform !== SYMLOG_STORED) {
    return fail(`column ${quote(name)} has transform ${quote(String(transform))}`, 'none or symlog');
  }
  if (
    typeof mean !== 'number' ||
    typeof std !== 'number' ||
    !(std > 0) ||
    !Number.isFinite(mean) ||
    !Number.isFinite(std)
  ) {
    return fail(`column ${quote(name)} has an invalid mean or std`, 'a finite mean and a finite std above 0');
  }
  return { name, kind, transform: transform === 'none' ? 'none' : 'symlog', mean, std, offset, width: 1 };
}

function isRecord(value: unknown): value is { [key: string]: unknown; name?: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
