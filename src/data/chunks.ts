// Rows of a stream in pieces of one size, and the columns of a piece.
import { columnBuilder } from './build-table.ts';
import type { Column, RawRows } from './table.ts';

/** Rows of a piece; the last may have fewer. Codes of its columns fit 16 bits. */
export const CHUNK_ROWS = 16384;

/** Rows, so many at a time. */
export async function* inChunks(chunks: RawRows['chunks']): AsyncGenerator<readonly (readonly string[])[]> {
  let held: (readonly string[])[] = [];
  for await (const chunk of chunks) {
    for (const row of chunk) {
      held.push(row);
      if (held.length < CHUNK_ROWS) continue;
      yield held;
      held = [];
    }
  }
  if (held.length > 0) yield held;
}

/** Rows by which a column is judged. */
const FIRST = 512;

/** Texts of a column that seldom repeat are not compared: there is one for each row. */
export function encodeColumn(name: string, rows: readonly (readonly string[])[], j: number): Column {
  const first = new Set(rows.slice(0, FIRST).map((fields) => fields[j]));
  if (first.size > FIRST / 2) {
    const texts: string[] = [];
    const codes = new Uint32Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      texts.push((rows[i] as readonly string[])[j] as string);
      codes[i] = i;
    }
    return { name, codes, texts };
  }
  const builder = columnBuilder(name);
  for (const fields of rows) builder.add(fields[j] as string);
  return builder.finish();
}
