// Gradient boosting of the logistic loss with trees of depth 3 (Friedman 2001), on binned columns, starting from given margins. In
// float64; sums are in the order of rows, then of bins. A row is `fields` codes (u16): the bin of an ordered column, the code of
// a category (0: none). At a node, a row goes left where its code is at most the node's (ordered), or equal to it (category).

import { weightOf } from './address';
import { sigmoid } from './math';

const DEPTH: u32 = 3;
const NODES: u32 = 7;
const LEAVES: u32 = 8;
/** Bytes of a tree: 7 nodes of field (i32; -1: every row goes left) and code (u32), then 8 leaf values (f64). */
const TREE_BYTES: u32 = NODES * 8 + LEAVES * 8;
/** L2 penalty of leaf values: a leaf's value is sum of gradients / (sum of hessians + LAMBDA) (Chen, Guestrin 2016, equation 5). */
const LAMBDA: f64 = 1;

/** Bytes of scratch that fitTrees needs for n rows and `bins` bins of all fields together. */
export function treesScratch(n: u32, bins: u32): u32 {
  return 24 * n + 16 * 4 * bins + 16 * LEAVES + 64;
}

// @ts-ignore: decorator
@inline
function goesLeft(codes: usize, row: u32, fields: u32, field: i32, code: u32, categorical: usize): bool {
  if (field < 0) return true;
  const current = u32(load<u16>(codes + (usize(row * fields + u32(field)) << 1)));
  return load<u8>(categorical + usize(field)) ? current == code : current <= code;
}

/**
 * Fits `count` trees and writes them to `out`. z: the margins of all n rows, on return with the trees added. Training rows have a label
 * and are outside fold `skip`. categorical: u8 [fields], 1 for categories. offsets: u32 [fields + 1], where each field's bins begin, and how
 * many there are in all. Every leaf has `minLeafRows` training rows or more; leaf values are multiplied by `learningRate`. weights: of
 * the rows, float64 [n] (0: all 1); a row of weight k counts as k rows.
 */
export function fitTrees(
  codes: usize, fields: u32, categorical: usize, offsets: usize, y: usize, fold: usize, skip: i32, n: u32,
  count: u32, learningRate: f64, minLeafRows: u32, z: usize, out: usize, scratch: usize, weights: usize,
): void {
  const bins = load<u32>(offsets + (usize(fields) << 2));
  const gradients = scratch; // f64 [n]
  const hessians = gradients + (usize(n) << 3); // f64 [n]
  const node = hessians + (usize(n) << 3); // u32 [n]
  const isTraining = node + (usize(n) << 2); // u32 [n]
  const sums = (isTraining + (usize(n) << 2) + 63) & ~63; // f64 [4 x bins]
  const rows = sums + (usize(bins) << 5); // f64 [4 x bins]
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(isTraining + (usize(i) << 2), load<i8>(y + i) >= 0 && i32(load<u8>(fold + i)) != skip && weightOf(weights, i) > 0 ? 1 : 0);
  }
  for (let t: u32 = 0; t < count; t++) {
    const tree = out + usize(t) * TREE_BYTES;
    for (let i: u32 = 0; i < n; i++) {
      const p = sigmoid(load<f64>(z + (usize(i) << 3)));
      const weight = weightOf(weights, i);
      store<f64>(gradients + (usize(i) << 3), weight * (f64(load<i8>(y + i)) - p));
      store<f64>(hessians + (usize(i) << 3), weight * (p * (1 - p)));
      store<u32>(node + (usize(i) << 2), 0);
    }
    for (let level: u32 = 0; level < DEPTH; level++) {
      const first: u32 = (1 << level) - 1;
      const width: u32 = 1 << level;
      memory.fill(sums, 0, usize(bins) << 6);
      for (let i: u32 = 0; i < n; i++) {
        if (!load<u32>(isTraining + (usize(i) << 2))) continue;
        const g = load<f64>(gradients + (usize(i) << 3));
        const weight = weightOf(weights, i);
        const base = (load<u32>(node + (usize(i) << 2)) - first) * bins;
        for (let s: u32 = 0; s < fields; s++) {
          const bin = base + load<u32>(offsets + (usize(s) << 2)) + load<u16>(codes + (usize(i * fields + s) << 1));
          const at = usize(bin) << 3;
          store<f64>(sums + at, load<f64>(sums + at) + g);
          store<f64>(rows + at, load<f64>(rows + at) + weight);
        }
      }
      for (let k: u32 = 0; k < width; k++) {
        chooseSplit(sums + (usize(k * bins) << 3), rows + (usize(k * bins) << 3), fields, categorical, offsets, f64(minLeafRows), tree + usize(first + k) * 8);
      }
      for (let i: u32 = 0; i < n; i++) {
        const current = load<u32>(node + (usize(i) << 2));
        const at = tree + usize(current) * 8;
        const left = goesLeft(codes, i, fields, load<i32>(at), load<u32>(at, 4), categorical);
        store<u32>(node + (usize(i) << 2), 2 * current + (left ? 1 : 2));
      }
    }
    const values = tree + NODES * 8;
    memory.fill(sums, 0, 16 * LEAVES);
    for (let i: u32 = 0; i < n; i++) {
      if (!load<u32>(isTraining + (usize(i) << 2))) continue;
      const at = sums + (usize(load<u32>(node + (usize(i) << 2)) - NODES) << 4);
      store<f64>(at, load<f64>(at) + load<f64>(gradients + (usize(i) << 3)));
      store<f64>(at, load<f64>(at, 8) + load<f64>(hessians + (usize(i) << 3)), 8);
    }
    for (let leaf: u32 = 0; leaf < LEAVES; leaf++) {
      const at = sums + (usize(leaf) << 4);
      store<f64>(values + (usize(leaf) << 3), (learningRate * load<f64>(at)) / (load<f64>(at, 8) + LAMBDA));
    }
    for (let i: u32 = 0; i < n; i++) {
      const to = z + (usize(i) << 3);
      store<f64>(to, load<f64>(to) + load<f64>(values + (usize(load<u32>(node + (usize(i) << 2)) - NODES) << 3)));
    }
  }
}

/** Writes field and code of the split that reduces the squared error of the gradients most; field -1 where no split is good enough. */
function chooseSplit(sums: usize, rows: usize, fields: u32, categorical: usize, offsets: usize, minLeafRows: f64, node: usize): void {
  let total: f64 = 0;
  let all: f64 = 0;
  const firstEnd = load<u32>(offsets, 4);
  for (let b: u32 = 0; b < firstEnd; b++) {
    total += load<f64>(sums + (usize(b) << 3));
    all += load<f64>(rows + (usize(b) << 3));
  }
  store<i32>(node, -1);
  store<u32>(node, 0, 4);
  if (all < 2 * minLeafRows) return;
  // gains of equivalent splits differ only by rounding: a later split replaces the first only if it gains more than that
  let best = (total * total) / all + 1e-12;
  for (let s: u32 = 0; s < fields; s++) {
    const start = load<u32>(offsets + (usize(s) << 2));
    const end = load<u32>(offsets + (usize(s + 1) << 2));
    const category = load<u8>(categorical + usize(s)) != 0;
    let left: f64 = 0;
    let count: f64 = 0;
    for (let b = start; b < end; b++) {
      const g = load<f64>(sums + (usize(b) << 3));
      const m = load<f64>(rows + (usize(b) << 3));
      left = category ? g : left + g;
      count = category ? m : count + m;
      const other = all - count;
      if (count < minLeafRows || other < minLeafRows) continue;
      const right = total - left;
      const gain = (left * left) / count + (right * right) / other;
      if (gain > best * (1 + 1e-10)) {
        best = gain;
        store<i32>(node, i32(s));
        store<u32>(node, b - start, 4);
      }
    }
  }
}

/** z[i] += the sum of the trees' leaf values for row i. */
export function applyTrees(trees: usize, count: u32, codes: usize, fields: u32, categorical: usize, n: u32, z: usize): void {
  for (let t: u32 = 0; t < count; t++) {
    const tree = trees + usize(t) * TREE_BYTES;
    for (let i: u32 = 0; i < n; i++) {
      let current: u32 = 0;
      for (let level: u32 = 0; level < DEPTH; level++) {
        const at = tree + usize(current) * 8;
        current = 2 * current + (goesLeft(codes, i, fields, load<i32>(at), load<u32>(at, 4), categorical) ? 1 : 2);
      }
      const to = z + (usize(i) << 3);
      store<f64>(to, load<f64>(to) + load<f64>(tree + NODES * 8 + (usize(current - NODES) << 3)));
    }
  }
}
