// The columns of a table in chunks of CHUNK_ROWS rows, read from lists of fields or from bytes.
import { columnBuilder } from './build-table.ts';
import { addPart, byteColumnBuilders } from './byte-column-builder.ts';
import { FIELD, isFieldBlock, type RowPart } from './field-block.ts';
import { hashPart, hashRows } from './hash.ts';
import { CHUNK_ROWS } from './row-source.ts';
import type { Column, RawRows } from './table.ts';

/** The columns of some consecutive rows. */
export interface ColumnChunk {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** The rows as lists of fields, if they were read as such. */
  readonly fields?: readonly (readonly string[])[];
  /** Hashes of the rows, as in Table, if they are asked for. */
  readonly hashes?: Uint32Array;
}

/**
 * Reads all rows; the last chunk may have fewer than CHUNK_ROWS.
 * @param hashed whether each column is a feature, for hashes; undefined: no hashes are needed
 */
export function columnChunks(source: RawRows, hashed?: readonly boolean[]): AsyncGenerator<ColumnChunk> {
  return source.parts ? chunksOfParts(source.parts, source.header, hashed) : chunksOfRows(source, hashed);
}

async function* chunksOfRows({ header, chunks }: RawRows, hashed?: readonly boolean[]): AsyncGenerator<ColumnChunk> {
  const chunkOf = (fields: readonly (readonly string[])[]): ColumnChunk => {
    const columns = header.map((column, j) => encodeColumn(column, fields, j));
    const features = columns.filter((_, j) => hashed?.[j]);
    return { rows: fields.length, columns, fields, ...(hashed && { hashes: hashRows(features, fields.length) }) };
  };
  for await (const fields of inChunks(chunks)) yield chunkOf(fields);
}

/** Regroups rows into chunks of CHUNK_ROWS; the last may be shorter. */
async function* inChunks(chunks: RawRows['chunks']): AsyncGenerator<readonly (readonly string[])[]> {
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

async function* chunksOfParts(
  parts: NonNullable<RawRows['parts']>,
  header: readonly string[],
  hashed?: readonly boolean[],
): AsyncGenerator<ColumnChunk> {
  let builders = byteColumnBuilders(header);
  let hashes = new Uint32Array(2 * CHUNK_ROWS);
  let rows = 0;
  const add = (part: RowPart): void => {
    addPart(builders, part);
    if (hashed) hashes.set(hashPart(part, hashed), 2 * rows);
    rows += isFieldBlock(part) ? part.rows : part.length;
  };
  const finish = (): ColumnChunk => {
    const columns = builders.map((builder) => builder.finish());
    const chunk = { rows, columns, ...(hashed && { hashes: hashes.subarray(0, 2 * rows) }) };
    builders = byteColumnBuilders(header);
    hashes = new Uint32Array(2 * CHUNK_ROWS);
    rows = 0;
    return chunk;
  };
  for await (const several of parts) {
    for (const part of several) {
      const length = isFieldBlock(part) ? part.rows : part.length;
      for (let from = 0; from < length; ) {
        const to = Math.min(length, from + CHUNK_ROWS - rows);
        add(slicePart(part, from, to));
        from = to;
        if (rows === CHUNK_ROWS) yield finish();
      }
    }
  }
  if (rows > 0) yield finish();
}

/** Rows [from, to) of a part. */
function slicePart(part: RowPart, from: number, to: number): RowPart {
  if (!isFieldBlock(part)) return part.slice(from, to);
  if (from === 0 && to === part.rows) return part;
  const step = FIELD * part.width;
  return { ...part, fields: part.fields.subarray(step * from, step * to), rows: to - from };
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
