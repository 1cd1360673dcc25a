// The number of each distinct text of a column. Of texts that are bytes, plain numbers are read without a string.
import { byteTextsOf } from './byte-texts.ts';
import { mayLookLikeNumber, missingTest } from './missing.ts';
import { parseNumber } from './preprocessing.ts';
import type { Column } from './table.ts';

/** Powers of ten that float64 holds exactly. */
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** Whole numbers below this one are exact, and stay so when a digit is added. */
const MAX_BEFORE_DIGIT = 2 ** 49;

/**
 * The number of each text, NaN where it is missing or no number; float64 [texts].
 * @param spellings of a missing value, as in missingTest
 */
export function columnNumbers(column: Column, spellings?: readonly string[]): Float64Array {
  const found = byteTextsOf(column);
  const missing = missingTest(spellings);
  const parse = (text: string): number => (missing(text) ? NaN : parseNumber(text));
  if (!found || mayLookLikeNumber(spellings)) return Float64Array.from(column.texts, parse);
  const { bytes, ends } = found;
  const numbers = new Float64Array(ends.length - 1);
  for (let k = 0; k < numbers.length; k++) {
    const x = parsePlain(bytes, ends[k] as number, ends[k + 1] as number);
    numbers[k] = Number.isNaN(x) ? parse(found.text(k)) : x;
  }
  return numbers;
}

/**
 * Parses bytes [from, to) where one multiplication or division of exact numbers gives the nearest float64 (Clinger 1990),
 * with the same result as parseNumber; NaN for all else.
 */
export function parsePlain(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  const sign = bytes[i];
  if (sign === 43 || sign === 45) i++;
  let digits = 0;
  let x = 0;
  let power = 0;
  for (let isFraction = false; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit >= 0 && digit <= 9) {
      if (x >= MAX_BEFORE_DIGIT) return NaN;
      x = 10 * x + digit;
      digits++;
      if (isFraction) power--;
    } else if (digit === -2 && !isFraction) isFraction = true;
    else break;
  }
  if (digits === 0) return NaN;
  if (i < to) {
    if (((bytes[i++] as number) | 32) !== 101 || i === to) return NaN;
    const isNegative = bytes[i] === 45;
    if (isNegative || bytes[i] === 43) i++;
    // three digits: beyond the exact powers anyway
    if (i === to || to - i > 3) return NaN;
    let exponent = 0;
    for (; i < to; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) return NaN;
      exponent = 10 * exponent + digit;
    }
    power += isNegative ? -exponent : exponent;
  }
  if (power < -22 || power > 22) return NaN;
  const size = power < 0 ? x / (POWERS[-power] as number) : x * (POWERS[power] as number);
  return sign === 45 ? -size : size;
}
