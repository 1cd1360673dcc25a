// Elementary functions in float64, the only ones that results may depend on. They use only + - * / of IEEE 754 and bit patterns, in
// a fixed order, so every engine gives the same bits; src/kernels/elementary.ts is the same arithmetic in TypeScript.
//
// | function | range tested          | largest error |
// | exp      | -745 .. 709           | 1 ULP         |
// | log      | 1e-300 .. 1e300       | 1 ULP         |
// | log1p    | -1 + 1e-15 .. 1e15    | 1 ULP         |
// | sigmoid  | -300 .. 300           | 2 ULP         |
// | softplus | -40 .. 300            | 1 ULP         |
// (measured by test/kernels/elementary.test.ts against golden values of 50 digits)

export const LN2_HI: f64 = 6.93147180369123816490e-1; // 33 bits, so that k * LN2_HI is exact
export const LN2_LO: f64 = 1.90821492927058770002e-10;
export const LOG2E: f64 = 1.4426950408889634;

// @ts-ignore: decorator
@inline
function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>(u64(k + 1023) << 52);
}

/** e^x: x = k ln 2 + r with |r| <= ln 2 / 2 (Cody, Waite 1980), then the Taylor series of e^r to degree 13. */
export function exp(x: f64): f64 {
  if (x != x) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019412) return 0;
  const k = floor<f64>(x * LOG2E + 0.5);
  const r = x - k * LN2_HI - k * LN2_LO;
  let q: f64 = 1.0 / 6227020800.0;
  q = q * r + 1.0 / 479001600.0;
  q = q * r + 1.0 / 39916800.0;
  q = q * r + 1.0 / 3628800.0;
  q = q * r + 1.0 / 362880.0;
  q = q * r + 1.0 / 40320.0;
  q = q * r + 1.0 / 5040.0;
  q = q * r + 1.0 / 720.0;
  q = q * r + 1.0 / 120.0;
  q = q * r + 1.0 / 24.0;
  q = q * r + 1.0 / 6.0;
  q = q * r + 0.5;
  const y = 1.0 + (r + r * r * q);
  const whole = i32(k);
  const half = whole >> 1; // two factors: a single power of two would overflow or be subnormal
  return y * powerOfTwo(half) * powerOfTwo(whole - half);
}

/** 2 atanh(s) - 2 s for |s| <= 0.1716, as a series in z = s^2, divided by s. */
// @ts-ignore: decorator
@inline
function atanhTail(z: f64): f64 {
  let q: f64 = 2.0 / 25.0;
  q = q * z + 2.0 / 23.0;
  q = q * z + 2.0 / 21.0;
  q = q * z + 2.0 / 19.0;
  q = q * z + 2.0 / 17.0;
  q = q * z + 2.0 / 15.0;
  q = q * z + 2.0 / 13.0;
  q = q * z + 2.0 / 11.0;
  q = q * z + 2.0 / 9.0;
  q = q * z + 2.0 / 7.0;
  q = q * z + 2.0 / 5.0;
  q = q * z + 2.0 / 3.0;
  return q * z;
}

/** k ln 2 + log(1 + f) + c for 1 + f in [sqrt(1/2), sqrt(2)], in the form of fdlibm's e_log.c. */
function logReduced(f: f64, k: f64, c: f64): f64 {
  const s = f / (2.0 + f);
  const half = 0.5 * f * f;
  return s * (half + atanhTail(s * s)) + (k * LN2_LO + c) - half + f + k * LN2_HI;
}

/** Natural logarithm; -Infinity at 0, NaN below. */
export function log(x: f64): f64 {
  if (x != x || x == Infinity) return x;
  if (x <= 0) return x == 0 ? -Infinity : NaN;
  let k: i32 = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984.0; // 2^54
    k = -54;
  }
  const bits = reinterpret<u64>(x);
  const high = u32(bits >> 32) + (0x3ff00000 - 0x3fe6a09e);
  k += i32(high >> 20) - 1023;
  const m = reinterpret<f64>((u64((high & 0xfffff) + 0x3fe6a09e) << 32) | (bits & 0xffffffff));
  return logReduced(m - 1.0, f64(k), 0);
}

/** log(1 + x) without cancellation near 0. */
export function log1p(x: f64): f64 {
  if (x != x || x == Infinity) return x;
  if (x <= -1) return x == -1 ? -Infinity : NaN;
  if (x > -0.2928932188134524 && x < 0.41421356237309503) {
    if (abs(x) < 1.1102230246251565e-16) return x;
    return logReduced(x, 0, 0);
  }
  const u = 1.0 + x;
  const bits = reinterpret<u64>(u);
  const high = u32(bits >> 32) + (0x3ff00000 - 0x3fe6a09e);
  const k = i32(high >> 20) - 1023;
  let c: f64 = 0; // corrects the rounding of 1 + x, as in fdlibm's s_log1p.c
  if (k < 54) c = (k >= 2 ? 1.0 - (u - x) : x - (u - 1.0)) / u;
  const m = reinterpret<f64>((u64((high & 0xfffff) + 0x3fe6a09e) << 32) | (bits & 0xffffffff));
  return logReduced(m - 1.0, f64(k), c);
}

/** 1 / (1 + e^-v), by e^-|v|, which does not overflow. */
export function sigmoid(v: f64): f64 {
  if (v >= 0) return 1.0 / (1.0 + exp(-v));
  const e = exp(v);
  return e / (1.0 + e);
}

/** log(1 + e^v). BCE(t, sigmoid(v)) = softplus(v) - t v. */
export function softplus(v: f64): f64 {
  const tail = log1p(exp(-abs(v)));
  return v > 0 ? v + tail : tail;
}

/**
 * Mean, population standard deviation and skewness of float64 values in parts, by two passes in order: addSum on every part, then
 * addCentral on every part, then finishMoments. at: 3 numbers, initially 0: the sum, the sums of squares and of cubes about the mean.
 */
export function addSum(values: usize, n: u32, at: usize): void {
  let sum = load<f64>(at);
  for (let i: u32 = 0; i < n; i++) sum += load<f64>(values + (usize(i) << 3));
  store<f64>(at, sum);
}

/** The second pass. total: how many values all parts have. */
export function addCentral(values: usize, n: u32, total: f64, at: usize): void {
  const mean = load<f64>(at) / total;
  let second = load<f64>(at, 8);
  let third = load<f64>(at, 16);
  for (let i: u32 = 0; i < n; i++) {
    const d = load<f64>(values + (usize(i) << 3)) - mean;
    second += d * d;
    third += d * d * d;
  }
  store<f64>(at, second, 8);
  store<f64>(at, third, 16);
}

/** at[0 .. 2] = mean, standard deviation, skewness. */
export function finishMoments(total: f64, at: usize): void {
  const variance = load<f64>(at, 8) / total;
  const deviation = sqrt<f64>(variance);
  const third = load<f64>(at, 16);
  store<f64>(at, load<f64>(at) / total);
  store<f64>(at, deviation, 8);
  store<f64>(at, variance > 0 ? third / total / (variance * deviation) : 0, 16);
}

/** out[0 .. 2] = mean, standard deviation and skewness of n values. */
export function moments(values: usize, n: u32, out: usize): void {
  memory.fill(out, 0, 24);
  addSum(values, n, out);
  addCentral(values, n, f64(n), out);
  finishMoments(f64(n), out);
}
