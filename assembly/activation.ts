// Activations and their derivatives, on float32 vectors. Plain ReLU is fused into the products (gemm.ts, fields.ts). Other
// activations, and layers with dropout or a residual connection, store their derivative in a buffer.

import { expNegAbsWide, sigmoidWide, tanhWide } from './wide';

/** d[i] = 0 where the activation a[i] is 0: the derivative of ReLU, 0 at the kink as in PyTorch. n % 4 = 0. */
export function maskRelu(d: usize, a: usize, n: u32): void {
  const zero = f32x4.splat(0);
  const end = usize(n) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const active = f32x4.gt(v128.load(a + i), zero);
    v128.store(d + i, v128.and(v128.load(d + i), active));
  }
}

/** d[i, k] = g[i] w[k] where a[i, k] > 0, else 0: backpropagation from the output unit through ReLU. n % 4 = 0. */
export function outerRelu(g: usize, w: usize, a: usize, d: usize, m: u32, n: u32): void {
  const zero = f32x4.splat(0);
  const end = usize(n) << 2;
  for (let i: u32 = 0; i < m; i++) {
    const s = v128.load32_splat(g + (usize(i) << 2));
    for (let j: usize = 0; j < end; j += 16) {
      const active = f32x4.gt(v128.load(a + j), zero);
      v128.store(d + j, v128.and(f32x4.mul(s, v128.load(w + j)), active));
    }
    a += end;
    d += end;
  }
}

/** out[j] = sum over the m rows of d[i, j], in the order of the rows. n % 4 = 0. */
export function sumRows(d: usize, m: u32, n: u32, out: usize): void {
  const end = usize(n) << 2;
  for (let j: usize = 0; j < end; j += 16) {
    let sum = f32x4.splat(0);
    let x = d + j;
    for (let i: u32 = 0; i < m; i++) {
      sum = f32x4.add(sum, v128.load(x));
      x += end;
    }
    v128.store(out + j, sum);
  }
}

/** The activations of hidden layers; src/kernels/activation.ts has the same numbers. */
export const RELU: u32 = 0;
export const TANH: u32 = 1;
export const GELU: u32 = 2;

const GELU_SCALE: f64 = 0.7978845608028654; // sqrt(2 / pi)
const GELU_CUBE: f64 = 0.044715;

/**
 * x[i] = f(x[i]) in place, slope[i] = f'(x[i]) (slope = 0: not computed). Computed in float64, rounded once. n % 4 = 0.
 * GELU is the tanh approximation of Hendrycks and Gimpel (2016), written as x sigmoid(2u), where nothing cancels.
 */
export function activate(kind: u32, x: usize, slope: usize, n: u32): void {
  const end = usize(n) << 2;
  if (kind == RELU) {
    const zero = f32x4.splat(0);
    const one = f32x4.splat(1);
    for (let i: usize = 0; i < end; i += 16) {
      const v = v128.load(x + i);
      v128.store(x + i, f32x4.max(v, zero));
      if (slope) v128.store(slope + i, v128.and(one, f32x4.gt(v, zero)));
    }
    return;
  }
  const one = f64x2.splat(1);
  for (let i: usize = 0; i < end; i += 8) {
    const v = f64x2.promote_low_f32x4(v128.load64_zero(x + i));
    let y: v128;
    let d: v128;
    if (kind == TANH) {
      y = tanhWide(v);
      d = f64x2.sub(one, f64x2.mul(y, y));
    } else {
      const cube = f64x2.mul(f64x2.mul(f64x2.mul(f64x2.splat(GELU_CUBE), v), v), v);
      const u = f64x2.mul(f64x2.splat(2.0 * GELU_SCALE), f64x2.add(v, cube));
      const s = sigmoidWide(u, expNegAbsWide(u));
      y = f64x2.mul(v, s);
      const square = f64x2.mul(f64x2.mul(f64x2.splat(3.0 * GELU_CUBE), v), v);
      const inner = f64x2.mul(f64x2.splat(2.0 * GELU_SCALE), f64x2.add(one, square));
      d = f64x2.add(s, f64x2.mul(f64x2.mul(y, f64x2.sub(one, s)), inner));
    }
    v128.store64_lane(x + i, f32x4.demote_f64x2_zero(y), 0);
    if (slope) v128.store64_lane(slope + i, f32x4.demote_f64x2_zero(d), 0);
  }
}

/** a[i] *= b[i]. n % 4 = 0. */
export function multiplyInto(a: usize, b: usize, n: u32): void {
  const end = usize(n) << 2;
  for (let i: usize = 0; i < end; i += 16) v128.store(a + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
}

/** a[i] += b[i]. n % 4 = 0. */
export function addInto(a: usize, b: usize, n: u32): void {
  const end = usize(n) << 2;
  for (let i: usize = 0; i < end; i += 16) v128.store(a + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
}

/** d[i, k] = g[i] w[k]: backpropagation from the output unit to the layer below. n % 4 = 0. */
export function outer(g: usize, w: usize, d: usize, m: u32, n: u32): void {
  const end = usize(n) << 2;
  for (let i: u32 = 0; i < m; i++) {
    const s = v128.load32_splat(g + (usize(i) << 2));
    for (let j: usize = 0; j < end; j += 16) v128.store(d + j, f32x4.mul(s, v128.load(w + j)));
    d += end;
  }
}
