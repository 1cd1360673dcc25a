// Decodes chunks of bytes and parses them into rows of CSV: lines without quotes as bytes, all others with Papa Parse.
import { DebkdError, type ErrorParts, quote } from '../io/errors.ts';
import { concat } from '../io/source.ts';
import { checkQuotes, type Dialect, detectDialect, hasOtherEnds, unifyEnds } from './csv-dialect.ts';
import { type FieldBlock, splitLines } from './field-block.ts';

/** Maximum characters of a row. */
const MAX_ROW = 2 ** 23;
/** An incomplete row with more characters than this is scanned again only after it has doubled, not for every chunk. */
const MAX_RESCANNED = 2 ** 16;
/** Maximum blank lines before the header. */
const MAX_BLANK = 1000;
/** Of a first chunk with more characters, those after the first lines may be read as bytes. */
const MAX_HEAD = 2 ** 14;

/** Bytes that are parsed at a time. */
const PIECE = 2 ** 18;

/** A first line such as `sep=;`, which tells Excel the delimiter. */
const EXCEL_DELIMITER = /^"?sep=([,;\t|])"?(?:\r\n|\n|\r)/i;

/** Rows that were read: lists of fields, or bytes. */
export type ReadPart = string[][] | FieldBlock;

export interface RowOptions {
  /** Whether Papa Parse reads all rows; default false. For tests and comparisons. */
  readonly onlyRows?: boolean;
}

/**
 * Decodes and parses rows, chunk by chunk; rows may differ in length. Blank lines are left out, unless a row has only one field.
 * The first part of a file is a list of rows.
 */
export async function* parseRows(
  bytes: AsyncGenerator<Uint8Array>,
  name: string,
  { onlyRows = false }: RowOptions = {},
): AsyncGenerator<ReadPart[]> {
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
  const memory: Int32Array[] = [];
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
    if (hasOtherEnds(pending, dialect)) {
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
  // while lines are plain, the bytes after the last complete one; `pending` holds their text unless they are ASCII
  let tail: Uint8Array | undefined;
  let tailText: string | undefined;
  let joined = new Uint8Array(0);
  /** Joins bytes in memory that is used again at each call. */
  const join = (first: Uint8Array, second: Uint8Array): Uint8Array => {
    const length = first.length + second.length;
    if (joined.length < length) joined = new Uint8Array(2 * length);
    joined.set(first);
    joined.set(second, first.length);
    return joined.subarray(0, length);
  };
  let isDecoded = true; // no part of a character is left in the decoder
  /** Reads the complete lines of a chunk if they are plain. @param text of the chunk; undefined if it is ASCII */
  const readPlain = (chunk: Uint8Array, text: string | undefined): FieldBlock[] | undefined => {
    if (onlyRows || !dialect || width === undefined || width < 2 || dialect.newline === '\r') return undefined;
    if (!tail && (pending.includes('"') || rescanLength > 0)) return undefined;
    const start = tail ?? new TextEncoder().encode(pending);
    const startText = tail ? tailText : pending;
    const end = chunk.lastIndexOf(10) + 1;
    const after = chunk.subarray(end);
    if (after.includes(0) || after.includes(34)) return undefined;
    const blocks =
      end === 0
        ? []
        : splitLines(start.length === 0 ? chunk.subarray(0, end) : join(start, chunk.subarray(0, end)), dialect, {
            width,
            memory,
          });
    if (!blocks) return undefined;
    tail = end === 0 ? concat([start, chunk]) : after.slice();
    if (end > 0) tailText = text?.slice(text.lastIndexOf('\n') + 1);
    else if (startText !== undefined || text !== undefined)
      tailText = (startText ?? asciiText(start)) + (text ?? asciiText(chunk));
    return blocks;
  };
  const endPlain = (): void => {
    if (!tail) return;
    pending = tailText ?? asciiText(tail);
    tail = undefined;
    tailText = undefined;
  };
  for await (const chunk of inPieces(bytes)) {
    if (chunk.length === 0) continue;
    const wasDecoded = isDecoded;
    const isPlain = wasDecoded && isAscii(chunk);
    const decoded = isPlain && (tail || dialect) ? undefined : decode(chunk);
    isDecoded = (chunk[chunk.length - 1] as number) < 0x80;
    const blocks = tail || wasDecoded ? readPlain(chunk, decoded) : undefined;
    if (blocks) {
      if (blocks.length > 0) yield blocks;
      if ((tail as Uint8Array).length <= MAX_ROW) continue;
    }
    endPlain();
    const text = blocks ? '' : (decoded ?? decode(chunk));
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
    const parts = parsePending(false);
    if (parts.length > 0) yield parts;
    rescanLength = parts.length === 0 && pending.length > MAX_RESCANNED ? 2 * pending.length : 0;
    if (pending.length > MAX_ROW) {
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: `a row of more than ${MAX_ROW / 2 ** 20} MiB (it begins ${quote(pending)})`,
        remedy: 'look for a quote that is never closed',
      });
    }
  }
  endPlain();
  pending += decode();
  if (pending !== '') yield parsePending(true);
}

/** Cuts large chunks, after lines where it can: a piece and the places of its fields fit into the cache. */
async function* inPieces(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.length - from <= 2 * PIECE ? 0 : chunk.indexOf(10, from + PIECE) + 1;
      const to = end === 0 ? chunk.length : end;
      yield chunk.subarray(from, to);
      from = to;
    }
  }
}

function isAscii(bytes: Uint8Array): boolean {
  let bits = 0;
  // four bytes at a time where they are aligned
  const words = bytes.byteOffset % 4 === 0 ? bytes.length >> 2 : 0;
  const list = new Uint32Array(bytes.buffer, words === 0 ? 0 : bytes.byteOffset, words);
  for (let i = 0; i < words; i++) bits |= list[i] as number;
  for (let i = 4 * words; i < bytes.length; i++) bits |= bytes[i] as number;
  return (bits & 0x80808080) === 0;
}

function asciiText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
