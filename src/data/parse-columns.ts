// Checks the JSON of a preprocessing. Apart from preprocessing.ts, because debkd/edge loads the checks of steps only if needed.
import { DebkdError, quote } from '../io/errors.ts';
import type { parseImage } from './parse-image.ts';
import type { parseText } from './parse-text.ts';
import type { Preprocessing, PreprocessingColumn } from './preprocessing-column.ts';
import type { parseSteps } from './steps/parse.ts';

/** The default of `clip` in files: above the values of any numeric column, even dates in microseconds. */
const UNLIMITED = 1e17;

/** Name of symlog in student files. Preprocessing files may use it, too, and F for encodedWidth. */
export const SYMLOG_STORED = 'slog1p';

/** Checks of the columns that debkd/edge loads only for the students that have them. */
export interface FurtherColumns {
  /** Checks the steps of a column. */
  readonly steps: typeof parseSteps;
  /** Checks a text column. */
  readonly text: typeof parseText;
  /** Checks an image column. */
  readonly image: typeof parseImage;
}

/** As parsePreprocessing. */
export function parseColumns(value: unknown, name: string, further: FurtherColumns): Preprocessing {
  const fail: Fail = (seen, expected, { where = '', remedy } = {}) => {
    throw new DebkdError('preprocessing', {
      subject: `preprocessing ${quote(name, 200)}${where}`,
      seen,
      expected,
      remedy,
    });
  };
  if (!isRecord(value))
    return fail('not a JSON object', '{ clip, columns: [{ name, kind, offset, ... }], encodedWidth }');
  const { clip = UNLIMITED, columns, F, encodedWidth = F, missing } = value;
  if (typeof clip !== 'number' || !(clip > 0)) return fail(`clip is ${quote(String(clip))}`, 'a number above 0');
  if (!Array.isArray(columns) || columns.length === 0) return fail('no columns', 'a list of columns');
  if (missing !== undefined && !(Array.isArray(missing) && missing.every((text) => typeof text === 'string')))
    return fail('missing has the wrong type', 'a list of texts');
  const parsed = columns.map((column) => parseColumn(column, further, fail)).sort((a, b) => a.offset - b.offset);
  let at = 0;
  const names = new Set<string>();
  for (const column of parsed) {
    if (column.offset !== at) fail(`column ${quote(column.name)} starts at ${column.offset}`, `${at}`);
    if (column.kind !== 'steps') {
      if (names.has(column.name)) fail(`column ${quote(column.name)} appears twice`, 'different names');
      names.add(column.name);
    }
    at += column.width;
  }
  const images = parsed.filter(({ kind }) => kind === 'image');
  if (images.length > 1) fail(`${images.length} columns of images`, 'at most one');
  if (images.length > 0 && parsed.some(({ kind }) => kind === 'text'))
    fail('columns of images and of texts', 'one of both');
  if (encodedWidth !== at) fail(`encodedWidth is ${quote(String(encodedWidth))}`, `${at}, the width of the columns`);
  return { clip, columns: parsed, encodedWidth: at, ...(missing && { missing }) };
}

/** Throws the error of a preprocessing. */
type Fail = (
  seen: string,
  expected: string,
  more?: { readonly where?: string; readonly remedy?: string | undefined },
) => never;

function parseColumn(column: unknown, further: FurtherColumns, fail: Fail): PreprocessingColumn {
  if (!isRecord(column) || typeof column['name'] !== 'string') return fail('a column without a name', 'a text');
  const { name, kind, offset, transform, mean, std, categories, steps } = column;
  if (typeof offset !== 'number' || !Number.isInteger(offset))
    return fail(`column ${quote(name)} has no offset`, 'a whole number');
  if (kind === 'steps' || (kind === undefined && steps !== undefined)) {
    const parsed = further.steps(steps, (where, { seen, expected, remedy }) =>
      fail(seen, expected, { where: `, column ${quote(name)}, ${where}`, remedy }),
    );
    const { width = parsed.width } = column;
    if (width !== parsed.width)
      fail(`column ${quote(name)} has width ${quote(String(width))}`, `${parsed.width}, which its steps give`);
    return { name, kind: 'steps', steps: parsed.steps, offset, width: parsed.width };
  }
  if (kind === 'text' || kind === 'image')
    return further[kind]({ ...column, name, offset }, ({ seen, expected = '' }) =>
      fail(seen, expected, { where: `, column ${quote(name)}` }),
    );
  if (kind === 'categorical') {
    if (!Array.isArray(categories) || !categories.every((c) => typeof c === 'string') || categories.length === 0) {
      return fail(`column ${quote(name)} has no categories`, 'a list of texts');
    }
    if (new Set(categories).size !== categories.length)
      return fail(`column ${quote(name)} lists a category twice`, 'different categories');
    return { name, kind, categories, offset, width: categories.length };
  }
  if (kind !== 'numeric')
    return fail(
      `column ${quote(name)} has kind ${quote(String(kind))}`,
      'numeric, categorical, text or image, or a list "steps"',
    );
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
