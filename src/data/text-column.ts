// A text column of a preprocessing: hashed n-grams. Each bucket that the training rows filled has an encoded column.
import { fromBase64, toBase64 } from '../io/base64.ts';
import { log } from '../kernels/elementary.ts';

/**
 * A text column, encoded as the set of its n-grams: words and word pairs, and character n-grams of `<word>`, hashed into
 * buckets (text/ngrams.ts). Each n-gram of a text has the same value, which makes the row as long as 1.
 */
export interface TextColumn {
  /** The column's name in tables and records. */
  readonly name: string;
  /** Hashed n-grams. */
  readonly kind: 'text';
  /** Number of buckets, a power of two from 2^10 to 2^18. */
  readonly buckets: number;
  /** The least and the most words of a word n-gram. */
  readonly words: readonly [number, number];
  /** The least and the most characters of a character n-gram. */
  readonly characters: readonly [number, number];
  /** Which buckets have an encoded column, as base64 of one bit for each bucket; the others are ignored, but for the length. */
  readonly seen: string;
  /** Weights by rarity; absent: all n-grams weigh the same. */
  readonly idf?: TextWeights;
  /** Index of its first encoded column. */
  readonly offset: number;
  /** Number of encoded columns: that of the buckets that were seen. */
  readonly width: number;
}

/**
 * The inverse document frequencies of the encoded columns: log((1 + rows) / (1 + d)) + 1, where d is the number of rows
 * with the n-gram, rounded to the middle of its power of two: 1, 2.5, 5.5, 11.5 ... (four bits instead of a float).
 */
export interface TextWeights {
  /** Number of rows that were counted. */
  readonly rows: number;
  /** The exponent of the power of two at or below d, for each encoded column, as one base-32 digit. */
  readonly levels: string;
}

/** The place of each bucket among the encoded columns of a text column, from 0; -1 for a bucket without one. [buckets] */
export function placesOf({ buckets, seen }: Pick<TextColumn, 'buckets' | 'seen'>): Int32Array {
  const bits = fromBase64(seen);
  const places = new Int32Array(buckets).fill(-1);
  let next = 0;
  for (let bucket = 0; bucket < buckets; bucket++)
    if (((bits[bucket >> 3] as number) >> (bucket & 7)) & 1) places[bucket] = next++;
  return places;
}

/** The number of buckets that `seen` marks; undefined if it is not the base64 of one bit for each bucket. */
export function widthOfSeen(seen: string, buckets: number): number | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(seen) || seen.length !== 4 * Math.ceil(buckets / 24)) return undefined;
  const bits = fromBase64(seen);
  if (bits.length !== buckets >> 3) return undefined;
  return placesOf({ buckets, seen }).reduce((width, place) => Math.max(width, place + 1), 0);
}

/** The text of `seen`. @param isSeen 1 for each bucket with an encoded column, uint8 [buckets] */
export function seenOf(isSeen: ArrayLike<number>): string {
  const bits = new Uint8Array(isSeen.length >> 3);
  for (let bucket = 0; bucket < isSeen.length; bucket++)
    if (isSeen[bucket]) bits[bucket >> 3] = (bits[bucket >> 3] as number) | (1 << (bucket & 7));
  return toBase64(bits);
}

/** The exponent of the power of two at or below a count, as one base-32 digit. */
export function levelOf(count: number): string {
  return (31 - Math.clz32(count)).toString(32);
}

/** The squares of the inverse document frequencies of a column. */
export interface Idf {
  /** For each encoded column, float64 [width]. */
  readonly squares: Float64Array;
  /** Of an n-gram without a column: no row has it. */
  readonly unseen: number;
}

function squared(x: number): number {
  return x * x;
}

/** @returns undefined where all n-grams weigh the same */
export function idfOf({ idf }: Pick<TextColumn, 'idf'>): Idf | undefined {
  if (!idf) return undefined;
  const square = (count: number): number => squared(log((1 + idf.rows) / (1 + count)) + 1);
  const byLevel = Array.from({ length: 32 }, (_, k) => square(1.5 * ((1 << k) >>> 0) - 0.5));
  return {
    squares: Float64Array.from(idf.levels, (digit) => byLevel[Number.parseInt(digit, 32)] as number),
    unseen: square(0),
  };
}
