// The cache of what a teacher says of rows, addressed by content: the key of a block of rows holds the teacher with all that its margins
// depend on, and the rows in their order. Shuffled, changed or re-encoded rows have another key, so that an entry can
// never be taken for other rows; an entry that is damaged is not used.
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { littleEndian, readDoubles } from '../io/little-endian.ts';
import { digestOf, sha256, sha256Bytes } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { VERSION } from '../version.ts';

/** Rows of a cache entry; the last of a table may have fewer. */
export const CACHE_ENTRY_ROWS = 16384;
const MAGIC = new TextEncoder().encode('debkdlab');
const FORMAT = 1;
const HEAD = 16;
const DIGEST = 32;

/** A teacher's answers for some rows. */
export interface CachedLabels {
  /** Log-odds, float64 [rows]. */
  readonly margins: Float64Array;
  /** Rows whose margin was limited because the output is a probability that rounds to 0 or 1. */
  readonly clippedCount: number;
}

/** The key of some rows for a teacher. @param identity Teacher.identity; layer: of features, not labels */
export function labelKey(identity: string, rows: Matrix | RawColumns, layer?: string): string {
  return digestOf([
    FORMAT,
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

/** By the texts that occur, numbered by first appearance: the same rows of any table give the same key. */
function ofColumns({ columns, missing }: RawColumns): unknown[] {
  const parts = columns.map(({ name, codes, texts }) => {
    const place = new Map<number, number>();
    const numbered = Uint32Array.from(codes, (code) => {
      const at = place.get(code) ?? place.size;
      place.set(code, at);
      return at;
    });
    return [name, Array.from(place.keys(), (code) => texts[code]), digest(numbered)];
  });
  return ['columns', missing ?? null, parts];
}

function digest(words: Int32Array | Uint32Array): string {
  return sha256(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
}

/** An entry's bytes: mark, format, a count, the body, SHA-256 over key and all of it. */
export function encodeEntry(key: string, count: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD + body.length);
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, FORMAT, true);
  view.setUint32(12, count, true);
  bytes.set(body, HEAD);
  return concat([bytes, sealOf(key, bytes)]);
}

/** Undefined when the bytes are not a whole entry of this key. */
export function decodeEntry(key: string, bytes: Uint8Array): { count: number; body: Uint8Array } | undefined {
  const end = bytes.length - DIGEST;
  if (end < HEAD) return undefined;
  const seal = sealOf(key, bytes.subarray(0, end));
  if (!seal.every((byte, i) => bytes[end + i] === byte)) return undefined;
  const count = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(12, true);
  return { count, body: new Uint8Array(bytes.subarray(HEAD, end)) }; // a copy: slices of a Node Buffer are views
}

/** Margins as an entry; its count is how many were limited. */
export function encodeLabels(key: string, { margins, clippedCount }: CachedLabels): Uint8Array {
  return encodeEntry(key, clippedCount, littleEndian(margins));
}

/** Undefined when the bytes are not a whole entry of this key and number of rows. */
export function decodeLabels(key: string, bytes: Uint8Array, rows: number): CachedLabels | undefined {
  const entry = decodeEntry(key, bytes);
  if (entry?.body.length !== 8 * rows) return undefined;
  return { margins: readDoubles(entry.body), clippedCount: entry.count };
}

function sealOf(key: string, bytes: Uint8Array): Uint8Array {
  return sha256Bytes(concat([new TextEncoder().encode(key), bytes]));
}
