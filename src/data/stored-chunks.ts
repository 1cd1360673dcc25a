// Chunks of a stored table in its file: each column as UTF-8 texts, then one 16-bit code per row.
import { concat } from '../io/source.ts';
import type { TempFile } from '../io/temp-file.ts';
import { CHUNK_ROWS } from './row-source.ts';
import type { Column, Table } from './table.ts';

/** Where a chunk begins in the file, and how the texts of each column are stored. */
export interface StoredChunk {
  readonly at: number;
  readonly rows: number;
  readonly columns: readonly StoredTexts[];
}

interface StoredTexts {
  readonly bytes: number;
  /** Whether the texts are JSON; otherwise a separator joins them. */
  readonly json: boolean;
  /** Whether the column has no texts; joined, it looks like a column of one empty text. */
  readonly empty: boolean;
}

/** Joins texts: a control character (unit separator) that fields rarely hold. */
const SEPARATOR = '\u001f';
/** Unpaired surrogates, which UTF-8 cannot encode; JSON escapes them. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Appends a chunk to the file. */
export function appendChunk(file: TempFile, columns: readonly Column[], rows: number): StoredChunk {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const stored = columns.map(({ codes, texts }): StoredTexts => {
    const joined = texts.join(SEPARATOR);
    const json = LONE_SURROGATE.test(joined) || texts.some((text) => text.includes(SEPARATOR));
    const bytes = encoder.encode(json ? JSON.stringify(texts) : joined);
    const words = Uint16Array.from(codes);
    parts.push(bytes, new Uint8Array(words.buffer));
    return { bytes: bytes.length, json, empty: texts.length === 0 };
  });
  return { at: file.append(concat(parts)), rows, columns: stored };
}

export interface ChunkReaderOptions {
  /** All chunks of the file, in order. */
  readonly chunks: readonly StoredChunk[];
  /** Names of the columns of a chunk. */
  readonly header: readonly string[];
  readonly drop: ReadonlySet<string>;
  /** Members of the whole table. */
  readonly shared: Pick<Table, 'name' | 'target' | 'missing' | 'labels' | 'hashes'>;
}

/** Makes StoredTable.chunk: it reads chunk k as a table, and keeps the last. */
export function chunkReader(
  file: TempFile,
  { chunks, header, drop, shared }: ChunkReaderOptions,
): (k: number) => Table {
  let last: { readonly k: number; readonly table: Table } | undefined;
  return (k) => {
    if (last?.k === k) return last.table;
    const { at, rows, columns } = chunks[k] as StoredChunk;
    const decoder = new TextDecoder();
    const length = columns.reduce((sum, { bytes }) => sum + bytes + 2 * rows, 0);
    const content = file.read(at, length);
    let from = 0;
    const all = columns.map(({ bytes, json, empty }, j): Column => {
      const text = decoder.decode(content.subarray(from, from + bytes));
      const codes = Uint32Array.from(new Uint16Array(content.slice(from + bytes, from + bytes + 2 * rows).buffer));
      from += bytes + 2 * rows;
      const texts = json ? (JSON.parse(text) as string[]) : empty ? [] : text.split(SEPARATOR);
      return { name: header[j] as string, codes, texts };
    });
    const before = k * CHUNK_ROWS;
    const table: Table = {
      ...shared,
      rows,
      before,
      columns: all.filter(({ name }) => name !== shared.target?.name && !drop.has(name)),
      dropped: all.filter(({ name }) => drop.has(name)),
      labels: shared.labels.subarray(before, before + rows),
      hashes: shared.hashes.subarray(2 * before, 2 * (before + rows)),
    };
    last = { k, table };
    return table;
  };
}
