// Matrix products in float32, plain SIMD. Each output is one sequential sum over its terms that starts at +0, whatever
// the tile or block: so tiles, batch sizes and the index form of one-hot columns (which skips zeros) give the same bits.
// Sums that are cut into blocks of terms go on from what lies in c. Widths of outputs are multiples of 8 (padded with zeros
// by the caller); pointers need no alignment; outputs must not overlap inputs.
//
// Tiles are 4 x 8: eight accumulators, two columns and a splat fit the sixteen registers of every host. Matrices that outgrow
// the first cache are copied panel by panel: their rows lie so far apart that they would push each other out.

/** Terms of a block, rows of a block, and columns of the left matrix of a weight gradient that are copied together. */
const DEPTH: u32 = 256;
const ROWS: u32 = 512;
const COLUMNS: u32 = 128;
/** Floats of a matrix that stays in the first cache. */
const SMALL: u32 = 8192;
/** Fewer rows than this do not pay for a copy. */
const MIN_BLOCKED_ROWS: u32 = 16;

/** [DEPTH x 8] */
const panel: usize = memory.data(8192, 16);
/** [COLUMNS / 4][DEPTH x 4] */
const block: usize = memory.data(131072, 16);

/** Where a block of terms lies in its sums. */
const FIRST: u32 = 1;
const LAST: u32 = 2;

/** c + a b; in the fast build rounded once where the host does so. */
// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
function placeOf(from: u32, length: u32, all: u32): u32 {
  return (from == 0 ? FIRST : 0) | (from + length == all ? LAST : 0);
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

/** c[4 x 8] (+)= a[4 x k] b[k x 8]; strides in bytes. Bias and ReLU follow the last block of terms. */
function tileRows(
  a: usize, strideA: usize, b: usize, strideB: usize, k: u32, bias: usize, relu: bool, c: usize, strideC: usize, place: u32,
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
  if (!(place & FIRST)) {
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
  if (!(place & LAST)) {
    bias = 0;
    relu = false;
  }
  finish(c, c00, c01, bias, relu);
  finish(c1, c10, c11, bias, relu);
  finish(c2, c20, c21, bias, relu);
  finish(c3, c30, c31, bias, relu);
}

/** One row of tileRows. */
function tileRow(a: usize, b: usize, strideB: usize, k: u32, bias: usize, relu: bool, c: usize, place: u32): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  if (!(place & FIRST)) {
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
  if (!(place & LAST)) {
    bias = 0;
    relu = false;
  }
  finish(c, x0, x1, bias, relu);
}

/** One row, 32 outputs: where rows are few, sums side by side hide each other's wait. */
function tileWide(a: usize, b: usize, strideB: usize, k: u32, bias: usize, relu: bool, c: usize): void {
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
  finish(c, x0, x1, bias, relu);
  finish(c + 32, x2, x3, bias ? bias + 32 : 0, relu);
  finish(c + 64, x4, x5, bias ? bias + 64 : 0, relu);
  finish(c + 96, x6, x7, bias ? bias + 96 : 0, relu);
}

/** c[m x n] = a[m x k] b[k x n] + bias, ReLU if asked. Row-major; lda, ldb, ldc in elements; n % 8 = 0. */
export function multiply(
  a: usize, lda: u32, b: usize, ldb: u32, bias: usize, relu: bool, c: usize, ldc: u32, m: u32, n: u32, k: u32,
): void {
  if (m >= MIN_BLOCKED_ROWS && k * ldb > SMALL) {
    for (let from: u32 = 0; from < m; from += ROWS) {
      const rows = min<u32>(ROWS, m - from);
      for (let p: u32 = 0; p < k; p += DEPTH) {
        const depth = min<u32>(DEPTH, k - p);
        for (let j: u32 = 0; j < n; j += 8) {
          copyPanel(b + (usize(p * ldb + j) << 2), usize(ldb) << 2, depth);
          const at = usize(j) << 2;
          multiplyPanel(
            a + (usize(from * lda + p) << 2), usize(lda) << 2, depth, bias ? bias + at : 0, relu,
            c + (usize(from * ldc) << 2) + at, usize(ldc) << 2, rows, placeOf(p, depth, k),
          );
        }
      }
    }
    return;
  }
  const strideA = usize(lda) << 2;
  const strideB = usize(ldb) << 2;
  const strideC = usize(ldc) << 2;
  let i: u32 = 0;
  for (; i + 4 <= m; i += 4) {
    for (let j: u32 = 0; j < n; j += 8) {
      const at = usize(j) << 2;
      tileRows(a, strideA, b + at, strideB, k, bias ? bias + at : 0, relu, c + at, strideC, FIRST | LAST);
    }
    a += 4 * strideA;
    c += 4 * strideC;
  }
  for (; i < m; i++) {
    let j: u32 = 0;
    for (; j + 32 <= n; j += 32) {
      const at = usize(j) << 2;
      tileWide(a, b + at, strideB, k, bias ? bias + at : 0, relu, c + at);
    }
    for (; j < n; j += 8) {
      const at = usize(j) << 2;
      tileRow(a, b + at, strideB, k, bias ? bias + at : 0, relu, c + at, FIRST | LAST);
    }
    a += strideA;
    c += strideC;
  }
}

/** c[m x k] = a[m x n] b[k x n]^T: the derivative by a layer's inputs. n % 4 = 0, k % 8 = 0. */
export function multiplyByTransposed(
  a: usize, lda: u32, b: usize, ldb: u32, c: usize, ldc: u32, m: u32, k: u32, n: u32,
): void {
  for (let from: u32 = 0; from < m; from += ROWS) {
    const rows = min<u32>(ROWS, m - from);
    for (let p: u32 = 0; p < n; p += DEPTH) {
      const depth = min<u32>(DEPTH, n - p);
      for (let j: u32 = 0; j < k; j += 8) {
        turnPanel(b + (usize(j * ldb + p) << 2), usize(ldb) << 2, depth);
        multiplyPanel(
          a + (usize(from * lda + p) << 2), usize(lda) << 2, depth, 0, false,
          c + (usize(from * ldc + j) << 2), usize(ldc) << 2, rows, placeOf(p, depth, n),
        );
      }
    }
  }
}

/** c[m x 8] (+)= a[m x depth] panel[depth x 8]. */
function multiplyPanel(
  a: usize, strideA: usize, depth: u32, bias: usize, relu: bool, c: usize, strideC: usize, m: u32, place: u32,
): void {
  let i: u32 = 0;
  for (; i + 4 <= m; i += 4) {
    tileRows(a, strideA, panel, 32, depth, bias, relu, c, strideC, place);
    a += 4 * strideA;
    c += 4 * strideC;
  }
  for (; i < m; i++) {
    tileRow(a, panel, 32, depth, bias, relu, c, place);
    a += strideA;
    c += strideC;
  }
}

/** panel = b[depth x 8]. */
function copyPanel(b: usize, strideB: usize, depth: u32): void {
  let to = panel;
  for (let p: u32 = 0; p < depth; p++) {
    v128.store(to, v128.load(b));
    v128.store(to, v128.load(b, 16), 16);
    b += strideB;
    to += 32;
  }
}

/** panel = b[8 x depth]^T. depth % 4 = 0. */
function turnPanel(b: usize, strideB: usize, depth: u32): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const b1 = b + strideB;
    const b2 = b1 + strideB;
    const b3 = b2 + strideB;
    let to = panel + half;
    for (let p: usize = 0; p < usize(depth) << 2; p += 16) {
      const x0 = v128.load(b + p);
      const x1 = v128.load(b1 + p);
      const x2 = v128.load(b2 + p);
      const x3 = v128.load(b3 + p);
      const low = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
      const high = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
      const lower = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
      const higher = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
      v128.store(to, i32x4.shuffle(low, lower, 0, 1, 4, 5));
      v128.store(to, i32x4.shuffle(low, lower, 2, 3, 6, 7), 32);
      v128.store(to, i32x4.shuffle(high, higher, 0, 1, 4, 5), 64);
      v128.store(to, i32x4.shuffle(high, higher, 2, 3, 6, 7), 96);
      to += 128;
    }
    b += 4 * strideB;
  }
}

/** c[4 x 8] (+)= a[m x 4]^T g[m x 8]; strides in bytes. */
function tileColumns(a: usize, strideA: usize, g: usize, strideG: usize, m: u32, c: usize, strideC: usize, place: u32): void {
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
  if (!(place & FIRST)) {
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
function tileColumn(a: usize, strideA: usize, g: usize, strideG: usize, m: u32, c: usize, place: u32): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  if (!(place & FIRST)) {
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

/** c[k x n] = a[m x k]^T g[m x n]: the weight gradient, rows added in order. n % 8 = 0. */
export function multiplyTransposed(a: usize, lda: u32, g: usize, ldg: u32, c: usize, ldc: u32, m: u32, n: u32, k: u32): void {
  const strideA = usize(lda) << 2;
  const strideG = usize(ldg) << 2;
  const strideC = usize(ldc) << 2;
  const quads = k & ~3;
  if (m < MIN_BLOCKED_ROWS || m * max<u32>(lda, ldg) <= 4 * SMALL) {
    for (let p: u32 = 0; p < quads; p += 4) {
      for (let j: u32 = 0; j < n; j += 8) {
        const at = usize(j) << 2;
        tileColumns(a + (usize(p) << 2), strideA, g + at, strideG, m, c + usize(p) * strideC + at, strideC, FIRST);
      }
    }
  } else {
    for (let p: u32 = 0; p < quads; p += COLUMNS) {
      const columns = min<u32>(COLUMNS, quads - p);
      for (let from: u32 = 0; from < m; from += DEPTH) {
        const depth = min<u32>(DEPTH, m - from);
        copyBlock(a + (usize(from * lda + p) << 2), strideA, depth, columns);
        const place = from == 0 ? FIRST : 0;
        for (let j: u32 = 0; j < n; j += 8) {
          copyPanel(g + (usize(from * ldg + j) << 2), strideG, depth);
          let to = c + usize(p) * strideC + (usize(j) << 2);
          for (let q: u32 = 0; q < columns; q += 4) {
            tileColumns(block + (usize(q * depth) << 2), 16, panel, 32, depth, to, strideC, place);
            to += 4 * strideC;
          }
        }
      }
    }
  }
  for (let p = quads; p < k; p++) {
    for (let j: u32 = 0; j < n; j += 8) {
      const at = usize(j) << 2;
      tileColumn(a + (usize(p) << 2), strideA, g + at, strideG, m, c + usize(p) * strideC + at, FIRST);
    }
  }
}

/** block = a[depth x columns], four columns after four. columns % 4 = 0. */
function copyBlock(a: usize, strideA: usize, depth: u32, columns: u32): void {
  const next = usize(depth) << 4;
  for (let i: u32 = 0; i < depth; i++) {
    let to = block + (usize(i) << 4);
    for (let q: usize = 0; q < usize(columns) << 2; q += 16) {
      v128.store(to, v128.load(a + q));
      to += next;
    }
    a += strideA;
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
