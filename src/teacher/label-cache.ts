// The content-addressed cache of a teacher's answers. The key of a block of rows covers everything that its margins
// depend on: the teacher, the rows and their order. Shuffled, changed or re-encoded rows have another key; damaged
// entries are ignored.
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { decodeEntry, ENTRY_FORMAT, encodeEntry } from '../io/entry.ts';
import { littleEndian, readDoubles } from '../io/little-endian.ts';
import { digestOf, sha256 } from '../io/sha256.ts';
import { VERSION } from '../version.ts';

/** Rows per cache entry; the last entry of a table may have fewer. */
export const CACHE_ENTRY_ROWS = 16384;

/** A teacher's answers for a block of rows. */
export interface CachedLabels {
  /** Log-odds, float64 [rows]. */
  readonly margins: Float64Array;
  /** Rows whose margin was limited, because the output is a probability that rounds to 0 or 1. */
  readonly clippedCount: number;
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

/** Numbers texts by first appearance, to give equal rows of different tables the same key. */
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

/** Encodes margins as an entry; its count is the number of limited margins. */
export function encodeLabels(key: string, { margins, clippedCount }: CachedLabels): Uint8Array {
  return encodeEntry(key, clippedCount, littleEndian(margins));
}

/** Decodes an entry; undefined if the bytes are not a complete entry of this key and number of rows. */
export function decodeLabels(key: string, bytes: Uint8Array, rows: number): CachedLabels | undefined {
  const entry = decodeEntry(key, bytes);
  if (entry?.body.length !== 8 * rows) return undefined;
  return { margins: readDoubles(entry.body), clippedCount: entry.count };
}
