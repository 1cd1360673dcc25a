// A Bloom filter (Bloom 1970) of the rows that a student was trained on: two bytes per row, without the rows
// themselves.
import { fromBase64, toBase64 } from '../io/base64.ts';

const BITS_PER_ROW = 16;
const HASHES = 7;
const MAX_BITS = 2 ** 24;

/** A filter as JSON. */
export interface RowFilter {
  /** Number of rows in the filter. */
  readonly rows: number;
  /** Names of the features that the hashes cover, in their order. */
  readonly columns: readonly string[];
  /** The bits, as base64. */
  readonly bits: string;
}

/**
 * Makes a filter of the given rows.
 * @param hashes of all rows (Table.hashes)
 * @param rows row numbers
 * @returns undefined without rows, or with more than the largest filter takes
 */
export function makeRowFilter(
  hashes: Uint32Array,
  rows: Uint32Array,
  columns: readonly string[],
): RowFilter | undefined {
  const size = 8 * Math.ceil((BITS_PER_ROW * rows.length) / 8);
  if (size === 0 || size > MAX_BITS) return undefined;
  const bits = new Uint8Array(size / 8);
  for (const row of rows)
    for (const bit of bitIndices(hashes, row, size)) bits[bit >>> 3] = (bits[bit >>> 3] as number) | (1 << (bit & 7));
  return { rows: rows.length, columns, bits: toBase64(bits) };
}

/** Counts the rows that are in the filter; fewer than one in a thousand other rows are counted, too. */
export function countKnownRows(filter: RowFilter, hashes: Uint32Array, rows: Uint32Array): number {
  const bits = fromBase64(filter.bits);
  const size = 8 * bits.length;
  return Array.from(rows).filter((row) =>
    bitIndices(hashes, row, size).every((bit) => ((bits[bit >>> 3] as number) >>> (bit & 7)) & 1),
  ).length;
}

function bitIndices(hashes: Uint32Array, row: number, size: number): number[] {
  const [a, b] = [hashes[2 * row] as number, (hashes[2 * row + 1] as number) | 1];
  return Array.from({ length: HASHES }, (_, k) => ((a + Math.imul(k, b)) >>> 0) % size);
}

/** Checks a filter that was read from a file; undefined if it is absent or damaged. */
export function parseRowFilter(value: unknown): RowFilter | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { rows, columns, bits } = value as Partial<Record<keyof RowFilter, unknown>>;
  const complete = Number.isSafeInteger(rows) && Array.isArray(columns) && typeof bits === 'string' && bits.length > 0;
  return complete && /^[A-Za-z0-9+/]+=*$/.test(bits) ? (value as RowFilter) : undefined;
}
