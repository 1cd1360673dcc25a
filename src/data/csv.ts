// CSV (RFC 4180) in chunks: quoted fields, a byte order mark, LF, CRLF or CR, comma, semicolon, tab or bar, gzip.
import { DebkdError, quote } from '../io/errors.ts';
import { chunksOf, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import { checkQuotes, type Dialect, detectDialect, hasOtherEnds, unifyEnds } from './csv-dialect.ts';
import { NO_HEADER, parseNumber } from './preprocessing.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

/** Characters of a row. */
const MAX_ROW = 2 ** 23;
/** Characters that may be looked through for every chunk. */
const MAX_LOOKED = 2 ** 16;
/** Blank lines before the header. */
const MAX_BLANK = 1000;

/**
 * Reads a CSV with a header into a Table.
 * @param options.target the label column; left out, no row has a label
 * @param options.positive the value of class 1; default 1, true or yes
 * @param options.drop columns that are not features
 * @throws DebkdError `source`, `table`, `target` or `column`
 */
export async function readCsv(source: Source, options: TableOptions = {}): Promise<Table> {
  return buildTable(await openCsv(source), options);
}

/** Opens a CSV for reading row by row. */
export async function openCsv(source: Source): Promise<RawRows> {
  return openRows(chunksOf(source), nameOf(source));
}

/**
 * The same over chunks of bytes.
 * @param columns the names, where the first line is a row, too, and no header
 */
export async function openRows(
  bytes: AsyncGenerator<Uint8Array>,
  name: string,
  columns?: readonly string[],
): Promise<RawRows> {
  const chunks = parse(bytes, name);
  const first = await chunks.next();
  const lead = first.done ? [] : first.value;
  const given = columns ?? lead[0];
  const rowsAfter = columns ? lead : lead.slice(1);
  // a delimiter at the end of each line makes a column without a name and without values, with or without one in the header
  const ended =
    given !== undefined && given.length > 1 && given.at(-1) === '' && lead.every((row) => row.at(-1) === '');
  const longer = (row: readonly string[]): boolean => row.length === (given?.length ?? 0) + 1 && row.at(-1) === '';
  const idle = ended || (rowsAfter.length > 0 && rowsAfter.every(longer));
  const header = ended ? given.slice(0, -1) : given;
  if (!header || (header.length === 1 && header[0] === '')) {
    throw new DebkdError(
      'table',
      `data ${quote(name, 200)}: the file is empty, expected a header and rows; check the path`,
    );
  }
  if (!columns && isRow(header)) {
    throw new DebkdError('table', `data ${quote(name, 200)}: ${NO_HEADER}`);
  }
  if (!columns && header[0]?.startsWith('#') && rowsAfter.some((row) => row.length !== given?.length)) {
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
        if (idle && fields.length === header.length + 1 && fields.pop() !== '')
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
    if (lead.length > 0) yield check(rowsAfter);
    for await (const rows of chunks) yield check(rows);
  })();
  return { name, header, chunks: rest };
}

/** Whether a header is a row of numbers. Whole numbers are names that pandas gives, and years. */
function isRow(header: readonly string[]): boolean {
  const numbers = header.map(parseNumber);
  return numbers.every(Number.isFinite) && numbers.some((x) => !(Number.isInteger(x) && x >= 0));
}

/** A first line in which Excel is told the delimiter. */
const STATED = /^"?sep=([,;\t|])"?(?:\r\n|\n|\r)/i;

async function* parse(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<string[][]> {
  // loaded when a CSV is read: pages with other rows need none of it
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
  let stated: string | undefined;
  // an empty line is one empty field: a missing value where there is one column, and else a blank line between rows
  let width: number | undefined;
  let blank = 0;
  let wait = 0;
  const rowsIn = (parsed: readonly string[][]): string[][] => {
    const rows: string[][] = [];
    for (const row of parsed) {
      if (row.length === 1 && (row[0] === '' || (width === undefined && row[0]?.trim() === ''))) {
        blank++;
        if (width === undefined && blank > MAX_BLANK)
          fail(`it begins with more than ${MAX_BLANK} blank lines, expected a header and rows; check the file`);
        continue;
      }
      // those at the end of a file are no rows
      if (width === 1) for (; blank > 0; blank--) rows.push(['']);
      blank = 0;
      width ??= row.length;
      rows.push(row);
    }
    return rows;
  };
  const take = (last: boolean): string[][] => {
    if (!dialect) {
      const found = detectDialect(pending, last);
      if (!found) return [];
      const line = stated === undefined ? STATED.exec(pending) : null;
      if (line) {
        stated = line[1];
        pending = pending.slice(line[0].length);
        return take(last);
      }
      dialect = { ...found, ...(stated !== undefined && { delimiter: stated }) };
    }
    if (hasOtherEnds(pending, dialect)) {
      // some ends are of another kind, and a CR that is left would be part of the last field
      dialect = { ...dialect, newline: '\n' };
      pending = unifyEnds(pending, dialect.delimiter, last);
    }
    checkQuotes(pending, dialect.delimiter, fail);
    const parser = new Papa.Parser({ ...dialect, skipEmptyLines: false } as object);
    const result = parser.parse(pending, 0, !last) as import('papaparse').ParseResult<string[]>;
    const broken = result.errors.find((error) => error.type === 'Quotes');
    if (broken && last) fail(`a quoted field is malformed (${broken.message}); double the quotes inside it`);
    pending = pending.slice(result.meta.cursor);
    return rowsIn(result.data);
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
    if (pending.length < wait) continue;
    const rows = take(false);
    if (rows.length > 0) yield rows;
    // a row without an end is not looked through again for every chunk of it
    wait = rows.length === 0 && pending.length > MAX_LOOKED ? 2 * pending.length : 0;
    if (pending.length > MAX_ROW) {
      throw new DebkdError(
        'table',
        `data ${quote(name, 200)}: a row of more than ${MAX_ROW / 2 ** 20} MiB (it begins ${quote(pending)}); look for a quote that is never closed`,
      );
    }
  }
  pending += decode();
  if (pending !== '') yield take(true);
}
