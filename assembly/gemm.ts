// Matrix products in float32. Each output is one sequential sum over its terms that starts at +0, whatever the tile or the
// block. So tiles, batch sizes and the index form of one-hot columns (which skips zeros) give the same bits.
// A sum that is cut into blocks of terms continues from what c holds. The number of output columns is a multiple of 8 (the caller pads
// with zeros); pointers need no alignment; outputs must not overlap inputs.
// Small matrices are multiplied in place (tiles.ts), larger ones in packed panels (panels.ts).

import { block, COLUMNS, DEPTH, packBlock, packPanel, packTransposed, panel } from './panels';
import { FIRST_PART, LAST_PART, tileColumn, tileColumns, tileRow, tileRows, tileRowWide } from './tiles';

/** Rows that share a packed panel. */
const ROWS: u32 = 512;
/** Floats of a matrix that stays in the first-level cache. */
const CACHED_FLOATS: u32 = 8192;
/** With fewer rows, packing costs more than it gains. */
const MIN_PACKED_ROWS: u32 = 16;

/** Which part of a sum of `all` terms the `length` terms from `from` are. */
// @ts-ignore: decorator
@inline
function partOf(from: u32, length: u32, all: u32): u32 {
  return (from == 0 ? FIRST_PART : 0) | (from + length == all ? LAST_PART : 0);
}

/** c[m x n] = a[m x k] b[k x n] + bias (0: none), then ReLU where `relu`. Row-major; lda, ldb, ldc in elements; n % 8 = 0. */
export function multiply(
  a: usize, lda: u32, b: usize, ldb: u32, bias: usize, relu: bool, c: usize, ldc: u32, m: u32, n: u32, k: u32,
): void {
  if (m >= MIN_PACKED_ROWS && k * ldb > CACHED_FLOATS) {
    for (let from: u32 = 0; from < m; from += ROWS) {
      const rows = min<u32>(ROWS, m - from);
      for (let p: u32 = 0; p < k; p += DEPTH) {
        const depth = min<u32>(DEPTH, k - p);
        for (let j: u32 = 0; j < n; j += 8) {
          packPanel(b + (usize(p * ldb + j) << 2), usize(ldb) << 2, depth);
          const at = usize(j) << 2;
          multiplyPanel(
            a + (usize(from * lda + p) << 2), usize(lda) << 2, depth, bias ? bias + at : 0, relu,
            c + (usize(from * ldc) << 2) + at, usize(ldc) << 2, rows, partOf(p, depth, k),
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
      tileRows(a, strideA, b + at, strideB, k, bias ? bias + at : 0, relu, c + at, strideC, FIRST_PART | LAST_PART);
    }
    a += 4 * strideA;
    c += 4 * strideC;
  }
  for (; i < m; i++) {
    let j: u32 = 0;
    for (; j + 32 <= n; j += 32) {
      const at = usize(j) << 2;
      tileRowWide(a, b + at, strideB, k, bias ? bias + at : 0, relu, c + at);
    }
    for (; j < n; j += 8) {
      const at = usize(j) << 2;
      tileRow(a, b + at, strideB, k, bias ? bias + at : 0, relu, c + at, FIRST_PART | LAST_PART);
    }
    a += strideA;
    c += strideC;
  }
}

/** c[m x k] = a[m x n] b[k x n]^T: the gradient by a layer's inputs. n % 4 = 0, k % 8 = 0. */
export function multiplyByTransposed(
  a: usize, lda: u32, b: usize, ldb: u32, c: usize, ldc: u32, m: u32, k: u32, n: u32,
): void {
  for (let from: u32 = 0; from < m; from += ROWS) {
    const rows = min<u32>(ROWS, m - from);
    for (let p: u32 = 0; p < n; p += DEPTH) {
      const depth = min<u32>(DEPTH, n - p);
      for (let j: u32 = 0; j < k; j += 8) {
        packTransposed(b + (usize(j * ldb + p) << 2), usize(ldb) << 2, depth);
        multiplyPanel(
          a + (usize(from * lda + p) << 2), usize(lda) << 2, depth, 0, false,
          c + (usize(from * ldc + j) << 2), usize(ldc) << 2, rows, partOf(p, depth, n),
        );
      }
    }
  }
}

/** c[m x 8] (+)= a[m x depth] panel[depth x 8]. */
function multiplyPanel(
  a: usize, strideA: usize, depth: u32, bias: usize, relu: bool, c: usize, strideC: usize, m: u32, part: u32,
): void {
  let i: u32 = 0;
  for (; i + 4 <= m; i += 4) {
    tileRows(a, strideA, panel, 32, depth, bias, relu, c, strideC, part);
    a += 4 * strideA;
    c += 4 * strideC;
  }
  for (; i < m; i++) {
    tileRow(a, panel, 32, depth, bias, relu, c, part);
    a += strideA;
    c += strideC;
  }
}

/** c[k x n] = a[m x k]^T g[m x n]: the gradient by a layer's weights, in the order of the rows. n % 8 = 0. */
export function multiplyTransposed(a: usize, lda: u32, g: usize, ldg: u32, c: usize, ldc: u32, m: u32, n: u32, k: u32): void {
  const strideA = usize(lda) << 2;
  const strideG = usize(ldg) << 2;
  const strideC = usize(ldc) << 2;
  const quads = k & ~3;
  if (m < MIN_PACKED_ROWS || m * max<u32>(lda, ldg) <= 4 * CACHED_FLOATS) {
    for (let p: u32 = 0; p < quads; p += 4) {
      for (let j: u32 = 0; j < n; j += 8) {
        const at = usize(j) << 2;
        tileColumns(a + (usize(p) << 2), strideA, g + at, strideG, m, c + usize(p) * strideC + at, strideC, FIRST_PART);
      }
    }
  } else {
    for (let p: u32 = 0; p < quads; p += COLUMNS) {
      const columns = min<u32>(COLUMNS, quads - p);
      for (let from: u32 = 0; from < m; from += DEPTH) {
        const depth = min<u32>(DEPTH, m - from);
        packBlock(a + (usize(from * lda + p) << 2), strideA, depth, columns);
        const part = from == 0 ? FIRST_PART : 0;
        for (let j: u32 = 0; j < n; j += 8) {
          packPanel(g + (usize(from * ldg + j) << 2), strideG, depth);
          let to = c + usize(p) * strideC + (usize(j) << 2);
          for (let q: u32 = 0; q < columns; q += 4) {
            tileColumns(block + (usize(q * depth) << 2), 16, panel, 32, depth, to, strideC, part);
            to += 4 * strideC;
          }
        }
      }
    }
  }
  for (let p = quads; p < k; p++) {
    for (let j: u32 = 0; j < n; j += 8) {
      const at = usize(j) << 2;
      tileColumn(a + (usize(p) << 2), strideA, g + at, strideG, m, c + usize(p) * strideC + at, FIRST_PART);
    }
  }
}

/** out[i] = bias + sum over k of a[i, k] w[k]: the output unit, four rows at a time. */
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
