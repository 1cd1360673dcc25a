// A table that is larger than memory: chunks of 16,384 rows in a file. In memory are a label and a hash for each row.
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { yieldToEventLoop } from '../io/progress.ts';
import { openRandomAccess } from '../io/random-access.ts';
import { chunksOf, concat, nameOf, type Source } from '../io/source.ts';
import { openTempFiles, type TempFile } from '../io/temp-file.ts';
import { checkHeader, columnBuilder, noRows } from './build-table.ts';
import { encodeColumn, inChunks } from './chunks.ts';
import { hashRows } from './hash.ts';
import { openTable } from './read-table.ts';
import { CHUNK_ROWS } from './row-source.ts';
import type { Column, RawRows, StoredTable, Table, TableOptions } from './table.ts';
import { labelsOf } from './target.ts';

/** A label with more values than this is none. */
const MAX_LABELS = 65536;

/** How storeTable reads, and where it keeps rows. */
export interface StoreOptions extends TableOptions, ProgressOptions {
  /** Where the rows are kept; default the system's folder for temporary files. They are gone with the program. */
  readonly folder?: string | undefined;
}

/**
 * Reads CSV, NDJSON or Parquet chunk by chunk into a file. What it takes of memory: 13 bytes a row, and a chunk.
 * For Node, Deno and Bun.
 * @throws DebkdError as readTable; `source` when the folder cannot be written or is full
 */
export async function storeTable(source: Source, options: StoreOptions = {}): Promise<StoredTable> {
  const openTempFile = await openTempFiles(options.folder);
  const file = await openRandomAccess(source);
  const bytes = file?.byteLength;
  await file?.close();
  const { rows } = await openTable(chunksOf(source), nameOf(source), source);
  return store(rows, options, openTempFile, bytes);
}

/** Where a chunk lies, and how long the texts of each of its columns are. */
interface StoredChunk {
  readonly at: number;
  readonly rows: number;
  readonly columns: readonly { readonly bytes: number; readonly json: boolean; readonly some: boolean }[];
}

async function store(
  source: RawRows,
  options: StoreOptions,
  openTempFile: () => TempFile,
  bytes: number | undefined,
): Promise<StoredTable> {
  const { name, header } = source;
  const drop = checkHeader(source, options);
  const { target } = options;
  const file = openTempFile();
  try {
    const places: StoredChunk[] = [];
    const hashes = growing();
    const label = target === undefined ? undefined : cappedBuilder(target, name);
    const at = target === undefined ? -1 : header.indexOf(target);
    const features = header.map((column) => column !== target && !drop.has(column));
    let rows = 0;
    let read = 0;
    for await (const chunk of inChunks(source.chunks)) {
      options.signal?.throwIfAborted();
      const columns = header.map((column, j) => encodeColumn(column, chunk, j));
      places.push(append(file, columns, chunk.length));
      hashes.add(
        hashRows(
          columns.filter((_, j) => features[j]),
          chunk.length,
        ),
      );
      if (label) for (const fields of chunk) label.add(fields[at] as string);
      rows += chunk.length;
      read += columns.reduce((sum, { codes, texts }) => sum + average(texts) * codes.length + codes.length, 0);
      const total = bytes === undefined ? rows : Math.max(rows, Math.round((rows * bytes) / Math.max(1, read)));
      options.onProgress?.({ stage: 'reading rows', done: rows, total });
      await yieldToEventLoop();
    }
    options.onProgress?.({ stage: 'reading rows', done: rows, total: rows });
    if (rows === 0) noRows(name);
    const column = label?.finish();
    const labelled = column
      ? labelsOf(column, options.positive, name, options.missing)
      : { labels: new Int8Array(rows).fill(-1) };
    const missing = options.missing && { missing: options.missing };
    const known = { name, rows, ...missing, ...labelled, hashes: hashes.finish() };
    const chunk = openChunks(file, places, header, drop, known);
    return {
      ...known,
      columns: header.filter((_, j) => features[j]),
      dropped: header.filter((column) => drop.has(column)),
      ...{ chunks: places.length, chunk: chunk, openTempFile, [dispose]: () => file[dispose]() },
    };
  } catch (error) {
    file[dispose]();
    throw error;
  }
}

function average(texts: readonly string[]): number {
  let sum = 0;
  for (let i = 0; i < texts.length; i += 97) sum += (texts[i] as string).length;
  return sum / Math.max(1, Math.ceil(texts.length / 97));
}

/** Texts that no field of a table is likely to hold stand between others. */
const BETWEEN = '\u001f';
/** Halves of a pair, which UTF-8 has no bytes for. */
const HALVES = /[\ud800-\udfff]/u;

function append(file: TempFile, columns: readonly Column[], rows: number): StoredChunk {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const kinds = columns.map(({ codes, texts }) => {
    const joined = texts.join(BETWEEN);
    const json = HALVES.test(joined) || texts.some((text) => text.includes(BETWEEN));
    const bytes = encoder.encode(json ? JSON.stringify(texts) : joined);
    const words = Uint16Array.from(codes);
    parts.push(bytes, new Uint8Array(words.buffer));
    return { bytes: bytes.length, json, some: texts.length > 0 };
  });
  return { at: file.append(concat(parts)), rows, columns: kinds };
}

function openChunks(
  file: TempFile,
  places: readonly StoredChunk[],
  header: readonly string[],
  drop: ReadonlySet<string>,
  known: Pick<Table, 'name' | 'target' | 'missing' | 'labels' | 'hashes'>,
): (k: number) => Table {
  let last: { readonly k: number; readonly table: Table } | undefined;
  return (k) => {
    if (last?.k === k) return last.table;
    const { at, rows, columns } = places[k] as StoredChunk;
    const decoder = new TextDecoder();
    const length = columns.reduce((sum, { bytes }) => sum + bytes + 2 * rows, 0);
    const content = file.read(at, length);
    let from = 0;
    const all = columns.map(({ bytes, json, some }, j): Column => {
      const text = decoder.decode(content.subarray(from, from + bytes));
      const codes = Uint32Array.from(new Uint16Array(content.slice(from + bytes, from + bytes + 2 * rows).buffer));
      from += bytes + 2 * rows;
      const texts = json ? (JSON.parse(text) as string[]) : some ? text.split(BETWEEN) : [];
      return { name: header[j] as string, codes, texts };
    });
    const before = k * CHUNK_ROWS;
    const table: Table = {
      ...{ ...known, rows, before },
      columns: all.filter(({ name }) => name !== known.target?.name && !drop.has(name)),
      dropped: all.filter(({ name }) => drop.has(name)),
      labels: known.labels.subarray(before, before + rows),
      hashes: known.hashes.subarray(2 * before, 2 * (before + rows)),
    };
    last = { k, table };
    return table;
  };
}

function cappedBuilder(name: string, data: string): ReturnType<typeof columnBuilder> {
  const builder = columnBuilder(name);
  const seen = new Set<string>();
  return {
    add(text) {
      if (seen.size <= MAX_LABELS && !seen.has(text)) seen.add(text);
      if (seen.size > MAX_LABELS) {
        throw new DebkdError(
          'target',
          `data ${quote(data, 200)}, target ${quote(name)}: more than ${MAX_LABELS} different values, expected two; name a binary column with --target`,
        );
      }
      builder.add(text);
    },
    finish: builder.finish,
  };
}

function growing(): { add(words: Uint32Array): void; finish(): Uint32Array } {
  let all = new Uint32Array(2 * CHUNK_ROWS);
  let length = 0;
  return {
    add(words) {
      if (length + words.length > all.length) {
        const longer = new Uint32Array(Math.max(length + words.length, Math.ceil(1.5 * all.length)));
        longer.set(all.subarray(0, length));
        all = longer;
      }
      all.set(words, length);
      length += words.length;
    },
    finish: () => all.slice(0, length),
  };
}
