// Chunks of a stored table in its file. A column of a chunk has four parts there: the numbers of its texts, if any text is one; a
// 16-bit code for each row; where the texts end; and their UTF-8. Each is read when it is needed: a column of numbers is
// never parsed again, and its texts are seldom read.
import { concat } from '../io/source.ts';
import type { TempFile } from '../io/temp-file.ts';
import { areWellFormed, type ByteTexts, byteColumn, byteTextsOf, encodeTexts, openByteTexts } from './byte-texts.ts';
import { numbersOf } from './parse-numbers.ts';
import { rowForm } from './row-form.ts';
import { CHUNK_ROWS } from './row-source.ts';
import type { Column, Table } from './table.ts';

/** Where the columns of a chunk are. */
export interface StoredChunk {
  readonly rows: number;
  readonly columns: readonly StoredColumn[];
}

interface StoredColumn {
  /** The position of its first part. */
  readonly at: number;
  /** Number of texts. */
  readonly count: number;
  /** Whether any text is a number. */
  readonly hasNumbers: boolean;
  /** Bytes of the texts. */
  readonly bytes: number;
  /** Whether the bytes are the texts as JSON, because UTF-8 cannot encode them; then there are no numbers and no ends. */
  readonly json: boolean;
}

/** Appends a chunk to the file. */
export function appendChunk(file: TempFile, columns: readonly Column[], rows: number): StoredChunk {
  return { rows, columns: columns.map((column) => appendColumn(file, column)) };
}

function appendColumn(file: TempFile, given: Column): StoredColumn {
  const form = rowForm(given);
  // where all are numbers or empty, no message can name the first row of a text
  const column = form === given || isAllNumbers(byteTextsOf(form)) ? form : given;
  const codes = bytesOf(Uint16Array.from(column.codes));
  const found = byteTextsOf(column);
  if (!found && !areWellFormed(column.texts)) {
    const bytes = new TextEncoder().encode(JSON.stringify(column.texts));
    const at = file.append(concat([codes, bytes]));
    return { at, count: column.texts.length, hasNumbers: false, bytes: bytes.length, json: true };
  }
  const { bytes, ends } = found?.content() ?? encodeTexts(column.texts);
  const numbers = found?.numbers() ?? numbersOf({ bytes, ends });
  const hasNumbers = numbers.some((x) => !Number.isNaN(x));
  const at = file.append(concat([...(hasNumbers ? [bytesOf(numbers)] : []), codes, bytesOf(ends), bytes]));
  return { at, count: ends.length - 1, hasNumbers, bytes: bytes.length, json: false };
}

function isAllNumbers(texts: ByteTexts | undefined): boolean {
  if (!texts) return false;
  const { ends } = texts.content();
  return texts.numbers().every((x, k) => Number.isFinite(x) || ends[k] === ends[k + 1]);
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Opens a column of a chunk of `rows` rows. */
function openColumn(file: TempFile, name: string, stored: StoredColumn, rows: number): Column {
  const { at, count, hasNumbers, bytes, json } = stored;
  const codesAt = at + (hasNumbers ? 8 * count : 0);
  const codes = (): Uint32Array => new Uint32Array(new Uint16Array(file.read(codesAt, 2 * rows).buffer));
  const endsAt = codesAt + 2 * rows;
  if (json) {
    const texts = JSON.parse(new TextDecoder().decode(file.read(endsAt, bytes))) as string[];
    return { name, codes: codes(), texts };
  }
  const texts = openByteTexts(count, {
    content: () => ({
      ends: new Uint32Array(file.read(endsAt, 4 * (count + 1)).buffer),
      bytes: file.read(endsAt + 4 * (count + 1), bytes),
    }),
    numbers: () => (hasNumbers ? new Float64Array(file.read(at, 8 * count).buffer) : new Float64Array(count).fill(NaN)),
  });
  return byteColumn(name, codes, texts);
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

/** Makes StoredTable.chunk: it opens chunk k as a table whose columns are read when they are needed, and keeps the last. */
export function chunkReader(
  file: TempFile,
  { chunks, header, drop, shared }: ChunkReaderOptions,
): (k: number) => Table {
  let last: { readonly k: number; readonly table: Table } | undefined;
  return (k) => {
    if (last?.k === k) return last.table;
    const { rows, columns } = chunks[k] as StoredChunk;
    const all = columns.map((stored, j) => openColumn(file, header[j] as string, stored, rows));
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
