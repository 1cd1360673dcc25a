// A row's identity: SHA-256 over its feature fields as an RFC 4180 line, whatever the file's own quoting.
import { openArena } from '../kernels/memory.ts';
import type { Column } from './table.ts';

const CHUNK = 16384;

/** The first two 32-bit words of each row's hash; [rows x 2]. */
export function hashRows(columns: readonly Column[], rows: number): Uint32Array {
  const encoder = new TextEncoder();
  const fields = columns.map((column) => column.texts.map((text) => encoder.encode(quoteField(text))));
  const out = new Uint32Array(2 * rows);
  for (let from = 0; from < rows; from += CHUNK) {
    const n = Math.min(CHUNK, rows - from);
    out.set(hashChunk(columns, fields, from, n), 2 * from);
  }
  return out;
}

function hashChunk(columns: readonly Column[], fields: Uint8Array[][], from: number, n: number): Uint32Array {
  const field = (j: number, row: number): Uint8Array => fields[j]?.[columns[j]?.codes[row] as number] as Uint8Array;
  const offsets = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++) {
    let length = columns.length - 1;
    for (let j = 0; j < columns.length; j++) length += field(j, from + i).length;
    offsets[i + 1] = (offsets[i] as number) + length;
  }
  const lines = new Uint8Array(offsets[n] as number).fill(0x2c);
  for (let i = 0; i < n; i++) {
    let at = offsets[i] as number;
    for (let j = 0; j < columns.length; j++) {
      const bytes = field(j, from + i);
      lines.set(bytes, at);
      at += bytes.length + 1;
    }
  }
  using arena = openArena();
  const data = arena.put(lines);
  const ends = arena.put(offsets);
  const words = arena.reserve(8 * n);
  arena.kernels.hashRows(data, ends, n, words, arena.reserve(32));
  return arena.u32(words, 2 * n);
}

/** A field as RFC 4180 writes it: quoted only where needed. */
export function quoteField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
