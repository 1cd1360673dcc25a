// Parses numbers from UTF-8, with the same results as parseNumber, to the bit.
import { parseNumber } from '../kernels/numbers.ts';

/** UTF-8 of texts. */
export interface TextBytes {
  /** All texts, one after the other. */
  readonly bytes: Uint8Array;
  /** Text k is bytes [ends[k], ends[k + 1]); [texts + 1]. */
  readonly ends: Uint32Array;
}

/** Powers of ten that float64 holds exactly. */
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** Fifteen digits: a whole number below this one takes another digit and stays exact. */
const MAX_BEFORE_DIGIT = 1e14;
/** The most digits after the first fifteen. */
const MAX_MORE = 1e4;
/** Splits a float64 into two halves of 26 bits (Veltkamp 1968). */
const SPLIT = 2 ** 27 + 1;
/** More than the relative error of a quotient in two parts, which is about 2^-104. */
const UNSURE = 2 ** -90;

/** parseNumber of each text; float64. */
export function numbersOf({ bytes, ends }: TextBytes): Float64Array {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const numbers = new Float64Array(ends.length - 1);
  for (let k = 0; k < numbers.length; k++) {
    const [from, to] = [ends[k] as number, ends[k + 1] as number];
    const x = parsePlain(bytes, from, to);
    numbers[k] =
      !Number.isNaN(x) || !mayBeNumber(bytes, from, to) ? x : parseNumber(decoder.decode(bytes.subarray(from, to)));
  }
  return numbers;
}

/** Whether the first and the last byte can be those of a number; white space may be outside ASCII. */
function mayBeNumber(bytes: Uint8Array, from: number, to: number): boolean {
  if (from === to) return false;
  const [first, last] = [bytes[from] as number, bytes[to - 1] as number];
  const isSpace = (byte: number): boolean => byte <= 32 || byte >= 0x80;
  const isDigitOrPoint = (byte: number): boolean => (byte >= 48 && byte <= 57) || byte === 46;
  return (
    (isSpace(first) || isDigitOrPoint(first) || first === 43 || first === 45) && (isSpace(last) || isDigitOrPoint(last))
  );
}

/**
 * Parses bytes [from, to) where one multiplication or division of exact numbers gives the nearest float64 (Clinger 1990), or where
 * a quotient in two parts is not close to the middle of two float64; with the same result as parseNumber, and NaN for all else.
 */
export function parsePlain(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  const sign = bytes[i];
  if (sign === 43 || sign === 45) i++;
  let digits = 0;
  let x = 0;
  let power = 0;
  // the digits after the first fifteen, and a power of ten above them
  let more = 0;
  let scale = 1;
  for (let isFraction = false; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit >= 0 && digit <= 9) {
      if (x < MAX_BEFORE_DIGIT) x = 10 * x + digit;
      else {
        if (scale >= MAX_MORE) return NaN;
        more = 10 * more + digit;
        scale *= 10;
      }
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
  let size: number;
  if (scale > 1) {
    if (power > 0) return NaN;
    size = longQuotient(x, scale, more, POWERS[-power] as number);
  } else size = power < 0 ? x / (POWERS[-power] as number) : x * (POWERS[power] as number);
  return sign === 45 ? -size : size;
}

/** (x scale + more) / divisor, rounded once; NaN if the error of the computation might change the rounding. */
function longQuotient(x: number, scale: number, more: number, divisor: number): number {
  const product = x * scale;
  const rest = productError(x, scale, product) + more;
  const high = product + rest;
  const low = rest - (high - product);
  const quotient = high / divisor;
  const back = quotient * divisor;
  const correction = (high - back - productError(quotient, divisor, back) + low) / divisor;
  const unsure = quotient * UNSURE;
  const rounded = quotient + (correction + unsure);
  return rounded === quotient + (correction - unsure) ? rounded : NaN;
}

/** a b - product, exactly (Dekker 1971), where `product` is a b rounded. */
function productError(a: number, b: number, product: number): number {
  const splitA = a * SPLIT;
  const splitB = b * SPLIT;
  const highA = splitA - (splitA - a);
  const highB = splitB - (splitB - b);
  const [lowA, lowB] = [a - highA, b - highB];
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}
