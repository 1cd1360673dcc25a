// Products with rows in compact form: one 32-bit word, a field, for each raw feature. A numeric field holds its float32 value and
// has a fixed encoded column; a categorical field holds the index of its one-hot column (-1: none), whose value is 1.
// Fields are in the order of the encoded columns, so sums have the same terms in the same order as those of the dense row; the terms
// left out are exact zeros.
// A text field (TEXT) holds the number of a segment: a list of encoded columns that all have the same value, its scale. The list of
// fixed columns continues with three addresses: of the segments' bounds (two uint32 each: first column, and one after the last), of their
// columns (uint32) and of their scales (float32). Sums have the segment's columns in its order.

import { storeOutputs } from './tiles';

/** The encoded column of field s; -1 for a categorical field, where the row holds the column. */
// @ts-ignore: decorator
@inline
function fixedColumn(columns: usize, s: u32): i32 {
  return load<i32>(columns + (usize(s) << 2));
}

/** The fixed column of a text field. */
export const TEXT: i32 = -2;

/** The segment of a text field: its columns are at [from, to), the addresses of uint32. */
@unmanaged
export class Segment {
  from: usize;
  to: usize;
  scale: f32;
}

/** The segment that is read at present; kernels run on one thread. */
export const segment: Segment = changetype<Segment>(memory.data(16));

/** Reads segment `number` into `segment`. */
// @ts-ignore: decorator
@inline
export function readSegment(columns: usize, fields: u32, number: i32): void {
  const pool = columns + (usize(fields) << 2);
  const bounds = usize(load<u32>(pool)) + (usize(number) << 3);
  const list = usize(load<u32>(pool, 4));
  segment.from = list + (usize(load<u32>(bounds)) << 2);
  segment.to = list + (usize(load<u32>(bounds, 4)) << 2);
  segment.scale = load<f32>(usize(load<u32>(pool, 8)) + (usize(number) << 2));
}

/** Whether the rows have a text field. */
function hasTexts(columns: usize, fields: u32): bool {
  for (let s: u32 = 0; s < fields; s++) if (fixedColumn(columns, s) == TEXT) return true;
  return false;
}

/** to[0 .. bytes) += v w[0 .. bytes), float32; bytes % 16 = 0. */
// @ts-ignore: decorator
@inline
function addScaled(to: usize, v: v128, w: usize, bytes: usize): void {
  for (let j: usize = 0; j < bytes; j += 16) {
    v128.store(to + j, f32x4.add(v128.load(to + j), f32x4.mul(v, v128.load(w + j))));
  }
}

/** All outputs of one row with texts, summed in memory. */
function gatherTexts(row: usize, fields: u32, columns: usize, b: usize, stride: usize, bias: usize, relu: bool, c: usize): void {
  memory.fill(c, 0, stride);
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = fixedColumn(columns, s);
    const at = row + (usize(s) << 2);
    if (fixed >= 0) addScaled(c, v128.load32_splat(at), b + usize(fixed) * stride, stride);
    else if (fixed == TEXT) {
      readSegment(columns, fields, load<i32>(at));
      const v = f32x4.splat(segment.scale);
      for (let k = segment.from, end = segment.to; k < end; k += 4) addScaled(c, v, b + usize(load<u32>(k)) * stride, stride);
    } else if (load<i32>(at) >= 0) addScaled(c, f32x4.splat(1), b + usize(load<i32>(at)) * stride, stride);
  }
  for (let j: usize = 0; j < stride; j += 32) {
    storeOutputs(c + j, v128.load(c + j), v128.load(c + j, 16), bias ? bias + j : 0, relu);
  }
}

/** 8 outputs of one row of gatherMultiply. */
function gather8(row: usize, fields: u32, columns: usize, b: usize, stride: usize, bias: usize, relu: bool, c: usize): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = fixedColumn(columns, s);
    if (fixed >= 0) {
      const v = v128.load32_splat(row + (usize(s) << 2));
      const w = b + usize(fixed) * stride;
      x0 = f32x4.add(x0, f32x4.mul(v, v128.load(w)));
      x1 = f32x4.add(x1, f32x4.mul(v, v128.load(w, 16)));
    } else {
      const index = load<i32>(row + (usize(s) << 2));
      if (index < 0) continue;
      const w = b + usize(index) * stride;
      x0 = f32x4.add(x0, v128.load(w));
      x1 = f32x4.add(x1, v128.load(w, 16));
    }
  }
  storeOutputs(c, x0, x1, bias, relu);
}

/** 32 outputs of one row: each field is read once for all of them. */
function gather32(row: usize, fields: u32, columns: usize, b: usize, stride: usize, bias: usize, relu: bool, c: usize): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  let x2 = x0;
  let x3 = x0;
  let x4 = x0;
  let x5 = x0;
  let x6 = x0;
  let x7 = x0;
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = fixedColumn(columns, s);
    if (fixed >= 0) {
      const v = v128.load32_splat(row + (usize(s) << 2));
      const w = b + usize(fixed) * stride;
      x0 = f32x4.add(x0, f32x4.mul(v, v128.load(w)));
      x1 = f32x4.add(x1, f32x4.mul(v, v128.load(w, 16)));
      x2 = f32x4.add(x2, f32x4.mul(v, v128.load(w, 32)));
      x3 = f32x4.add(x3, f32x4.mul(v, v128.load(w, 48)));
      x4 = f32x4.add(x4, f32x4.mul(v, v128.load(w, 64)));
      x5 = f32x4.add(x5, f32x4.mul(v, v128.load(w, 80)));
      x6 = f32x4.add(x6, f32x4.mul(v, v128.load(w, 96)));
      x7 = f32x4.add(x7, f32x4.mul(v, v128.load(w, 112)));
    } else {
      const index = load<i32>(row + (usize(s) << 2));
      if (index < 0) continue;
      const w = b + usize(index) * stride;
      x0 = f32x4.add(x0, v128.load(w));
      x1 = f32x4.add(x1, v128.load(w, 16));
      x2 = f32x4.add(x2, v128.load(w, 32));
      x3 = f32x4.add(x3, v128.load(w, 48));
      x4 = f32x4.add(x4, v128.load(w, 64));
      x5 = f32x4.add(x5, v128.load(w, 80));
      x6 = f32x4.add(x6, v128.load(w, 96));
      x7 = f32x4.add(x7, v128.load(w, 112));
    }
  }
  storeOutputs(c, x0, x1, bias, relu);
  storeOutputs(c + 32, x2, x3, bias ? bias + 32 : 0, relu);
  storeOutputs(c + 64, x4, x5, bias ? bias + 64 : 0, relu);
  storeOutputs(c + 96, x6, x7, bias ? bias + 96 : 0, relu);
}

/**
 * 16 outputs of two rows: the sums of one wait for each other, those of two rows do not. Each row's sums have the same order as those of
 * gather16.
 */
function gatherPair16(
  row: usize, other: usize, fields: u32, columns: usize, b: usize, stride: usize, bias: usize, relu: bool, c: usize,
): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  let x2 = x0;
  let x3 = x0;
  let y0 = x0;
  let y1 = x0;
  let y2 = x0;
  let y3 = x0;
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = fixedColumn(columns, s);
    const at = usize(s) << 2;
    if (fixed >= 0) {
      const w = b + usize(fixed) * stride;
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const w2 = v128.load(w, 32);
      const w3 = v128.load(w, 48);
      const v = v128.load32_splat(row + at);
      x0 = f32x4.add(x0, f32x4.mul(v, w0));
      x1 = f32x4.add(x1, f32x4.mul(v, w1));
      x2 = f32x4.add(x2, f32x4.mul(v, w2));
      x3 = f32x4.add(x3, f32x4.mul(v, w3));
      const u = v128.load32_splat(other + at);
      y0 = f32x4.add(y0, f32x4.mul(u, w0));
      y1 = f32x4.add(y1, f32x4.mul(u, w1));
      y2 = f32x4.add(y2, f32x4.mul(u, w2));
      y3 = f32x4.add(y3, f32x4.mul(u, w3));
      continue;
    }
    const index = load<i32>(row + at);
    if (index >= 0) {
      const w = b + usize(index) * stride;
      x0 = f32x4.add(x0, v128.load(w));
      x1 = f32x4.add(x1, v128.load(w, 16));
      x2 = f32x4.add(x2, v128.load(w, 32));
      x3 = f32x4.add(x3, v128.load(w, 48));
    }
    const second = load<i32>(other + at);
    if (second >= 0) {
      const w = b + usize(second) * stride;
      y0 = f32x4.add(y0, v128.load(w));
      y1 = f32x4.add(y1, v128.load(w, 16));
      y2 = f32x4.add(y2, v128.load(w, 32));
      y3 = f32x4.add(y3, v128.load(w, 48));
    }
  }
  storeOutputs(c, x0, x1, bias, relu);
  storeOutputs(c + 32, x2, x3, bias ? bias + 32 : 0, relu);
  storeOutputs(c + 64, y0, y1, bias, relu);
  storeOutputs(c + 96, y2, y3, bias ? bias + 32 : 0, relu);
}

/** 16 outputs of one row. */
function gather16(row: usize, fields: u32, columns: usize, b: usize, stride: usize, bias: usize, relu: bool, c: usize): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  let x2 = x0;
  let x3 = x0;
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = fixedColumn(columns, s);
    if (fixed >= 0) {
      const v = v128.load32_splat(row + (usize(s) << 2));
      const w = b + usize(fixed) * stride;
      x0 = f32x4.add(x0, f32x4.mul(v, v128.load(w)));
      x1 = f32x4.add(x1, f32x4.mul(v, v128.load(w, 16)));
      x2 = f32x4.add(x2, f32x4.mul(v, v128.load(w, 32)));
      x3 = f32x4.add(x3, f32x4.mul(v, v128.load(w, 48)));
    } else {
      const index = load<i32>(row + (usize(s) << 2));
      if (index < 0) continue;
      const w = b + usize(index) * stride;
      x0 = f32x4.add(x0, v128.load(w));
      x1 = f32x4.add(x1, v128.load(w, 16));
      x2 = f32x4.add(x2, v128.load(w, 32));
      x3 = f32x4.add(x3, v128.load(w, 48));
    }
  }
  storeOutputs(c, x0, x1, bias, relu);
  storeOutputs(c + 32, x2, x3, bias ? bias + 32 : 0, relu);
}

/** c[m x n] = x b + bias, then ReLU where `relu`; x has the m rows of data whose numbers are in `rows`. n % 8 = 0. */
export function gatherMultiply(
  data: usize, rows: usize, fields: u32, columns: usize, b: usize, n: u32, bias: usize, relu: bool, c: usize, m: u32,
): void {
  const stride = usize(n) << 2;
  const texts = hasTexts(columns, fields);
  let i: u32 = 0;
  if (n == 16 && !texts) {
    for (; i + 2 <= m; i += 2) {
      const row = data + ((usize(load<u32>(rows + (usize(i) << 2))) * fields) << 2);
      const other = data + ((usize(load<u32>(rows + (usize(i) << 2), 4)) * fields) << 2);
      gatherPair16(row, other, fields, columns, b, stride, bias, relu, c);
      c += 2 * stride;
    }
  }
  for (; i < m; i++) {
    const row = data + ((usize(load<u32>(rows + (usize(i) << 2))) * fields) << 2);
    if (texts) {
      gatherTexts(row, fields, columns, b, stride, bias, relu, c);
      c += stride;
      continue;
    }
    let j: usize = 0;
    for (; j + 128 <= stride; j += 128) gather32(row, fields, columns, b + j, stride, bias ? bias + j : 0, relu, c + j);
    for (; j + 64 <= stride; j += 64) gather16(row, fields, columns, b + j, stride, bias ? bias + j : 0, relu, c + j);
    for (; j < stride; j += 32) gather8(row, fields, columns, b + j, stride, bias ? bias + j : 0, relu, c + j);
    c += stride;
  }
}

// @ts-ignore: decorator
@inline
function addAt(to: usize, v: v128): void {
  v128.store(to, f32x4.add(v128.load(to), v));
}

/** One row of scatterAdd with 16 outputs, whose gradient stays in registers. */
function scatter16(row: usize, fields: u32, columns: usize, g: usize, c: usize): void {
  const g0 = v128.load(g);
  const g1 = v128.load(g, 16);
  const g2 = v128.load(g, 32);
  const g3 = v128.load(g, 48);
  for (let s: u32 = 0; s < fields; s++) {
    const fixed = fixedColumn(columns, s);
    const at = row + (usize(s) << 2);
    if (fixed >= 0) {
      const v = v128.load32_splat(at);
      const to = c + (usize(fixed) << 6);
      addAt(to, f32x4.mul(v, g0));
      addAt(to + 16, f32x4.mul(v, g1));
      addAt(to + 32, f32x4.mul(v, g2));
      addAt(to + 48, f32x4.mul(v, g3));
    } else if (fixed == TEXT) {
      readSegment(columns, fields, load<i32>(at));
      const v = f32x4.splat(segment.scale);
      for (let k = segment.from, end = segment.to; k < end; k += 4) addScaled(c + (usize(load<u32>(k)) << 6), v, g, 64);
    } else {
      const index = load<i32>(at);
      if (index < 0) continue;
      const to = c + (usize(index) << 6);
      addAt(to, g0);
      addAt(to + 16, g1);
      addAt(to + 32, g2);
      addAt(to + 48, g3);
    }
  }
}

/** c[k x n] += x^T g, in the order of the rows: the weight gradient of gatherMultiply. c is zero before the first call. */
export function scatterAdd(
  data: usize, rows: usize, fields: u32, columns: usize, g: usize, n: u32, c: usize, m: u32,
): void {
  const stride = usize(n) << 2;
  if (n == 16) {
    for (let i: u32 = 0; i < m; i++) {
      scatter16(data + ((usize(load<u32>(rows + (usize(i) << 2))) * fields) << 2), fields, columns, g, c);
      g += stride;
    }
    return;
  }
  for (let i: u32 = 0; i < m; i++) {
    const row = data + ((usize(load<u32>(rows + (usize(i) << 2))) * fields) << 2);
    for (let s: u32 = 0; s < fields; s++) {
      const fixed = fixedColumn(columns, s);
      if (fixed >= 0) {
        addScaled(c + usize(fixed) * stride, v128.load32_splat(row + (usize(s) << 2)), g, stride);
      } else if (fixed == TEXT) {
        readSegment(columns, fields, load<i32>(row + (usize(s) << 2)));
        const v = f32x4.splat(segment.scale);
        for (let k = segment.from, end = segment.to; k < end; k += 4) addScaled(c + usize(load<u32>(k)) * stride, v, g, stride);
      } else {
        const index = load<i32>(row + (usize(s) << 2));
        if (index < 0) continue;
        const to = c + usize(index) * stride;
        for (let j: usize = 0; j < stride; j += 16) {
          v128.store(to + j, f32x4.add(v128.load(to + j), v128.load(g + j)));
        }
      }
    }
    g += stride;
  }
}

/** out[i] = bias + w . x_i: one output unit on the input itself (logistic regression). */
export function gatherVector(
  data: usize, rows: usize, fields: u32, columns: usize, w: usize, bias: f32, out: usize, m: u32,
): void {
  for (let i: u32 = 0; i < m; i++) {
    const row = data + ((usize(load<u32>(rows + (usize(i) << 2))) * fields) << 2);
    let sum: f32 = 0;
    for (let s: u32 = 0; s < fields; s++) {
      const fixed = fixedColumn(columns, s);
      if (fixed >= 0) {
        sum += load<f32>(row + (usize(s) << 2)) * load<f32>(w + (usize(fixed) << 2));
      } else if (fixed == TEXT) {
        readSegment(columns, fields, load<i32>(row + (usize(s) << 2)));
        const v = segment.scale;
        for (let k = segment.from, end = segment.to; k < end; k += 4) sum += v * load<f32>(w + (usize(load<u32>(k)) << 2));
      } else {
        const index = load<i32>(row + (usize(s) << 2));
        if (index >= 0) sum += load<f32>(w + (usize(index) << 2));
      }
    }
    store<f32>(out + (usize(i) << 2), sum + bias);
  }
}

/** c[k] += sum over the rows of g[i] x[i, k], in the order of the rows: the weight gradient of gatherVector. */
export function scatterVector(
  data: usize, rows: usize, fields: u32, columns: usize, g: usize, c: usize, m: u32,
): void {
  for (let i: u32 = 0; i < m; i++) {
    const row = data + ((usize(load<u32>(rows + (usize(i) << 2))) * fields) << 2);
    const d = load<f32>(g + (usize(i) << 2));
    for (let s: u32 = 0; s < fields; s++) {
      const fixed = fixedColumn(columns, s);
      if (fixed >= 0) {
        const to = c + (usize(fixed) << 2);
        store<f32>(to, load<f32>(to) + load<f32>(row + (usize(s) << 2)) * d);
      } else if (fixed == TEXT) {
        readSegment(columns, fields, load<i32>(row + (usize(s) << 2)));
        const v = segment.scale * d;
        for (let k = segment.from, end = segment.to; k < end; k += 4) {
          const to = c + (usize(load<u32>(k)) << 2);
          store<f32>(to, load<f32>(to) + v);
        }
      } else {
        const index = load<i32>(row + (usize(s) << 2));
        if (index < 0) continue;
        const to = c + (usize(index) << 2);
        store<f32>(to, load<f32>(to) + d);
      }
    }
  }
}
