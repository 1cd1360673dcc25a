// The inner loops of the products: one tile of outputs each, all its sums in registers. A tile is 4 x 8: its eight accumulators, two
// vectors of the right matrix and one splat fit the sixteen vector registers that every host has.

/** Which part of its sums a tile is given, where their terms are cut into blocks: flags. */
export const FIRST_PART: u32 = 1;
export const LAST_PART: u32 = 2;

/** c + a b; in the fast build rounded once where the host does so. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

/** Stores eight outputs of one row, after the bias (0: none) and ReLU. */
// @ts-ignore: decorator
@inline
export function storeOutputs(c: usize, x0: v128, x1: v128, bias: usize, relu: bool): void {
  if (bias) {
    x0 = f32x4.add(x0, v128.load(bias));
    x1 = f32x4.add(x1, v128.load(bias, 16));
  }
  if (relu) {
    const zero = f32x4.splat(0);
    x0 = f32x4.max(x0, zero);
    x1 = f32x4.max(x1, zero);
  }
  v128.store(c, x0);
  v128.store(c, x1, 16);
}

/** c[4 x 8] (+)= a[4 x k] b[k x 8]; strides in bytes. Bias and ReLU follow the last part. */
export function tileRows(
  a: usize, strideA: usize, b: usize, strideB: usize, k: u32, bias: usize, relu: bool, c: usize, strideC: usize, part: u32,
): void {
  const c1 = c + strideC;
  const c2 = c1 + strideC;
  const c3 = c2 + strideC;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (!(part & FIRST_PART)) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c1);
    c11 = v128.load(c1, 16);
    c20 = v128.load(c2);
    c21 = v128.load(c2, 16);
    c30 = v128.load(c3);
    c31 = v128.load(c3, 16);
  }
  const a1 = a + strideA;
  const a2 = a1 + strideA;
  const a3 = a2 + strideA;
  const end = usize(k) << 2;
  for (let p: usize = 0; p < end; p += 4) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += strideB;
    let s = v128.load32_splat(a + p);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1 + p);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a2 + p);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3 + p);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
  }
  if (!(part & LAST_PART)) {
    bias = 0;
    relu = false;
  }
  storeOutputs(c, c00, c01, bias, relu);
  storeOutputs(c1, c10, c11, bias, relu);
  storeOutputs(c2, c20, c21, bias, relu);
  storeOutputs(c3, c30, c31, bias, relu);
}

/** One row of tileRows. */
export function tileRow(a: usize, b: usize, strideB: usize, k: u32, bias: usize, relu: bool, c: usize, part: u32): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  if (!(part & FIRST_PART)) {
    x0 = v128.load(c);
    x1 = v128.load(c, 16);
  }
  const end = usize(k) << 2;
  for (let p: usize = 0; p < end; p += 4) {
    const s = v128.load32_splat(a + p);
    x0 = multiplyAdd(s, v128.load(b), x0);
    x1 = multiplyAdd(s, v128.load(b, 16), x1);
    b += strideB;
  }
  if (!(part & LAST_PART)) {
    bias = 0;
    relu = false;
  }
  storeOutputs(c, x0, x1, bias, relu);
}

/** One row, 32 outputs, all terms: with few rows, eight independent sums hide the latency of an addition. */
export function tileRowWide(a: usize, b: usize, strideB: usize, k: u32, bias: usize, relu: bool, c: usize): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  let x2 = x0;
  let x3 = x0;
  let x4 = x0;
  let x5 = x0;
  let x6 = x0;
  let x7 = x0;
  const end = usize(k) << 2;
  for (let p: usize = 0; p < end; p += 4) {
    const s = v128.load32_splat(a + p);
    x0 = multiplyAdd(s, v128.load(b), x0);
    x1 = multiplyAdd(s, v128.load(b, 16), x1);
    x2 = multiplyAdd(s, v128.load(b, 32), x2);
    x3 = multiplyAdd(s, v128.load(b, 48), x3);
    x4 = multiplyAdd(s, v128.load(b, 64), x4);
    x5 = multiplyAdd(s, v128.load(b, 80), x5);
    x6 = multiplyAdd(s, v128.load(b, 96), x6);
    x7 = multiplyAdd(s, v128.load(b, 112), x7);
    b += strideB;
  }
  storeOutputs(c, x0, x1, bias, relu);
  storeOutputs(c + 32, x2, x3, bias ? bias + 32 : 0, relu);
  storeOutputs(c + 64, x4, x5, bias ? bias + 64 : 0, relu);
  storeOutputs(c + 96, x6, x7, bias ? bias + 96 : 0, relu);
}

/** c[4 x 8] (+)= a[m x 4]^T g[m x 8]; strides in bytes. */
export function tileColumns(a: usize, strideA: usize, g: usize, strideG: usize, m: u32, c: usize, strideC: usize, part: u32): void {
  const c1 = c + strideC;
  const c2 = c1 + strideC;
  const c3 = c2 + strideC;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (!(part & FIRST_PART)) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c1);
    c11 = v128.load(c1, 16);
    c20 = v128.load(c2);
    c21 = v128.load(c2, 16);
    c30 = v128.load(c3);
    c31 = v128.load(c3, 16);
  }
  for (let i: u32 = 0; i < m; i++) {
    const g0 = v128.load(g);
    const g1 = v128.load(g, 16);
    g += strideG;
    let s = v128.load32_splat(a);
    c00 = multiplyAdd(s, g0, c00);
    c01 = multiplyAdd(s, g1, c01);
    s = v128.load32_splat(a, 4);
    c10 = multiplyAdd(s, g0, c10);
    c11 = multiplyAdd(s, g1, c11);
    s = v128.load32_splat(a, 8);
    c20 = multiplyAdd(s, g0, c20);
    c21 = multiplyAdd(s, g1, c21);
    s = v128.load32_splat(a, 12);
    c30 = multiplyAdd(s, g0, c30);
    c31 = multiplyAdd(s, g1, c31);
    a += strideA;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
}

/** One row of tileColumns. */
export function tileColumn(a: usize, strideA: usize, g: usize, strideG: usize, m: u32, c: usize, part: u32): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  if (!(part & FIRST_PART)) {
    x0 = v128.load(c);
    x1 = v128.load(c, 16);
  }
  for (let i: u32 = 0; i < m; i++) {
    const s = v128.load32_splat(a);
    x0 = multiplyAdd(s, v128.load(g), x0);
    x1 = multiplyAdd(s, v128.load(g, 16), x1);
    a += strideA;
    g += strideG;
  }
  v128.store(c, x0);
  v128.store(c, x1, 16);
}
