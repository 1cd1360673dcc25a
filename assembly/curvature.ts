// Gradient and Hessian of the ridge logistic fit (logistic.ts), row by row. A row has a sparse part, a list of indices and values, and
// a dense part: the last fields, where they hold consecutive columns.

import { at } from './address';

/** The first field of the dense part; `fields` where there is none. */
export function firstDenseField(fields: u32, columns: usize): u32 {
  let first = fields;
  while (first > 0) {
    const here = load<i32>(columns + (usize(first - 1) << 2));
    if (here < 0 || (first < fields && load<i32>(columns + (usize(first) << 2)) != here + 1)) break;
    first--;
  }
  return first;
}

/**
 * Writes the sparse part of a row [1, v, phi] of the fit's design matrix (1 for the intercept b, the margin v for its slope a): indices
 * and values. Returns its length. Where the dense part begins at the first column of phi, it also holds 1 and v, and no part is sparse.
 */
export function unpackSparse(v: f64, row: usize, columns: usize, first: u32, indices: usize, values: usize): u32 {
  store<u32>(indices, 0);
  store<f64>(values, 1);
  store<u32>(indices, 1, 4);
  store<f64>(values, v, 8);
  let count: u32 = 2;
  for (let s: u32 = 0; s < first; s++) {
    const fixed = load<i32>(columns + (usize(s) << 2));
    const encoded = fixed >= 0 ? fixed : load<i32>(row + (usize(s) << 2));
    const x: f64 = fixed >= 0 ? f64(load<f32>(row + (usize(s) << 2))) : 1;
    if (encoded < 0 || x == 0) continue;
    store<u32>(indices + (usize(count) << 2), 2 + u32(encoded));
    store<f64>(at(values, count), x);
    count++;
  }
  return count;
}

/** Writes the dense part of a row, float64; it begins with 1 and v where the whole row is dense. */
export function unpackDense(v: f64, row: usize, fields: u32, first: u32, whole: bool, dense: usize): void {
  if (whole) {
    store<f64>(dense, 1);
    store<f64>(dense, v, 8);
    dense += 16;
  }
  let s = first;
  for (; s + 2 <= fields; s += 2) {
    v128.store(dense, f64x2.promote_low_f32x4(v128.load64_zero(row + (usize(s) << 2))));
    dense += 16;
  }
  if (s < fields) store<f64>(dense, f64(load<f32>(row + (usize(s) << 2))));
}

/** gradient += residual row, in the sparse part. */
export function addSparseGradient(gradient: usize, residual: f64, count: u32, indices: usize, values: usize): void {
  for (let s: u32 = 0; s < count; s++) {
    const to = at(gradient, load<u32>(indices + (usize(s) << 2)));
    store<f64>(to, load<f64>(to) + residual * load<f64>(at(values, s)));
  }
}

/**
 * Adds residual row of four rows, in order, to the dense part of the gradient, which is read and written once for all four. rows: their
 * addresses; slopes: their v, for whole rows.
 */
export function addDenseGradient(
  gradient: usize, residuals: usize, slopes: usize, rows: usize, fields: u32, first: u32, whole: bool, denseColumn: u32,
): void {
  let to = at(gradient, denseColumn);
  if (whole) {
    for (let k: u32 = 0; k < 4; k++) {
      const residual = load<f64>(at(residuals, k));
      store<f64>(to, load<f64>(to) + residual);
      store<f64>(to, load<f64>(to, 8) + residual * load<f64>(at(slopes, k)), 8);
    }
    to += 16;
  }
  const r0 = v128.load64_splat(residuals);
  const r1 = v128.load64_splat(residuals, 8);
  const r2 = v128.load64_splat(residuals, 16);
  const r3 = v128.load64_splat(residuals, 24);
  const x0 = load<usize>(rows);
  const x1 = load<usize>(rows, sizeof<usize>());
  const x2 = load<usize>(rows, 2 * sizeof<usize>());
  const x3 = load<usize>(rows, 3 * sizeof<usize>());
  const end = usize(fields) << 2;
  let s = usize(first) << 2;
  for (; s + 8 <= end; s += 8) {
    let sum = v128.load(to);
    sum = f64x2.add(sum, f64x2.mul(r0, f64x2.promote_low_f32x4(v128.load64_zero(x0 + s))));
    sum = f64x2.add(sum, f64x2.mul(r1, f64x2.promote_low_f32x4(v128.load64_zero(x1 + s))));
    sum = f64x2.add(sum, f64x2.mul(r2, f64x2.promote_low_f32x4(v128.load64_zero(x2 + s))));
    v128.store(to, f64x2.add(sum, f64x2.mul(r3, f64x2.promote_low_f32x4(v128.load64_zero(x3 + s)))));
    to += 16;
  }
  if (s == end) return;
  let sum = load<f64>(to);
  for (let k: u32 = 0; k < 4; k++) sum += load<f64>(at(residuals, k)) * f64(load<f32>(load<usize>(rows + k * sizeof<usize>()) + s));
  store<f64>(to, sum);
}

/** Adds a row's curvature to the Hessian in the rows and columns of its sparse part. */
export function addSparseCurvature(
  hessian: usize, size: u32, curvature: f64, count: u32, indices: usize, values: usize, dense: usize, denseLength: u32, denseColumn: u32,
): void {
  for (let s: u32 = 0; s < count; s++) {
    const scaled = curvature * load<f64>(at(values, s));
    const line = at(hessian, load<u32>(indices + (usize(s) << 2)) * size);
    for (let t: u32 = 0; t <= s; t++) {
      const to = at(line, load<u32>(indices + (usize(t) << 2)));
      store<f64>(to, load<f64>(to) + scaled * load<f64>(at(values, t)));
    }
  }
  if (count == 0) return;
  for (let i: u32 = 0; i < denseLength; i++) {
    const scaled = curvature * load<f64>(at(dense, i));
    const line = at(hessian, (denseColumn + i) * size);
    for (let t: u32 = 0; t < count; t++) {
      const to = at(line, load<u32>(indices + (usize(t) << 2)));
      store<f64>(to, load<f64>(to) + scaled * load<f64>(at(values, t)));
    }
  }
}

/** Adds the curvature of four rows, in order, to the Hessian of the dense part, which is read and written once for all four, two lines at a time. */
export function addDenseCurvature(hessian: usize, size: u32, curvatures: usize, denseRows: usize, denseLength: u32, denseColumn: u32): void {
  const next = usize(denseLength) << 3;
  const c0 = load<f64>(curvatures);
  const c1 = load<f64>(curvatures, 8);
  const c2 = load<f64>(curvatures, 16);
  const c3 = load<f64>(curvatures, 24);
  const t1 = denseRows + next;
  const t2 = t1 + next;
  const t3 = t2 + next;
  for (let i: u32 = 0; i < denseLength; i += 2) {
    const own = usize(i) << 3;
    const s0 = f64x2.splat(c0 * load<f64>(denseRows + own));
    const s1 = f64x2.splat(c1 * load<f64>(t1 + own));
    const s2 = f64x2.splat(c2 * load<f64>(t2 + own));
    const s3 = f64x2.splat(c3 * load<f64>(t3 + own));
    const r0 = f64x2.splat(c0 * load<f64>(denseRows + own, 8));
    const r1 = f64x2.splat(c1 * load<f64>(t1 + own, 8));
    const r2 = f64x2.splat(c2 * load<f64>(t2 + own, 8));
    const r3 = f64x2.splat(c3 * load<f64>(t3 + own, 8));
    const line = at(hessian, (denseColumn + i) * size + denseColumn);
    // a line that the matrix lacks goes behind the Hessian, where its factor will be written
    const second = i + 1 < denseLength ? at(line, size) : at(hessian, size * size);
    // the last pair may write one element beyond the triangle, which is never read
    for (let j: usize = 0; j <= own; j += 16) {
      const x0 = v128.load(denseRows + j);
      const x1 = v128.load(t1 + j);
      const x2 = v128.load(t2 + j);
      const x3 = v128.load(t3 + j);
      let sum = v128.load(line + j);
      sum = f64x2.add(sum, f64x2.mul(s0, x0));
      sum = f64x2.add(sum, f64x2.mul(s1, x1));
      sum = f64x2.add(sum, f64x2.mul(s2, x2));
      v128.store(line + j, f64x2.add(sum, f64x2.mul(s3, x3)));
      sum = v128.load(second + j);
      sum = f64x2.add(sum, f64x2.mul(r0, x0));
      sum = f64x2.add(sum, f64x2.mul(r1, x1));
      sum = f64x2.add(sum, f64x2.mul(r2, x2));
      v128.store(second + j, f64x2.add(sum, f64x2.mul(r3, x3)));
    }
  }
}

/** Adds the penalties to the diagonal: 1 for a, none for b. */
export function addPenalties(hessian: usize, size: u32, penalties: usize): void {
  const slope = at(hessian, size + 1);
  store<f64>(slope, load<f64>(slope) + 1);
  for (let j: u32 = 2; j < size; j++) {
    const d = at(hessian, j * size + j);
    store<f64>(d, load<f64>(d) + load<f64>(at(penalties, j - 2)));
  }
}
