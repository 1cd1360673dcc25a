// The functions of math.ts, and tanh, on two float64 lanes at once (SIMD), for loops over rows: the same operations in the same order,
// so the same bits (test/kernels/wide.test.ts compares both on dense inputs).

import { LN2_HI, LN2_LO, LOG2E } from './math';

/** The vector [a, b]. */
// @ts-ignore: decorator
@inline
export function pair(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

/** a x + b: one step of Horner's rule. */
// @ts-ignore: decorator
@inline
function horner(a: v128, x: v128, b: f64): v128 {
  return f64x2.add(f64x2.mul(a, x), f64x2.splat(b));
}

/** 2^k of the first two i32 lanes, -1023 < k < 1024. */
// @ts-ignore: decorator
@inline
function powersOfTwo(k: v128): v128 {
  return i64x2.shl(i64x2.add(i64x2.extend_low_i32x4_s(k), i64x2.splat(1023)), 52);
}

/** e^x */
export function expWide(x: v128): v128 {
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(LOG2E)), f64x2.splat(0.5)));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HI))), f64x2.mul(k, f64x2.splat(LN2_LO)));
  let q = f64x2.splat(1.0 / 6227020800.0);
  q = horner(q, r, 1.0 / 479001600.0);
  q = horner(q, r, 1.0 / 39916800.0);
  q = horner(q, r, 1.0 / 3628800.0);
  q = horner(q, r, 1.0 / 362880.0);
  q = horner(q, r, 1.0 / 40320.0);
  q = horner(q, r, 1.0 / 5040.0);
  q = horner(q, r, 1.0 / 720.0);
  q = horner(q, r, 1.0 / 120.0);
  q = horner(q, r, 1.0 / 24.0);
  q = horner(q, r, 1.0 / 6.0);
  q = horner(q, r, 0.5);
  const y = f64x2.add(f64x2.splat(1), f64x2.add(r, f64x2.mul(f64x2.mul(r, r), q)));
  const whole = i32x4.trunc_sat_f64x2_s_zero(k);
  const half = i32x4.shr_s(whole, 1);
  const scaled = f64x2.mul(f64x2.mul(y, powersOfTwo(half)), powersOfTwo(i32x4.sub(whole, half)));
  const large = f64x2.gt(x, f64x2.splat(709.782712893384));
  const small = f64x2.lt(x, f64x2.splat(-745.1332191019412));
  return v128.andnot(v128.bitselect(f64x2.splat(Infinity), scaled, large), small);
}

/** log(1 + x) for 0 <= x <= 1, with the bits of log1p in math.ts. */
export function log1pWide(x: v128): v128 {
  const one = f64x2.splat(1);
  const near = f64x2.lt(x, f64x2.splat(0.41421356237309503));
  // else 1 + x is in sqrt(2) .. 2: log((1 + x) / 2) + log 2
  const u = f64x2.add(one, x);
  const rest = f64x2.div(f64x2.sub(x, f64x2.sub(u, one)), u);
  const f = v128.bitselect(x, f64x2.sub(f64x2.mul(u, f64x2.splat(0.5)), one), near);
  const k = v128.andnot(one, near);
  const c = v128.andnot(rest, near);
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const half = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const z = f64x2.mul(s, s);
  let q = f64x2.splat(2.0 / 25.0);
  q = horner(q, z, 2.0 / 23.0);
  q = horner(q, z, 2.0 / 21.0);
  q = horner(q, z, 2.0 / 19.0);
  q = horner(q, z, 2.0 / 17.0);
  q = horner(q, z, 2.0 / 15.0);
  q = horner(q, z, 2.0 / 13.0);
  q = horner(q, z, 2.0 / 11.0);
  q = horner(q, z, 2.0 / 9.0);
  q = horner(q, z, 2.0 / 7.0);
  q = horner(q, z, 2.0 / 5.0);
  q = horner(q, z, 2.0 / 3.0);
  const tail = f64x2.mul(s, f64x2.add(half, f64x2.mul(q, z)));
  const low = f64x2.add(f64x2.mul(k, f64x2.splat(LN2_LO)), c);
  const sum = f64x2.add(f64x2.sub(f64x2.add(tail, low), half), f);
  const log = f64x2.add(sum, f64x2.mul(k, f64x2.splat(LN2_HI)));
  return v128.bitselect(x, log, f64x2.lt(x, f64x2.splat(1.1102230246251565e-16)));
}

/** e^-|v|, from which both sigmoid and softplus are computed. */
// @ts-ignore: decorator
@inline
export function expNegAbsWide(v: v128): v128 {
  return expWide(f64x2.neg(f64x2.abs(v)));
}

/** sigmoid(v), given e = expNegAbsWide(v). */
// @ts-ignore: decorator
@inline
export function sigmoidWide(v: v128, e: v128): v128 {
  const one = f64x2.splat(1);
  return f64x2.div(v128.bitselect(one, e, f64x2.ge(v, f64x2.splat(0))), f64x2.add(one, e));
}

/** log(1 + e^v), given e = expNegAbsWide(v). */
// @ts-ignore: decorator
@inline
export function softplusWide(v: v128, e: v128): v128 {
  const tail = log1pWide(e);
  return v128.bitselect(f64x2.add(v, tail), tail, f64x2.gt(v, f64x2.splat(0)));
}

/** tanh(x) within 64 ULP, with the bits of src/kernels/elementary.ts: a series below .01, where 1 - e^-2x would cancel. */
export function tanhWide(x: v128): v128 {
  const one = f64x2.splat(1);
  const z = f64x2.mul(x, x);
  const inner = f64x2.sub(f64x2.splat(2.0 / 15.0), f64x2.mul(z, f64x2.splat(17.0 / 315.0)));
  const outer = f64x2.add(f64x2.splat(-1.0 / 3.0), f64x2.mul(z, inner));
  const series = f64x2.mul(x, f64x2.add(one, f64x2.mul(z, outer)));
  const a = f64x2.abs(x);
  const e = expWide(f64x2.mul(f64x2.splat(-2), a));
  const t = f64x2.div(f64x2.sub(one, e), f64x2.add(one, e));
  const signed = v128.bitselect(f64x2.neg(t), t, f64x2.lt(x, f64x2.splat(0)));
  return v128.bitselect(series, signed, f64x2.lt(a, f64x2.splat(0.01)));
}

/** out[i] = sigmoid(v[i]), float64; out may be v. */
export function sigmoids(v: usize, n: u32, out: usize): void {
  const whole = usize(n & ~1) << 3;
  for (let i: usize = 0; i < whole; i += 16) {
    const x = v128.load(v + i);
    v128.store(out + i, sigmoidWide(x, expNegAbsWide(x)));
  }
  if (n & 1) {
    const x = v128.load64_splat(v + whole);
    v128.store64_lane(out + whole, sigmoidWide(x, expNegAbsWide(x)), 0);
  }
}

/** out[i] = sigmoid(z[i]); z is float32, out float64. */
export function sigmoids32(z: usize, n: u32, out: usize): void {
  const whole = usize(n & ~1) << 2;
  for (let i: usize = 0; i < whole; i += 8) {
    const x = f64x2.promote_low_f32x4(v128.load64_zero(z + i));
    v128.store(out + (i << 1), sigmoidWide(x, expNegAbsWide(x)));
  }
  if (n & 1) {
    const x = f64x2.splat(f64(load<f32>(z + whole)));
    v128.store64_lane(out + (whole << 1), sigmoidWide(x, expNegAbsWide(x)), 0);
  }
}

/** out[i] = softplus(v[i]), float64; out may be v. */
export function softpluses(v: usize, n: u32, out: usize): void {
  const whole = usize(n & ~1) << 3;
  for (let i: usize = 0; i < whole; i += 16) {
    const x = v128.load(v + i);
    v128.store(out + i, softplusWide(x, expNegAbsWide(x)));
  }
  if (n & 1) {
    const x = v128.load64_splat(v + whole);
    v128.store64_lane(out + whole, softplusWide(x, expNegAbsWide(x)), 0);
  }
}

/**
 * losses[i] = -log of the probability of the label y[i] (0 where it is not 1), p[i] = sigmoid(v[i]), float64; losses may be v. y: int8.
 */
export function softplusesAndSigmoids(v: usize, y: usize, n: u32, losses: usize, p: usize): void {
  for (let i: usize = 0; i < usize(n); i += 2) {
    const isPair = i + 1 < usize(n);
    const x = isPair ? v128.load(v + (i << 3)) : v128.load64_zero(v + (i << 3));
    const e = expNegAbsWide(x);
    const ones = i64x2.replace_lane(i64x2.splat(i64(load<i8>(y + i) > 0)), 1, i64(isPair && load<i8>(y + i + 1) > 0));
    const loss = softplusWide(v128.bitselect(f64x2.neg(x), x, i64x2.ne(ones, i64x2.splat(0))), e);
    const probability = sigmoidWide(x, e);
    if (isPair) {
      v128.store(losses + (i << 3), loss);
      v128.store(p + (i << 3), probability);
    } else {
      v128.store64_lane(losses + (i << 3), loss, 0);
      v128.store64_lane(p + (i << 3), probability, 0);
    }
  }
}
