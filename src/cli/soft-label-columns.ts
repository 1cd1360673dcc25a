// Parses --soft-labels: columns of the data, or a second table and its columns.
import { existsSync } from 'node:fs';
import { DebkdError, quote } from '../io/errors.ts';
import { list, text, type Values } from '../settings/values.ts';

/** Where the soft labels are. */
export interface SoftLabelColumns {
  /** A second table; undefined: the data. */
  readonly file: string | undefined;
  readonly columns: readonly string[];
}

/** Names of tables. */
const TABLE_FILE = /\.(csv|tsv|txt|ndjson|jsonl|json|parquet|npy)(\.gz)?$/i;

/** The file and the columns of --soft-labels; undefined without the option. */
export function softLabelColumns(values: Values): SoftLabelColumns | undefined {
  const given = text(values, 'soft-labels');
  if (given === undefined) return undefined;
  const at = separatorOf(given);
  if (at < 0) return { file: undefined, columns: list(values, 'soft-labels') };
  const columns = list({ 'soft-labels': given.slice(at + 1) }, 'soft-labels');
  if (columns.length === 0)
    throw new DebkdError('usage', {
      subject: 'option --soft-labels',
      seen: `${quote(given, 200)} names no column`,
      expected: 'FILE:COLUMN',
    });
  return { file: given.slice(0, at), columns };
}

/** The position of the colon between file and columns; -1 if all of the text is columns. */
function separatorOf(given: string): number {
  // names in double quotes are columns, whatever they hold
  const open = given.replace(
    /(^|[:,])\s*"(?:[^"]|"")*"/g,
    (quoted, mark) => mark + '_'.repeat(quoted.length - mark.length),
  );
  const places = Array.from(open, (letter, at) => (letter === ':' && isSeparator(given, at) ? at : -1)).filter(
    (at) => at >= 0,
  );
  const fileAt = (at: number): string => given.slice(0, at);
  // a column's name may hold a colon, a file's name seldom does
  const found =
    places.find((at) => existsSync(fileAt(at))) ??
    places.find((at) => TABLE_FILE.test(fileAt(at))) ??
    (/^[a-z][a-z\d+.-]+:\/\//i.test(given) ? places.at(-1) : undefined);
  return found ?? -1;
}

/** Whether a colon does not belong to a drive (C:\), a scheme (https:) or of a port (host:80). */
function isSeparator(given: string, at: number): boolean {
  const [before, after] = [given.slice(0, at), given.slice(at + 1)];
  if (/^[a-z]$/i.test(before) && /^[\\/]/.test(after)) return false;
  if (after.startsWith('//')) return false;
  return !(/^[a-z][a-z\d+.-]+:\/\/[^/]*$/i.test(before) && /^\d+(\/|$)/.test(after));
}

/** The columns of the data that hold soft labels and are therefore no features. */
export function softLabelFeatures(values: Values): readonly string[] {
  const found = softLabelColumns(values);
  if (!found || found.file !== undefined) return [];
  const target = text(values, 'target') ?? 'label';
  if (found.columns.includes(target))
    throw new DebkdError('usage', {
      subject: 'option --soft-labels',
      seen: `${quote(target)} is the label column`,
      expected: 'a column of probabilities or log-odds',
    });
  return found.columns;
}
