// Text of CSV that is parsed into rows: with Papa Parse, or as bytes where its lines are plain.
import { DebkdError, type ErrorParts, quote } from '../io/errors.ts';
import { checkQuotes, type Dialect, detectDialect, hasOtherEnds, unifyEnds } from './csv-dialect.ts';
import { type FieldBlock, splitLines } from './field-block.ts';

/** Rows that were read: lists of fields, or bytes. */
export type ReadPart = string[][] | FieldBlock;

export interface RowOptions {
  /** Whether Papa Parse reads all rows; default false. For tests and comparisons. */
  readonly onlyRows?: boolean;
}

/** Text of a file, from which complete rows are taken. */
export interface RowText {
  /** The text that is not parsed yet. */
  pending: string;
  /** Delimiter and line ends; undefined before the first lines. */
  readonly dialect: Dialect | undefined;
  /** Number of fields of the first row; undefined before it. */
  readonly width: number | undefined;
  /** Memory of splitLines. */
  readonly memory: Int32Array[];
  /** Takes the complete rows from the start of the text. @param last whether the file ends with it */
  parse(last: boolean): ReadPart[];
}

/** Maximum blank lines before the header. */
const MAX_BLANK = 1000;
/** Of a first chunk with more characters, those after the first lines may be read as bytes. */
const MAX_HEAD = 2 ** 14;

/** A first line such as `sep=;`, which tells Excel the delimiter. */
const EXCEL_DELIMITER = /^"?sep=([,;\t|])"?(?:\r\n|\n|\r)/i;

/** Opens the text of a file. @param name of the file, for messages */
export async function openRowText(name: string, { onlyRows = false }: RowOptions): Promise<RowText> {
  // loaded on demand: a page that reads no CSV does not need it
  const { default: Papa } = await import('papaparse');
  const fail = (problem: Omit<ErrorParts, 'subject'>): never => {
    throw new DebkdError('table', { subject: `data ${quote(name, 200)}`, ...problem });
  };
  const memory: Int32Array[] = [];
  let pending = '';
  let dialect: Dialect | undefined;
  let excelDelimiter: string | undefined;
  let width: number | undefined;
  let blankLines = 0;
  const withoutBlankLines = (parsed: readonly string[][]): string[][] => {
    const rows: string[][] = [];
    for (const row of parsed) {
      if (row.length === 1 && (row[0] === '' || (width === undefined && row[0]?.trim() === ''))) {
        blankLines++;
        if (width === undefined && blankLines > MAX_BLANK)
          fail({
            seen: `more than ${MAX_BLANK} blank lines at the start`,
            expected: 'a header and rows',
            remedy: 'check that this is the right file',
          });
        continue;
      }
      // with one column, a blank line is a missing value if a row follows; at the end of the file it is not a row
      if (width === 1) for (; blankLines > 0; blankLines--) rows.push(['']);
      blankLines = 0;
      width ??= row.length;
      rows.push(row);
    }
    return rows;
  };
  /** Parses text from its start with Papa Parse. @returns the rows and the text after the last */
  const parse = (text: string, { last, ...found }: Dialect & { last: boolean }): [string[][], string] => {
    const parser = new Papa.Parser({ ...found, skipEmptyLines: false } as object);
    const result = parser.parse(text, 0, !last) as import('papaparse').ParseResult<string[]>;
    const broken = result.errors.find((error) => error.type === 'Quotes');
    if (broken && last)
      fail({ seen: `a quoted field is malformed (${broken.message})`, remedy: 'double the quotes inside it' });
    return [withoutBlankLines(result.data), text.slice(result.meta.cursor)];
  };
  /** Takes complete lines of bytes from the start of the pending text, if they are plain. */
  const takeLines = (): FieldBlock[] => {
    const end = dialect && !onlyRows ? pending.lastIndexOf('\n') + 1 : 0;
    if (end === 0 || width === undefined || pending.includes('"')) return [];
    const blocks = splitLines(new TextEncoder().encode(pending.slice(0, end)), dialect as Dialect, { width, memory });
    if (!blocks) return [];
    pending = pending.slice(end);
    return blocks;
  };
  const parsePending = (last: boolean): ReadPart[] => {
    if (!dialect) {
      const found = detectDialect(pending, last);
      if (!found) return [];
      const line = excelDelimiter === undefined ? EXCEL_DELIMITER.exec(pending) : null;
      if (line) {
        excelDelimiter = line[1];
        pending = pending.slice(line[0].length);
        return parsePending(last);
      }
      dialect = { ...found, ...(excelDelimiter !== undefined && { delimiter: excelDelimiter }) };
    }
    if (hasOtherEnds(pending, dialect, last)) {
      // with mixed line ends, a remaining CR would become part of the last field
      dialect = { ...dialect, newline: '\n' };
      pending = unifyEnds(pending, dialect.delimiter, last);
    }
    checkQuotes(pending, dialect.delimiter, fail);
    const parts: ReadPart[] = [];
    if (width === undefined && pending.length > 2 * MAX_HEAD && !onlyRows && !pending.includes('"')) {
      const [rows, rest] = parse(pending.slice(0, MAX_HEAD), { ...dialect, last: false });
      pending = rest + pending.slice(MAX_HEAD);
      parts.push(rows, ...takeLines());
    }
    const [rows, rest] = parse(pending, { ...dialect, last });
    pending = rest;
    return [...parts, rows].filter((part) => !Array.isArray(part) || part.length > 0);
  };
  return {
    get pending() {
      return pending;
    },
    set pending(rest) {
      pending = rest;
    },
    get dialect() {
      return dialect;
    },
    get width() {
      return width;
    },
    memory,
    parse: parsePending,
  };
}
