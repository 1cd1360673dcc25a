// Complete lines of a CSV as bytes, with the place of each field: rows without a string for each field.
import type { Dialect } from './csv-dialect.ts';

/** Rows of as many fields each, as UTF-8; valid until the next part is read, because its memory is used again. */
export interface FieldBlock {
  /** UTF-8 of the lines. */
  readonly bytes: Uint8Array;
  /** Of each field, row by row: its first byte and the byte after its last; [rows x width x 2]. */
  readonly fields: Int32Array;
  readonly rows: number;
  /** Fields of a row. */
  readonly width: number;
  readonly delimiter: string;
}

/** Rows as lists of fields, or as bytes. */
export type RowPart<Rows extends readonly (readonly string[])[] = readonly (readonly string[])[]> = Rows | FieldBlock;

/** Numbers in `fields` of one field. */
export const FIELD = 2;
/** Bytes that are split at a time: a block and its places fit into the cache. */
const WINDOW = 2 ** 17;
const [NUL, LF, CR, QUOTE] = [0, 10, 13, 34];

export function isFieldBlock<Rows extends readonly (readonly string[])[]>(part: RowPart<Rows>): part is FieldBlock {
  return 'fields' in part;
}

/**
 * Splits lines without quotes into fields, as Papa Parse does; blank lines are left out.
 * @param bytes complete lines of valid UTF-8, each with its line end
 * @param options.width fields of every row, two or more
 * @param options.memory is used again at each call: new memory takes longer than what is done with it
 * @returns undefined if the lines have quotes, zero bytes, other line ends or other numbers of fields
 */
export function splitLines(
  bytes: Uint8Array,
  dialect: Dialect,
  { width, memory }: { readonly width: number; readonly memory: Int32Array[] },
): FieldBlock[] | undefined {
  if (dialect.newline === '\r' || width < 2) return undefined;
  const blocks: FieldBlock[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = from + WINDOW >= bytes.length ? bytes.length : bytes.indexOf(LF, from + WINDOW) + 1 || bytes.length;
    const lines = bytes.subarray(from, to);
    const k = blocks.length;
    const found = splitWindow(lines, dialect, { width, fields: memory[k] ?? new Int32Array(FIELD * 1024) });
    if (!found) return undefined;
    memory[k] = found.fields;
    const fields = found.fields.subarray(0, FIELD * width * found.rows);
    blocks.push({ bytes: lines, fields, rows: found.rows, width, delimiter: dialect.delimiter });
    from = to;
  }
  return blocks;
}

/** @returns the number of rows, and the fields, in larger memory where they need it */
function splitWindow(
  bytes: Uint8Array,
  { delimiter, newline }: Dialect,
  { width, fields }: Pick<FieldBlock, 'width' | 'fields'>,
): Pick<FieldBlock, 'rows' | 'fields'> | undefined {
  const separator = delimiter.charCodeAt(0);
  const hasCr = newline === '\r\n';
  const { length } = bytes;
  // one comparison for nearly all bytes of numbers
  const highest = Math.max(separator, QUOTE);
  let list = fields;
  let [n, field, from, rows] = [0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    const c = bytes[i] as number;
    if (c > highest) continue;
    let to = i;
    if (c !== separator && c !== LF) {
      if (c === QUOTE || c === NUL || (c === CR && !(hasCr && bytes[i + 1] === LF))) return undefined;
      continue;
    }
    if (c === LF) {
      if (hasCr) {
        to = i - 1;
        if (bytes[to] !== CR) return undefined;
      }
      if (field === 0 && to === from) {
        from = i + 1;
        continue;
      }
      if (++field !== width) return undefined;
      field = 0;
      rows++;
    } else field++;
    if (n + FIELD > list.length) {
      const larger = new Int32Array(2 * list.length);
      larger.set(list);
      list = larger;
    }
    list[n] = from;
    list[n + 1] = to;
    n += FIELD;
    from = i + 1;
  }
  return { rows, fields: list };
}

/** The rows of a part as lists of fields. */
export function rowsOfPart<Rows extends readonly (readonly string[])[]>(part: RowPart<Rows>): Rows | string[][] {
  if (!isFieldBlock(part)) return part;
  const { bytes, fields, rows, width, delimiter } = part;
  if (rows === 0) return [];
  // a mark at the start of the block is part of its first field
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (text.length !== bytes.length) {
    const lines = text.split(/\r?\n/).filter((line) => line !== '');
    return lines.map((line) => line.split(delimiter));
  }
  const list: string[][] = [];
  for (let at = 0; at < fields.length; ) {
    const row: string[] = [];
    for (let j = 0; j < width; j++, at += FIELD) row.push(text.slice(fields[at], fields[at + 1]));
    list.push(row);
  }
  return list;
}
