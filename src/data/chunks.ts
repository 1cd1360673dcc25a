// Regroups a stream of rows into chunks of CHUNK_ROWS rows, and encodes the columns of a chunk.
import { columnBuilder } from './build-table.ts';
import { CHUNK_ROWS } from './row-source.ts';
import type { Column, RawRows } from './table.ts';

/** Regroups rows into chunks of CHUNK_ROWS; the last may be shorter. */
export async function* inChunks(chunks: RawRows['chunks']): AsyncGenerator<readonly (readonly string[])[]> {
  let pending: (readonly string[])[] = [];
  for await (const chunk of chunks) {
    for (const row of chunk) {
      pending.push(row);
      if (pending.length < CHUNK_ROWS) continue;
      yield pending;
      pending = [];
    }
  }
  if (pending.length > 0) yield pending;
}

/** Number of leading rows that decide whether a column has high cardinality. */
const SAMPLE_ROWS = 512;

/**
 * Encodes a column of a chunk. High-cardinality columns skip deduplication: they get a text for each row.
 * @param j index of the column
 */
export function encodeColumn(name: string, rows: readonly (readonly string[])[], j: number): Column {
  const sample = new Set(rows.slice(0, SAMPLE_ROWS).map((fields) => fields[j]));
  if (sample.size > SAMPLE_ROWS / 2) {
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
