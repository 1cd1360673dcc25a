// Reads CSV (RFC 4180) in chunks: quoted fields; a byte order mark; LF, CRLF or CR; comma, semicolon, tab or bar as the
// delimiter; gzip.
import { DebkdError, quote } from '../io/errors.ts';
import { chunksOf, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import { checkQuotes, type Dialect, detectDialect, hasOtherEnds, unifyEnds } from './csv-dialect.ts';
import { NO_HEADER, parseNumber } from './preprocessing.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

/** Maximum characters of a row. */
const MAX_ROW = 2 ** 23;
/** An incomplete row with more characters than this is scanned again only after it has doubled, not for every chunk. */
const MAX_RESCANNED = 2 ** 16;
/** Maximum blank lines before the header. */
const MAX_BLANK = 1000;

/**
 * Reads a CSV with a header into a Table.
 * @param options.target the label column; default none: no row has a label
 * @param options.positive the value of class 1; default 1, true or yes
 * @param options.drop columns that are not features
 * @throws DebkdError `source`, `table`, `target` or `column`
 * @example
 * const table = await readCsv('rows.csv', { target: 'label' });
 */
export async function readCsv(source: Source, options: TableOptions = {}): Promise<Table> {
  return buildTable(await openCsv(source), options);
}

/** Opens a CSV for reading row by row. */
export async function openCsv(source: Source): Promise<RawRows> {
  return openRows(chunksOf(source), nameOf(source));
}

/**
 * Opens chunks of bytes for reading row by row.
 * @param columns the column names of a CSV without a header; its first line is then a row
 */
export async function openRows(
  bytes: AsyncGenerator<Uint8Array>,
  name: string,
  columns?: readonly string[],
): Promise<RawRows> {
  const chunks = parseRows(bytes, name);
  const first = await chunks.next();
  const firstRows = first.done ? [] : first.value;
  const names = columns ?? firstRows[0];
  const rowsAfter = columns ? firstRows : firstRows.slice(1);
  // A delimiter at the end of every row, with or without one in the header, adds an empty column: leave it out.
  const endsWithDelimiter =
    names !== undefined && names.length > 1 && names.at(-1) === '' && firstRows.every((row) => row.at(-1) === '');
  const hasEmptyExtraField = (row: readonly string[]): boolean =>
    row.length === (names?.length ?? 0) + 1 && row.at(-1) === '';
  const hasEmptyColumn = endsWithDelimiter || (rowsAfter.length > 0 && rowsAfter.every(hasEmptyExtraField));
  const header = endsWithDelimiter ? names.slice(0, -1) : names;
  if (!header || (header.length === 1 && header[0] === '')) {
    throw new DebkdError(
      'table',
      `data ${quote(name, 200)}: the file is empty, expected a header and rows; check the path`,
    );
  }
  if (!columns && isRow(header)) {
    throw new DebkdError('table', `data ${quote(name, 200)}: ${NO_HEADER}`);
  }
  if (!columns && header[0]?.startsWith('#') && rowsAfter.some((row) => row.length !== names?.length)) {
    throw new DebkdError(
      'table',
      `data ${quote(name, 200)}: the first line is a comment (${quote(header[0])}), expected a header with the names of the columns; remove the lines that begin with #`,
    );
  }
  const unnamed = header.flatMap((column, j) => (column === '' ? [j + 1] : []));
  if (unnamed.length > 1) {
    throw new DebkdError(
      'table',
      `data ${quote(name, 200)}: columns ${unnamed.join(', ')} have no name in the header; name them`,
    );
  }
  const seen = new Set<string>();
  for (const column of header) {
    if (seen.has(column)) {
      throw new DebkdError(
        'table',
        `data ${quote(name, 200)}: column ${quote(column)} appears twice in the ${columns ? 'names given' : 'header'}; rename one`,
      );
    }
    seen.add(column);
  }
  const rest = (async function* () {
    let row = 0;
    const check = (rows: readonly string[][]): readonly string[][] => {
      for (const fields of rows) {
        row++;
        if (hasEmptyColumn && fields.length === header.length + 1 && fields.pop() !== '')
          throw new DebkdError(
            'table',
            `data ${quote(name, 200)}, row ${row}: a value in the last column, which has no name in the header and is empty before; name it there`,
          );
        if (fields.length !== header.length) {
          throw new DebkdError(
            'table',
            `data ${quote(name, 200)}, row ${row}: ${fields.length} fields, ${columns ? 'the names given for them are' : 'the header has'} ${header.length}; look for an unquoted delimiter or a cut line`,
          );
        }
      }
      return rows;
    };
    if (firstRows.length > 0) yield check(rowsAfter);
    for await (const rows of chunks) yield check(rows);
  })();
  return { name, header, chunks: rest };
}

/** Whether the header is a row of numbers. Non-negative integers may be names: those that pandas gives, or years. */
function isRow(header: readonly string[]): boolean {
  const numbers = header.map(parseNumber);
  return numbers.every(Number.isFinite) && numbers.some((x) => !(Number.isInteger(x) && x >= 0));
}

/** A first line such as `sep=;`, which tells Excel the delimiter. */
const EXCEL_DELIMITER = /^"?sep=([,;\t|])"?(?:\r\n|\n|\r)/i;

/** Decodes and parses rows; blank lines are left out, and rows may differ in length. */
async function* parseRows(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<string[][]> {
  // loaded on demand: a page that reads no CSV does not need it
  const { default: Papa } = await import('papaparse');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new DebkdError(
        'table',
        `data ${quote(name, 200)}: the bytes are not UTF-8 text; where it is a CSV, save it as UTF-8`,
      );
    }
  };
  const fail = (what: string): never => {
    throw new DebkdError('table', `data ${quote(name, 200)}: ${what}`);
  };
  let pending = '';
  let dialect: Dialect | undefined;
  let excelDelimiter: string | undefined;
  // an empty line is a missing value if there is one column, otherwise a blank line between rows
  let width: number | undefined;
  let blank = 0;
  let rescanLength = 0;
  const withoutBlankLines = (parsed: readonly string[][]): string[][] => {
    const rows: string[][] = [];
    for (const row of parsed) {
      if (row.length === 1 && (row[0] === '' || (width === undefined && row[0]?.trim() === ''))) {
        blank++;
        if (width === undefined && blank > MAX_BLANK)
          fail(`it begins with more than ${MAX_BLANK} blank lines, expected a header and rows; check the file`);
        continue;
      }
      // blank lines become rows only when a row follows: those at the end of the file are not rows
      if (width === 1) for (; blank > 0; blank--) rows.push(['']);
      blank = 0;
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
    if (broken && last) fail(`a quoted field is malformed (${broken.message}); double the quotes inside it`);
    pending = pending.slice(result.meta.cursor);
    return withoutBlankLines(result.data);
  };
  for await (const chunk of bytes) {
    const text = decode(chunk);
    pending += text;
    if (text.includes('\0')) {
      const what = /^(?:[^\0]\0){4}|^(?:\0[^\0]){4}/.test(pending) ? 'UTF-16 text' : 'binary data';
      throw new DebkdError(
        'table',
        `data ${quote(name, 200)}: ${what}, expected CSV with a header, NDJSON, Parquet or npy; ${what === 'UTF-16 text' ? 'save it as UTF-8' : 'check that this is the right file'}`,
      );
    }
    if (pending.length < rescanLength) continue;
    const rows = parsePending(false);
    if (rows.length > 0) yield rows;
    rescanLength = rows.length === 0 && pending.length > MAX_RESCANNED ? 2 * pending.length : 0;
    if (pending.length > MAX_ROW) {
      throw new DebkdError(
        'table',
        `data ${quote(name, 200)}: a row of more than ${MAX_ROW / 2 ** 20} MiB (it begins ${quote(pending)}); look for a quote that is never closed`,
      );
    }
  }
  pending += decode();
  if (pending !== '') yield parsePending(true);
}
