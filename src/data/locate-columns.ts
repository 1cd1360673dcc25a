// Finds columns by name, and refuses names that the data does not have.
import { DebkdError, listed, nearest, quote } from '../io/errors.ts';
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
  /** What to do where no column has a similar name; default: choose one of them. */
  readonly remedy?: string;
}

/** The error `column` of a name that is not among the columns. */
export function absentColumn({ subject, name, columns, use = '', remedy }: AbsentColumn): DebkdError {
  const seen = `no column ${quote(name)}${use}`;
  const near = nearest(name, columns);
  if (near !== undefined) {
    return new DebkdError('column', { subject, seen, remedy: `did you mean ${quote(near)}?` });
  }
  if (looksLikeData(columns)) {
    const { expected, remedy: header } = NO_HEADER;
    return new DebkdError('column', { subject, seen: `${seen}, and ${NO_HEADER.seen}`, expected, remedy: header });
  }
  if (remedy !== undefined) return new DebkdError('column', { subject, seen, remedy });
  const names = columns.map((column) => quote(column));
  return new DebkdError('column', { subject, seen, expected: `one of ${listed(names, MAX_NAMES)}` });
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
