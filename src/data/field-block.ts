// Complete lines of a CSV as bytes, with the place of each field: rows without a string for each field.
import { openArena } from '../kernels/memory.ts';
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
/** Bytes after the lines that the kernel needs. */
const ROOM = 32;
/** Bytes of the places of a field. */
const BYTES_OF_FIELD = 4 * FIELD;
const LF = 10;

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
  using arena = openArena();
  const { kernels } = arena;
  const data = arena.reserve(bytes.length + ROOM);
  arena.write(data, bytes);
  const places = arena.reserve(BYTES_OF_FIELD * bytes.length);
  const rows = kernels.splitLines(
    ...([data, bytes.length, delimiter.charCodeAt(0), Number(newline === '\r\n'), width, places] as const),
  );
  if (rows < 0) return undefined;
  const found = new Int32Array(kernels.memory.buffer, places, FIELD * width * rows);
  if (found.length > fields.length) return { rows, fields: found.slice() };
  fields.set(found);
  return { rows, fields };
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
