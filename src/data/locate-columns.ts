// Finds columns by name, and refuses names that the data does not have.
import { DebkdError, listed, nearest, quote } from '../io/errors.ts';
import type { Remedy, SettingName } from '../io/remedies.ts';
import { type Preprocessing, parseNumber } from './preprocessing.ts';

/** Maximum names of columns in a message. */
const MAX_NAMES = 12;

/** What is wrong with a header that looks like a row. */
export const NO_HEADER = {
  seen: 'the first line looks like data',
  expected: 'a header with the names of the columns',
  remedy: 'add a header',
} as const;

/** Whether more than half of the names are numbers, so that the header is probably a row. */
export function looksLikeData(names: readonly string[]): boolean {
  return names.filter((name) => !Number.isNaN(parseNumber(name))).length > names.length / 2;
}

/** A name that is not among the columns. */
interface AbsentColumn {
  readonly subject: string;
  readonly name: string;
  /** The columns that there are. */
  readonly columns: readonly string[];
  /** What the column is for, after its name: ` to drop`. */
  readonly use?: string;
  /** The setting that has the name, if it is a list of names. */
  readonly setting?: SettingName;
  /** What to do where no column has a similar name; default: choose one of them. */
  readonly remedy?: string;
}

/** The error `column` of a name that is not among the columns. */
export function absentColumn({ subject, name, columns, use = '', setting, remedy }: AbsentColumn): DebkdError {
  const seen = `no column ${quote(name)}${use}`;
  const similar = similarColumn(name, columns, setting);
  if (similar !== undefined) return new DebkdError('column', { subject, seen, remedy: similar });
  if (looksLikeData(columns)) {
    const { expected, remedy: header } = NO_HEADER;
    return new DebkdError('column', { subject, seen: `${seen}, and ${NO_HEADER.seen}`, expected, remedy: header });
  }
  if (remedy !== undefined) return new DebkdError('column', { subject, seen, remedy });
  const names = columns.map((column) => quote(column));
  return new DebkdError('column', { subject, seen, expected: `one of ${listed(names, MAX_NAMES)}` });
}

/**
 * The remedy that names a similar column. A host writes a name in a list as it must be written there: it may have a
 * comma, or blanks at its ends.
 */
export function similarColumn(name: string, columns: readonly string[], setting?: SettingName): Remedy | undefined {
  const cut = setting && columns.find((column) => isPart(name, column));
  const near = cut ?? nearest(name, columns);
  if (near === undefined) return undefined;
  const isPlain = near === near.trim() && !near.includes(',');
  return setting === undefined || isPlain
    ? `did you mean ${quote(near)}?`
    : { id: 'name-column', column: near, setting };
}

/** Whether a name is what a list leaves of a column's: one side of a comma, or the text without the blanks around it. */
function isPart(name: string, column: string): boolean {
  return column !== name && column.split(',').some((part) => part.trim() === name);
}

/** Index of each preprocessing column among the table's columns. @throws DebkdError `column` */
export function locateColumns(preprocessing: Preprocessing, columns: readonly string[], data: string): number[] {
  return preprocessing.columns.map(({ name }) => {
    const index = columns.indexOf(name);
    if (index >= 0) return index;
    throw absentColumn({
      subject: `data ${quote(data, 200)}`,
      name,
      columns,
      use: ', which the preprocessing needs',
      remedy: 'give the data that the preprocessing was made for',
    });
  });
}
