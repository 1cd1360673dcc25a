// Reads a table larger than memory into a file, in chunks of 16,384 rows. Only a label and a hash per row stay in
// memory.
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { openRandomAccess } from '../io/random-access.ts';
import { chunksOf, nameOf, type Source } from '../io/source.ts';
import { openTempFiles, type TempFile } from '../io/temp-file.ts';
import { checkHeader, columnBuilder, noRows, notesOf, openOwnImages, readLabels } from './build-table.ts';
import { byteTextsOf, textAt } from './byte-texts.ts';
import { columnChunks } from './chunks.ts';
import { withListed } from './listed-values.ts';
import { openTable } from './read-table.ts';
import { rowForm } from './row-form.ts';
import { CHUNK_ROWS } from './row-source.ts';
import { appendChunk, chunkReader, type StoredChunk } from './stored-chunks.ts';
import type { Column, RawRows, StoredTable, TableOptions } from './table.ts';

/** Maximum distinct values of the label column, missing ones included. */
const MAX_LABELS = 65536;

/** Options of storeTable: how it reads, and where it keeps the rows. */
export interface StoreOptions extends TableOptions, ProgressOptions {
  /** Folder for the rows; default the system's temporary folder. The files are gone when the program ends. */
  readonly folder?: string | undefined;
}

/**
 * Reads CSV, NDJSON or Parquet chunk by chunk into a file. It takes 13 bytes of memory per row, and a chunk. For Node,
 * Deno and Bun.
 * @throws DebkdError as readTable; `source` if the folder cannot be written or is full
 * @example
 * using table = await storeTable('rows.csv', { target: 'label' });
 * using parts = await encodeParts(table, split(table), undefined);
 */
export async function storeTable(source: Source, options: StoreOptions = {}): Promise<StoredTable> {
  const openTempFile = await openTempFiles(options.folder);
  const file = await openRandomAccess(source);
  const bytes = file?.byteLength;
  await file?.close();
  const { rows } = await openTable(chunksOf(source), nameOf(source), source);
  return store(rows, options, openTempFile, bytes);
}

async function store(
  given: RawRows,
  options: StoreOptions,
  openTempFile: () => TempFile,
  bytes: number | undefined,
): Promise<StoredTable> {
  const source = withListed(given, options);
  const { name, header } = source;
  const drop = checkHeader(source, options);
  const { target } = options;
  const file = openTempFile();
  try {
    const chunks: StoredChunk[] = [];
    const hashes = growableWords();
    const label = target === undefined ? undefined : cappedBuilder(target, name);
    const labelIndex = target === undefined ? -1 : header.indexOf(target);
    const isFeature = header.map((column) => column !== target && !drop.has(column));
    let rows = 0;
    let bytesRead = 0; // estimated from the texts, for progress
    for await (const chunk of columnChunks(source, isFeature)) {
      options.signal?.throwIfAborted();
      const { columns } = chunk;
      chunks.push(appendChunk(file, columns, chunk.rows));
      hashes.add(chunk.hashes as Uint32Array);
      const labelColumn = columns[labelIndex];
      if (label && labelColumn) for (const code of labelColumn.codes) label.add(textAt(labelColumn, code));
      rows += chunk.rows;
      bytesRead += columns.reduce((sum, column) => sum + (averageLength(column) + 1) * chunk.rows, 0);
      const total = bytes === undefined ? rows : Math.max(rows, Math.round((rows * bytes) / Math.max(1, bytesRead)));
      options.onProgress?.({ stage: 'reading rows', done: rows, total });
      await yieldToEventLoop();
    }
    options.onProgress?.({ stage: 'reading rows', done: rows, total: rows });
    if (rows === 0) noRows(name);
    const column = label?.finish();
    const labelled = column ? readLabels(source, column, options) : { labels: new Int8Array(rows).fill(-1) };
    const missing = options.missing && { missing: options.missing };
    const notes = notesOf(source);
    const shared = { name, rows, ...missing, ...labelled, hashes: hashes.finish() };
    const table: StoredTable = {
      ...shared,
      ...notes,
      columns: header.filter((_, j) => isFeature[j]),
      dropped: header.filter((column) => drop.has(column)),
      chunks: chunks.length,
      chunk: chunkReader(file, { chunks, header, drop, shared }),
      openTempFile,
      [dispose]: () => file[dispose](),
    };
    return await openOwnImages(source, table, options);
  } catch (error) {
    file[dispose]();
    throw error;
  }
}

/** Average length of the texts, or of a sample of them. */
function averageLength(column: Column): number {
  const found = byteTextsOf(rowForm(column));
  if (found) return found.content().bytes.length / Math.max(1, found.count);
  const { texts } = column;
  let sum = 0;
  for (let i = 0; i < texts.length; i += 97) sum += (texts[i] as string).length;
  return sum / Math.max(1, Math.ceil(texts.length / 97));
}

/** A columnBuilder that refuses a label column with more than MAX_LABELS distinct values. */
function cappedBuilder(name: string, data: string): ReturnType<typeof columnBuilder> {
  const builder = columnBuilder(name);
  const seen = new Set<string>();
  return {
    add(text) {
      if (seen.size <= MAX_LABELS && !seen.has(text)) seen.add(text);
      if (seen.size > MAX_LABELS) {
        throw new DebkdError('target', {
          subject: `data ${quote(data, 200)}, target ${quote(name)}`,
          seen: `more than ${MAX_LABELS} different values`,
          expected: 'two',
          remedy: { id: 'choose-target' },
        });
      }
      builder.add(text);
    },
    finish: builder.finish,
  };
}

/** An array of words that grows as words are added. */
function growableWords(): { add(words: Uint32Array): void; finish(): Uint32Array } {
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
