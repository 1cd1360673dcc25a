// Rows of a stream in chunks of one size, and the columns of a chunk.
import { columnBuilder } from './build-table.ts';
import { CHUNK_ROWS } from './row-source.ts';
import type { Column, RawRows } from './table.ts';

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

/** Rows that tell whether the texts of a column repeat. */
const SAMPLE_ROWS = 512;

/** A column's texts and codes. High-cardinality columns skip deduplication: they get a text for each row. */
export function encodeColumn(name: string, rows: readonly (readonly string[])[], j: number): Column {
  const first = new Set(rows.slice(0, SAMPLE_ROWS).map((fields) => fields[j]));
  if (first.size > SAMPLE_ROWS / 2) {
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
