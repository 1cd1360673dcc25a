// Decodes chunks of bytes and parses them into rows of CSV with Papa Parse.
import { DebkdError, type ErrorParts, quote } from '../io/errors.ts';
import { checkQuotes, type Dialect, detectDialect, hasOtherEnds, unifyEnds } from './csv-dialect.ts';

/** Maximum characters of a row. */
const MAX_ROW = 2 ** 23;
/** An incomplete row with more characters than this is scanned again only after it has doubled, not for every chunk. */
const MAX_RESCANNED = 2 ** 16;
/** Maximum blank lines before the header. */
const MAX_BLANK = 1000;

/** A first line such as `sep=;`, which tells Excel the delimiter. */
const EXCEL_DELIMITER = /^"?sep=([,;\t|])"?(?:\r\n|\n|\r)/i;

/** Decodes and parses rows, which may differ in length. Blank lines are left out, unless a row has only one field. */
export async function* parseRows(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<string[][]> {
  // loaded on demand: a page that reads no CSV does not need it
  const { default: Papa } = await import('papaparse');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: 'the bytes are not UTF-8 text',
        remedy: ['save a CSV as UTF-8', 'check that this is the right file'],
      });
    }
  };
  const fail = (problem: Omit<ErrorParts, 'subject'>): never => {
    throw new DebkdError('table', { subject: `data ${quote(name, 200)}`, ...problem });
  };
  let pending = '';
  let dialect: Dialect | undefined;
  let excelDelimiter: string | undefined;
  let width: number | undefined;
  let blankLines = 0;
  let rescanLength = 0;
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
  const parsePending = (last: boolean): string[][] => {
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
    if (hasOtherEnds(pending, dialect)) {
      // with mixed line ends, a remaining CR would become part of the last field
      dialect = { ...dialect, newline: '\n' };
      pending = unifyEnds(pending, dialect.delimiter, last);
    }
    checkQuotes(pending, dialect.delimiter, fail);
    const parser = new Papa.Parser({ ...dialect, skipEmptyLines: false } as object);
    const result = parser.parse(pending, 0, !last) as import('papaparse').ParseResult<string[]>;
    const broken = result.errors.find((error) => error.type === 'Quotes');
    if (broken && last)
      fail({ seen: `a quoted field is malformed (${broken.message})`, remedy: 'double the quotes inside it' });
    pending = pending.slice(result.meta.cursor);
    return withoutBlankLines(result.data);
  };
  for await (const chunk of bytes) {
    const text = decode(chunk);
    pending += text;
    if (text.includes('\0')) {
      const what = /^(?:[^\0]\0){4}|^(?:\0[^\0]){4}/.test(pending) ? 'UTF-16 text' : 'binary data';
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: what,
        expected: 'CSV with a header, NDJSON, Parquet or npy',
        remedy: what === 'UTF-16 text' ? 'save it as UTF-8' : 'check that this is the right file',
      });
    }
    if (pending.length < rescanLength) continue;
    const rows = parsePending(false);
    if (rows.length > 0) yield rows;
    rescanLength = rows.length === 0 && pending.length > MAX_RESCANNED ? 2 * pending.length : 0;
    if (pending.length > MAX_ROW) {
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: `a row of more than ${MAX_ROW / 2 ** 20} MiB (it begins ${quote(pending)})`,
        remedy: 'look for a quote that is never closed',
      });
    }
  }
  pending += decode();
  if (pending !== '') yield parsePending(true);
}
