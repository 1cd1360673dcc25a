// Reads CSV (RFC 4180) in chunks: quoted fields; a byte order mark; LF, CRLF or CR; comma, semicolon, tab or vertical
// bar as the delimiter; gzip.
import { DebkdError, quote } from '../io/errors.ts';
import { chunksOf, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import { parseRows } from './csv-rows.ts';
import { isFieldBlock, rowsOfPart } from './field-block.ts';
import { NO_HEADER } from './locate-columns.ts';
import { parseNumber } from './preprocessing.ts';
import type { ReadPart, RowOptions } from './row-text.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

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
  options?: RowOptions,
): Promise<RawRows> {
  const chunks = parseRows(bytes, name, options);
  const first = await chunks.next();
  const firstParts = first.done ? [] : first.value;
  const strings = firstParts.flatMap((part) => (isFieldBlock(part) ? [] : part));
  const names = columns ?? strings[0];
  // whether the last column is empty is checked of the strings; rows in bytes have as many fields as the header
  const isUsual = !columns && names !== undefined && names.at(-1) !== '';
  const firstBlocks = isUsual ? firstParts.filter(isFieldBlock) : [];
  const firstRows = isUsual ? strings : firstParts.flatMap(rowsOfPart);
  const rowsAfter = columns ? firstRows : firstRows.slice(1);
  // A delimiter at the end of every row, with or without one in the header, adds an empty column: leave it out.
  const endsWithDelimiter =
    names !== undefined && names.length > 1 && names.at(-1) === '' && firstRows.every((row) => row.at(-1) === '');
  const hasEmptyExtraField = (row: readonly string[]): boolean =>
    row.length === (names?.length ?? 0) + 1 && row.at(-1) === '';
  const hasEmptyColumn =
    endsWithDelimiter || (firstBlocks.length === 0 && rowsAfter.length > 0 && rowsAfter.every(hasEmptyExtraField));
  const header = endsWithDelimiter ? names.slice(0, -1) : names;
  if (!header || (header.length === 1 && header[0] === '')) {
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: 'the file is empty',
      expected: 'a header and rows',
      remedy: 'check the path',
    });
  }
  if (!columns && isRow(header)) {
    throw new DebkdError('table', { subject: `data ${quote(name, 200)}`, ...NO_HEADER });
  }
  if (!columns && header[0]?.startsWith('#') && rowsAfter.some((row) => row.length !== names?.length)) {
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: `the first line is a comment (${quote(header[0])})`,
      expected: 'a header with the names of the columns',
      remedy: 'remove the lines that begin with #',
    });
  }
  const unnamed = header.flatMap((column, j) => (column === '' ? [j + 1] : []));
  if (unnamed.length > 1) {
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: `columns ${unnamed.join(', ')} have no name in the header`,
      remedy: 'name them',
    });
  }
  const seen = new Set<string>();
  for (const column of header) {
    if (seen.has(column)) {
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: `column ${quote(column)} appears twice in the ${columns ? 'given names' : 'header'}`,
        remedy: 'rename one',
      });
    }
    seen.add(column);
  }
  const parts = (async function* () {
    let row = 0;
    const check = (part: ReadPart): ReadPart => {
      if (isFieldBlock(part) && part.width === header.length && !hasEmptyColumn) {
        row += part.rows;
        return part;
      }
      const rows = rowsOfPart(part);
      for (const fields of rows) {
        row++;
        if (hasEmptyColumn && fields.length === header.length + 1 && fields.pop() !== '')
          throw new DebkdError('table', {
            subject: `data ${quote(name, 200)}, row ${row}`,
            seen: 'a value in the last column, which has no name in the header and is empty in the rows before',
            remedy: 'name the column in the header',
          });
        if (fields.length !== header.length) {
          throw new DebkdError('table', {
            subject: `data ${quote(name, 200)}, row ${row}`,
            seen: `${fields.length} fields`,
            expected: `${header.length} as in the ${columns ? 'given names' : 'header'}`,
            remedy: 'look for an unquoted delimiter or a cut line',
          });
        }
      }
      return rows;
    };
    if (firstRows.length > 0) yield [rowsAfter, ...firstBlocks].map(check);
    for await (const more of chunks) yield more.map(check);
  })();
  const rows = (async function* () {
    for await (const some of parts) yield some.flatMap(rowsOfPart);
  })();
  return { name, header, chunks: rows, parts };
}

/** Whether the header is a row of numbers. Non-negative integers may be names: those that pandas gives, or years. */
function isRow(header: readonly string[]): boolean {
  const numbers = header.map(parseNumber);
  return numbers.every(Number.isFinite) && numbers.some((x) => !(Number.isInteger(x) && x >= 0));
}
