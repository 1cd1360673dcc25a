// Row hashes: SHA-256 over a row's feature fields as an RFC 4180 line, regardless of the file's quoting.
import { concat } from '../io/source.ts';
import { openArena } from '../kernels/memory.ts';
import { quoteField } from './csv-field.ts';
import type { Column } from './table.ts';

/** Rows that the kernel hashes in one call. */
const CHUNK = 16384;

/**
 * Hashes rows: the first two 32-bit words of each SHA-256, [rows x 2]. The field of an image is the SHA-256 of its bytes, because its
 * path says nothing about it.
 */
export function hashRows(columns: readonly Column[], rows: number): Uint32Array {
  const fields = columns.map(({ texts, images }) =>
    texts.map((text) => (images ? images.digest(text) : quoteField(text))),
  );
  const out = new Uint32Array(2 * rows);
  for (let from = 0; from < rows; from += CHUNK) {
    const n = Math.min(CHUNK, rows - from);
    const lines = Array.from({ length: n }, (_, i) => {
      let line = '';
      for (let j = 0; j < columns.length; j++) {
        line += (j > 0 ? ',' : '') + (fields[j]?.[columns[j]?.codes[from + i] as number] as string);
      }
      return line;
    });
    out.set(hashLines(lines), 2 * from);
  }
  return out;
}

function hashLines(lines: readonly string[]): Uint32Array {
  const encoder = new TextEncoder();
  let bytes = encoder.encode(lines.join(''));
  const offsets = new Uint32Array(lines.length + 1);
  const characters = lines.reduce((sum, line) => sum + line.length, 0);
  if (bytes.length === characters) {
    lines.forEach((line, i) => {
      offsets[i + 1] = (offsets[i] as number) + line.length;
    });
  } else {
    // not ASCII: bytes and characters differ, so find each line's end by encoding it separately
    const parts = lines.map((line) => encoder.encode(line));
    parts.forEach((part, i) => {
      offsets[i + 1] = (offsets[i] as number) + part.length;
    });
    bytes = concat(parts);
  }
  using arena = openArena();
  const data = arena.put(bytes);
  const ends = arena.put(offsets);
  const words = arena.reserve(8 * lines.length);
  arena.kernels.hashRows(data, ends, lines.length, words, arena.reserve(32));
  return arena.u32(words, 2 * lines.length);
}
