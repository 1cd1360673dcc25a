// Parses decimal numbers from bytes, each to the nearest float64.

/** Powers of ten that float64 holds exactly. */
const POWERS: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);
/** A whole number below this one takes another digit and stays below 2^64. */
const MAX_BEFORE_DIGIT: u64 = 1000000000000000000;
/** Splits a float64 into two halves of 26 bits (Veltkamp 1968). */
const SPLIT: f64 = 134217729;
/** 2^-90, more than the relative error of a quotient in two parts, which is about 2^-104. */
const UNSURE: f64 = 8.077935669463161e-28;

/** a b - product, exactly (Dekker 1971), where `product` is a b rounded. */
function productError(a: f64, b: f64, product: f64): f64 {
  const splitA = a * SPLIT;
  const splitB = b * SPLIT;
  const highA = splitA - (splitA - a);
  const highB = splitB - (splitB - b);
  const lowA = a - highA;
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** digits / divisor, rounded once; NaN if the error of the computation might change the rounding. */
function longQuotient(digits: u64, divisor: f64): f64 {
  const high = f64(digits);
  const low = f64(i64(digits - u64(high)));
  const quotient = high / divisor;
  const back = quotient * divisor;
  const correction = (high - back - productError(quotient, divisor, back) + low) / divisor;
  const unsure = quotient * UNSURE;
  const rounded = quotient + (correction + unsure);
  return rounded == quotient + (correction - unsure) ? rounded : NaN;
}

/**
 * The number of bytes [from, to) where one multiplication or division of exact numbers gives the nearest float64 (Clinger 1990), or
 * where a quotient in two parts is not close to the middle of two float64; NaN for all else.
 */
function plainNumber(from: usize, to: usize): f64 {
  let i = from;
  const sign: u32 = i < to ? load<u8>(i) : 0;
  if (sign == 43 || sign == 45) i++;
  let x: u64 = 0;
  let start = i;
  let digit: u32 = 0;
  for (; i < to; i++) {
    digit = u32(load<u8>(i)) - 48;
    if (digit > 9) break;
    if (x >= MAX_BEFORE_DIGIT) return NaN;
    x = 10 * x + digit;
  }
  let digits = i - start;
  let power: i32 = 0;
  if (i < to && digit == -2) {
    start = ++i;
    for (; i < to; i++) {
      digit = u32(load<u8>(i)) - 48;
      if (digit > 9) break;
      if (x >= MAX_BEFORE_DIGIT) return NaN;
      x = 10 * x + digit;
    }
    digits += i - start;
    power = -i32(i - start);
  }
  if (digits == 0) return NaN;
  if (i < to) {
    if ((load<u8>(i++) | 32) != 101 || i == to) return NaN;
    const first = load<u8>(i);
    if (first == 45 || first == 43) i++;
    // three digits: beyond the exact powers anyway
    if (i == to || to - i > 3) return NaN;
    let exponent: i32 = 0;
    for (; i < to; i++) {
      digit = u32(load<u8>(i)) - 48;
      if (digit > 9) return NaN;
      exponent = 10 * exponent + digit;
    }
    power += first == 45 ? -exponent : exponent;
  }
  if (power < -22 || power > 22) return NaN;
  const scale = load<f64>(POWERS + (usize(abs(power)) << 3));
  let size: f64;
  if (x <= 9007199254740992) size = power < 0 ? f64(x) / scale : f64(x) * scale;
  else if (power > 0) return NaN;
  else size = longQuotient(x, scale);
  return sign == 45 ? -size : size;
}

/**
 * The number of each text; NaN where it is no plain number or its float64 needs more digits than this computation has.
 * @param ends text k is bytes [ends[k], ends[k + 1]); uint32 [n + 1]
 * @param out receives the numbers; float64 [n]
 * @returns how many are NaN
 */
export function plainNumbers(bytes: usize, ends: usize, n: u32, out: usize): u32 {
  let others: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const at = ends + (usize(k) << 2);
    const x = plainNumber(bytes + load<u32>(at), bytes + load<u32>(at, 4));
    if (isNaN(x)) others++;
    store<f64>(out + (usize(k) << 3), x);
  }
  return others;
}
