// Matrix products in float32, plain SIMD. Each output is one sequential sum over k that starts at +0, whatever
// the tile: so tiles, batch sizes and the index form of one-hot columns (which skips zeros) give the same bits.
// Widths of outputs are multiples of 8 (padded with zeros by the caller); pointers need no alignment; outputs
// must not overlap inputs.

/** c[4 x 8] of rows i .. i+3, columns j .. j+7. */
// @ts-ignore: decorator
@inline
function tile4x8(a: usize, lda: usize, b: usize, ldb: usize, k: u32, bias: usize, relu: bool, c: usize, ldc: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const a1 = a + lda;
  const a2 = a1 + lda;
  const a3 = a2 + lda;
  const end = usize(k) << 2;
  for (let p: usize = 0; p < end; p += 4) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += ldb;
    let s = v128.load32_splat(a + p);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a1 + p);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a2 + p);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a3 + p);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));
  }
  finish(c, c00, c01, bias, relu);
  finish(c + ldc, c10, c11, bias, relu);
  finish(c + 2 * ldc, c20, c21, bias, relu);
  finish(c + 3 * ldc, c30, c31, bias, relu);
}

/** Adds the bias (0: none) and applies ReLU to eight outputs of one row, then stores them. */
// @ts-ignore: decorator
@inline
export function finish(c: usize, x0: v128, x1: v128, bias: usize, relu: bool): void {
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

/** c[m x n] = a[m x k] b[k x n] + bias, ReLU if asked. Row-major; lda, ldb, ldc in elements; n % 8 = 0. */
export function multiply(
  a: usize, lda: u32, b: usize, ldb: u32, bias: usize, relu: bool, c: usize, ldc: u32, m: u32, n: u32, k: u32,
): void {
  const strideA = usize(lda) << 2;
  const strideB = usize(ldb) << 2;
  const strideC = usize(ldc) << 2;
  let i: u32 = 0;
  for (; i + 4 <= m; i += 4) {
    for (let j: u32 = 0; j < n; j += 8) {
      const at = usize(j) << 2;
      tile4x8(a, strideA, b + at, strideB, k, bias ? bias + at : 0, relu, c + at, strideC);
    }
    a += 4 * strideA;
    c += 4 * strideC;
  }
  const end = usize(k) << 2;
  for (; i < m; i++) {
    for (let j: u32 = 0; j < n; j += 8) {
      const at = usize(j) << 2;
      let x0 = f32x4.splat(0);
      let x1 = x0;
      let row = b + at;
      for (let p: usize = 0; p < end; p += 4) {
        const s = v128.load32_splat(a + p);
        x0 = f32x4.add(x0, f32x4.mul(s, v128.load(row)));
        x1 = f32x4.add(x1, f32x4.mul(s, v128.load(row, 16)));
        row += strideB;
      }
      finish(c + at, x0, x1, bias ? bias + at : 0, relu);
    }
    a += strideA;
    c += strideC;
  }
}

/** c[k x n] = a[m x k]^T g[m x n]: the weight gradient, rows added in order. n % 8 = 0. */
export function multiplyTransposed(a: usize, lda: u32, g: usize, ldg: u32, c: usize, ldc: u32, m: u32, n: u32, k: u32): void {
  const strideA = usize(lda) << 2;
  const strideG = usize(ldg) << 2;
  const strideC = usize(ldc) << 2;
  let p: u32 = 0;
  for (; p + 4 <= k; p += 4) {
    for (let j: u32 = 0; j < n; j += 8) {
      const at = usize(j) << 2;
      let c00 = f32x4.splat(0);
      let c01 = c00;
      let c10 = c00;
      let c11 = c00;
      let c20 = c00;
      let c21 = c00;
      let c30 = c00;
      let c31 = c00;
      let x = a + (usize(p) << 2);
      let y = g + at;
      for (let i: u32 = 0; i < m; i++) {
        const g0 = v128.load(y);
        const g1 = v128.load(y, 16);
        let s = v128.load32_splat(x);
        c00 = f32x4.add(c00, f32x4.mul(s, g0));
        c01 = f32x4.add(c01, f32x4.mul(s, g1));
        s = v128.load32_splat(x, 4);
        c10 = f32x4.add(c10, f32x4.mul(s, g0));
        c11 = f32x4.add(c11, f32x4.mul(s, g1));
        s = v128.load32_splat(x, 8);
        c20 = f32x4.add(c20, f32x4.mul(s, g0));
        c21 = f32x4.add(c21, f32x4.mul(s, g1));
        s = v128.load32_splat(x, 12);
        c30 = f32x4.add(c30, f32x4.mul(s, g0));
        c31 = f32x4.add(c31, f32x4.mul(s, g1));
        x += strideA;
        y += strideG;
      }
      const to = c + usize(p) * strideC + at;
      finish(to, c00, c01, 0, false);
      finish(to + strideC, c10, c11, 0, false);
      finish(to + 2 * strideC, c20, c21, 0, false);
      finish(to + 3 * strideC, c30, c31, 0, false);
    }
  }
  for (; p < k; p++) {
    for (let j: u32 = 0; j < n; j += 8) {
      const at = usize(j) << 2;
      let x0 = f32x4.splat(0);
      let x1 = x0;
      let x = a + (usize(p) << 2);
      let y = g + at;
      for (let i: u32 = 0; i < m; i++) {
        const s = v128.load32_splat(x);
        x0 = f32x4.add(x0, f32x4.mul(s, v128.load(y)));
        x1 = f32x4.add(x1, f32x4.mul(s, v128.load(y, 16)));
        x += strideA;
        y += strideG;
      }
      finish(c + usize(p) * strideC + at, x0, x1, 0, false);
    }
  }
}

/** out[i] = bias + sum over k of a[i, k] w[k]: the single output unit, four rows at a time. */
export function multiplyVector(a: usize, lda: u32, w: usize, bias: f32, out: usize, m: u32, k: u32): void {
  const stride = usize(lda) << 2;
  const end = usize(k) << 2;
  let i: u32 = 0;
  for (; i + 4 <= m; i += 4) {
    let s0: f32 = 0;
    let s1: f32 = 0;
    let s2: f32 = 0;
    let s3: f32 = 0;
    const a1 = a + stride;
    const a2 = a1 + stride;
    const a3 = a2 + stride;
    for (let p: usize = 0; p < end; p += 4) {
      const x = load<f32>(w + p);
      s0 += load<f32>(a + p) * x;
      s1 += load<f32>(a1 + p) * x;
      s2 += load<f32>(a2 + p) * x;
      s3 += load<f32>(a3 + p) * x;
    }
    store<f32>(out, s0 + bias);
    store<f32>(out, s1 + bias, 4);
    store<f32>(out, s2 + bias, 8);
    store<f32>(out, s3 + bias, 12);
    out += 16;
    a += 4 * stride;
  }
  for (; i < m; i++) {
    let sum: f32 = 0;
    for (let p: usize = 0; p < end; p += 4) sum += load<f32>(a + p) * load<f32>(w + p);
    store<f32>(out, sum + bias);
    out += 4;
    a += stride;
  }
}

/** b[n x m] = a[m x n]^T. */
export function transpose(a: usize, lda: u32, b: usize, ldb: u32, m: u32, n: u32): void {
  for (let i: u32 = 0; i < m; i++) {
    for (let j: u32 = 0; j < n; j++) {
      store<f32>(b + ((usize(j) * ldb + i) << 2), load<f32>(a + ((usize(i) * lda + j) << 2)));
    }
  }
}
