// A Bloom filter of rows (Bloom 1970): which rows a student was trained on, in two bytes a row, without the rows themselves.
import { fromBase64, toBase64 } from '../io/base64.ts';

const BITS_A_ROW = 16;
const HASHES = 7;
const MAX_BITS = 2 ** 24;

/** JSON of a filter. */
export interface RowFilter {
  /** Rows that were put in. */
  readonly rows: number;
  /** Names of the features that rows are told by, in their order. */
  readonly columns: readonly string[];
  /** The filter's bits. */
  readonly bits: string;
}

/**
 * @param hashes of all rows (Table.hashes)
 * @param rows which of them are put in
 * @returns undefined where they are too many for a filter to tell apart
 */
export function makeRowFilter(
  hashes: Uint32Array,
  rows: Uint32Array,
  columns: readonly string[],
): RowFilter | undefined {
  const size = 8 * Math.ceil((BITS_A_ROW * rows.length) / 8);
  if (size === 0 || size > MAX_BITS) return undefined;
  const bits = new Uint8Array(size / 8);
  for (const row of rows)
    for (const place of placesOf(hashes, row, size))
      bits[place >>> 3] = (bits[place >>> 3] as number) | (1 << (place & 7));
  return { rows: rows.length, columns, bits: toBase64(bits) };
}

/** How many of the rows are in the filter; of rows that are not, one in some thousand is counted, too. */
export function countKnownRows(filter: RowFilter, hashes: Uint32Array, rows: Uint32Array): number {
  const bits = fromBase64(filter.bits);
  const size = 8 * bits.length;
  return Array.from(rows).filter((row) =>
    placesOf(hashes, row, size).every((place) => ((bits[place >>> 3] as number) >>> (place & 7)) & 1),
  ).length;
}

function placesOf(hashes: Uint32Array, row: number, size: number): number[] {
  const [a, b] = [hashes[2 * row] as number, (hashes[2 * row + 1] as number) | 1];
  return Array.from({ length: HASHES }, (_, k) => ((a + Math.imul(k, b)) >>> 0) % size);
}

/** The filter in a record that was read; undefined where it has none, or it is damaged. */
export function parseRowFilter(value: unknown): RowFilter | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { rows, columns, bits } = value as Partial<Record<keyof RowFilter, unknown>>;
  const whole = Number.isSafeInteger(rows) && Array.isArray(columns) && typeof bits === 'string' && bits.length > 0;
  return whole && /^[A-Za-z0-9+/]+=*$/.test(bits) ? (value as RowFilter) : undefined;
}
