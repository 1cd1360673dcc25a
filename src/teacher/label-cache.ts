// The content-addressed cache of a teacher's answers. The key of a block of rows covers everything that its margins
// depend on: the teacher, the rows and their order. Shuffled, changed or re-encoded rows have another key; damaged
// entries are ignored.
import { areWellFormed, byteTextsOf, encodeTexts } from '../data/byte-texts.ts';
import type { ImageFiles } from '../data/image-files.ts';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { rowForm } from '../data/row-form.ts';
import type { Column } from '../data/table.ts';
import type { TextBytes } from '../data/text-bytes.ts';
import { decodeEntry, ENTRY_FORMAT, encodeEntry } from '../io/entry.ts';
import { littleEndian, readDoubles } from '../io/little-endian.ts';
import { digestOf, sha256 } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { VERSION } from '../version.ts';
import type { Teacher } from './teacher.ts';
import type { TextCounts } from './text-inputs.ts';

/** Rows per cache entry; the last entry of a table may have fewer. */
export const CACHE_ENTRY_ROWS = 16384;

/** A teacher's answers for a block of rows. */
export interface CachedLabels {
  /** Log-odds, float64 [rows]. */
  readonly margins: Float64Array;
  /** Rows whose margin was limited, because the output is a probability that rounds to 0 or 1. */
  readonly clippedCount: number;
  /** Texts that were cut or empty; absent for a teacher that reads no text. */
  readonly texts?: TextCounts;
}

/** Whether the first rows decide which column a teacher of text or of images reads. */
export function awaitsTable({ text, image }: Pick<Teacher, 'text' | 'image'>): boolean {
  return (text !== undefined && !text.columns) || (image !== undefined && image.column === undefined);
}

/** The rows with only the columns that a teacher of text or of images reads; all columns for other teachers. */
export function takenRows(
  { text, image }: Pick<Teacher, 'text' | 'image'>,
  rows: Matrix | RawColumns,
): Matrix | RawColumns {
  const names = text?.columns ?? (image?.column === undefined ? undefined : [image.column]);
  if (!names || 'data' in rows) return rows;
  const columns = names.flatMap((name) => rows.columns.find((column) => column.name === name) ?? []);
  return columns.length === names.length ? { ...rows, columns } : rows;
}

/**
 * The key of a block of rows for a teacher.
 * @param identity Teacher.identity
 * @param layer the hidden layer, for features; default: labels
 */
export function labelKey(identity: string, rows: Matrix | RawColumns, layer?: string): string {
  return digestOf([
    ENTRY_FORMAT,
    VERSION,
    identity,
    layer ?? null,
    rows.rows,
    'data' in rows ? ofMatrix(rows) : ofColumns(rows),
  ]);
}

function ofMatrix({ fields, width, fieldColumns, data }: Matrix): unknown[] {
  return ['matrix', fields, width, digest(fieldColumns), digest(data)];
}

/**
 * Equal rows have the same key, however their tables number the texts. Images count by their bytes, not by their paths.
 */
function ofColumns({ columns, missing }: RawColumns): unknown[] {
  const parts = columns.map((column) => {
    const { name, codes, images } = column;
    if (images)
      return [
        name,
        'images',
        sha256(concat(Array.from(codes, (code) => digestBytes(images, column.texts[code] as string)))),
      ];
    return [name, digestTexts(column)];
  });
  return ['columns', missing ?? null, parts];
}

/** The SHA-256 of the texts of all rows, each after its length. */
function digestTexts(given: Column): string {
  const column = rowForm(given);
  const { codes } = column;
  const { bytes, ends } = byteTextsOf(column)?.content() ?? encodeStrings(column.texts);
  const lengthOf = (code: number): number => (ends[code + 1] as number) - (ends[code] as number);
  let size = 4 * codes.length;
  for (let i = 0; i < codes.length; i++) size += lengthOf(codes[i] as number);
  const all = new Uint8Array(size);
  const view = new DataView(all.buffer);
  let to = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    view.setUint32(to, lengthOf(code), true);
    to += 4;
    for (let from = ends[code] as number; from < (ends[code + 1] as number); from++) all[to++] = bytes[from] as number;
  }
  return sha256(all);
}

/** Texts that UTF-8 cannot encode count as JSON. */
function encodeStrings(texts: readonly string[]): TextBytes {
  return encodeTexts(areWellFormed(texts) ? texts : texts.map((text) => JSON.stringify(text)));
}

function digestBytes(images: ImageFiles, text: string): Uint8Array {
  return new TextEncoder().encode(images.digest(text));
}

function digest(words: Int32Array | Uint32Array): string {
  return sha256(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
}

/** Encodes margins as an entry; its count is the number of limited margins. The counts of texts follow the margins. */
export function encodeLabels(key: string, { margins, clippedCount, texts }: CachedLabels): Uint8Array {
  const numbers = texts ? Float64Array.of(texts.cut, texts.empty) : undefined;
  const body = littleEndian(margins);
  return encodeEntry(key, clippedCount, numbers ? concat([body, littleEndian(numbers)]) : body);
}

/** Decodes an entry; undefined if the bytes are not a complete entry of this key and number of rows. */
export function decodeLabels(key: string, bytes: Uint8Array, rows: number): CachedLabels | undefined {
  const entry = decodeEntry(key, bytes);
  if (entry?.body.length !== 8 * rows && entry?.body.length !== 8 * (rows + 2)) return undefined;
  const numbers = readDoubles(entry.body);
  const labels = { margins: numbers.slice(0, rows), clippedCount: entry.count };
  if (numbers.length === rows) return labels;
  return { ...labels, texts: { cut: numbers[rows] as number, empty: numbers[rows + 1] as number } };
}
