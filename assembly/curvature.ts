// Gradient and curvature of the ridge logistic fit (logistic.ts), row by row. A row is its head, a list of places and values,
// and its tail: the columns that every row has, one after the other.

import { at } from './address';

/** Where the columns that every row has, one after the other, begin among the fields: the rest of a row is its head. */
export function tailOf(fields: u32, columns: usize): u32 {
  let first = fields;
  while (first > 0) {
    const here = load<i32>(columns + (usize(first - 1) << 2));
    if (here < 0 || (first < fields && load<i32>(columns + (usize(first) << 2)) != here + 1)) break;
    first--;
  }
  return first;
}

/**
 * A row as numbers: b, a and the fields before the tail as a list of places and values, the tail's values in order.
 * Returns the length of the list. Where the tail begins with the first column, b and a are part of it, and the list is empty.
 */
export function unpackRow(v: f64, row: usize, fields: u32, columns: usize, first: u32, places: usize, values: usize, tail: usize): u32 {
  let count: u32 = 0;
  if (first == 0 && fields > 0 && load<i32>(columns) == 0) {
    store<f64>(tail, 1);
    store<f64>(tail, v, 8);
    tail += 16;
  } else {
    store<u32>(places, 0);
    store<f64>(values, 1);
    store<u32>(places, 1, 4);
    store<f64>(values, v, 8);
    count = 2;
  }
  for (let s: u32 = 0; s < first; s++) {
    const fixed = load<i32>(columns + (usize(s) << 2));
    const column = fixed >= 0 ? fixed : load<i32>(row + (usize(s) << 2));
    const x: f64 = fixed >= 0 ? f64(load<f32>(row + (usize(s) << 2))) : 1;
    if (column < 0 || x == 0) continue;
    store<u32>(places + (usize(count) << 2), 2 + u32(column));
    store<f64>(at(values, count), x);
    count++;
  }
  for (let s = first; s < fields; s++) {
    store<f64>(tail, f64(load<f32>(row + (usize(s) << 2))));
    tail += 8;
  }
  return count;
}

/** Adds a row's part to the gradient. */
export function addGradient(
  gradient: usize, residual: f64, count: u32, places: usize, values: usize, tail: usize, length: u32, column: u32,
): void {
  for (let s: u32 = 0; s < count; s++) {
    const to = at(gradient, load<u32>(places + (usize(s) << 2)));
    store<f64>(to, load<f64>(to) + residual * load<f64>(at(values, s)));
  }
  const wide = f64x2.splat(residual);
  const to = at(gradient, column);
  let j: usize = 0;
  for (; j + 16 <= usize(length) << 3; j += 16) {
    v128.store(to + j, f64x2.add(v128.load(to + j), f64x2.mul(wide, v128.load(tail + j))));
  }
  if (length & 1) store<f64>(to + j, load<f64>(to + j) + residual * load<f64>(tail + j));
}

/** Adds a row's part to the curvature where its head is concerned. */
export function addHead(
  hessian: usize, size: u32, curvature: f64, count: u32, places: usize, values: usize, tail: usize, length: u32, column: u32,
): void {
  for (let s: u32 = 0; s < count; s++) {
    const scaled = curvature * load<f64>(at(values, s));
    const line = at(hessian, load<u32>(places + (usize(s) << 2)) * size);
    for (let t: u32 = 0; t <= s; t++) {
      const to = at(line, load<u32>(places + (usize(t) << 2)));
      store<f64>(to, load<f64>(to) + scaled * load<f64>(at(values, t)));
    }
  }
  if (count == 0) return;
  for (let i: u32 = 0; i < length; i++) {
    const scaled = curvature * load<f64>(at(tail, i));
    const line = at(hessian, (column + i) * size);
    for (let t: u32 = 0; t < count; t++) {
      const to = at(line, load<u32>(places + (usize(t) << 2)));
      store<f64>(to, load<f64>(to) + scaled * load<f64>(at(values, t)));
    }
  }
}

/** Adds the parts of four rows to the curvature among the columns of the tail, in order: read and written once for all four. */
export function addTails(hessian: usize, size: u32, curvatures: usize, tails: usize, length: u32, column: u32): void {
  const next = usize(length) << 3;
  const c0 = load<f64>(curvatures);
  const c1 = load<f64>(curvatures, 8);
  const c2 = load<f64>(curvatures, 16);
  const c3 = load<f64>(curvatures, 24);
  const t1 = tails + next;
  const t2 = t1 + next;
  const t3 = t2 + next;
  for (let i: u32 = 0; i < length; i++) {
    const own = usize(i) << 3;
    const s0 = f64x2.splat(c0 * load<f64>(tails + own));
    const s1 = f64x2.splat(c1 * load<f64>(t1 + own));
    const s2 = f64x2.splat(c2 * load<f64>(t2 + own));
    const s3 = f64x2.splat(c3 * load<f64>(t3 + own));
    const line = at(hessian, (column + i) * size + column);
    // the last pair may reach one place beyond the triangle, which nobody reads
    for (let j: usize = 0; j <= own; j += 16) {
      let sum = v128.load(line + j);
      sum = f64x2.add(sum, f64x2.mul(s0, v128.load(tails + j)));
      sum = f64x2.add(sum, f64x2.mul(s1, v128.load(t1 + j)));
      sum = f64x2.add(sum, f64x2.mul(s2, v128.load(t2 + j)));
      sum = f64x2.add(sum, f64x2.mul(s3, v128.load(t3 + j)));
      v128.store(line + j, sum);
    }
  }
}

/** Adds the penalties' curvature. */
export function penalise(hessian: usize, size: u32, penalties: usize): void {
  const slope = at(hessian, size + 1);
  store<f64>(slope, load<f64>(slope) + 1);
  for (let j: u32 = 2; j < size; j++) {
    const d = at(hessian, j * size + j);
    store<f64>(d, load<f64>(d) + load<f64>(at(penalties, j - 2)));
  }
}
