// Gradient boosting of the logistic loss by trees of depth 3 (Friedman 2001), on binned columns, starting from given
// margins. float64; every sum in row order, bins in order. A row is `fields` codes (u16): of an ordered column the number of
// its bin, of a category its number (0: none). A node sends a row left where its code is at most the node's (ordered), or
// equals it (category).

import { sigmoid } from './math';

const DEPTH: u32 = 3;
const NODES: u32 = 7;
const LEAVES: u32 = 8;
/** Bytes of a tree: 7 nodes of field (i32, -1: every row goes left) and code (u32), then 8 values (f64). */
const TREE: u32 = NODES * 8 + LEAVES * 8;
/** A leaf's value is its gradient over its curvature and this much more. */
const RIDGE: f64 = 1;

/** Bytes of scratch for n rows and `bins` codes of all fields together. */
export function treesScratch(n: u32, bins: u32): u32 {
  return 24 * n + 16 * 4 * bins + 16 * LEAVES + 64;
}

// @ts-ignore: decorator
@inline
function goesLeft(codes: usize, row: u32, fields: u32, field: i32, code: u32, kinds: usize): bool {
  if (field < 0) return true;
  const own = u32(load<u16>(codes + (usize(row * fields + u32(field)) << 1)));
  return load<u8>(kinds + usize(field)) ? own == code : own <= code;
}

/**
 * Adds `count` trees. z (in: margins so far, out: with the trees) of all n rows; only rows with a label whose fold is not
 * `skip` teach. kinds: 1 for categories; offsets: where each field's bins begin, and their number at the end. Leaves have at
 * least `least` rows; every value is shrunk by `rate`. Trees are written to `out`.
 */
export function fitTrees(
  codes: usize, fields: u32, kinds: usize, offsets: usize, y: usize, fold: usize, skip: i32, n: u32,
  count: u32, rate: f64, least: u32, z: usize, out: usize, scratch: usize,
): void {
  const bins = load<u32>(offsets + (usize(fields) << 2));
  const slope = scratch; // f64 [n]
  const curve = slope + (usize(n) << 3); // f64 [n]
  const node = curve + (usize(n) << 3); // u32 [n]; 255: does not teach
  const teaches = node + (usize(n) << 2); // u32 [n]
  const sums = (teaches + (usize(n) << 2) + 63) & ~63; // f64 [4 x bins]
  const rows = sums + (usize(bins) << 5); // f64 [4 x bins]
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(teaches + (usize(i) << 2), load<i8>(y + i) >= 0 && i32(load<u8>(fold + i)) != skip ? 1 : 0);
  }
  for (let t: u32 = 0; t < count; t++) {
    const tree = out + usize(t) * TREE;
    for (let i: u32 = 0; i < n; i++) {
      const p = sigmoid(load<f64>(z + (usize(i) << 3)));
      store<f64>(slope + (usize(i) << 3), f64(load<i8>(y + i)) - p);
      store<f64>(curve + (usize(i) << 3), p * (1 - p));
      store<u32>(node + (usize(i) << 2), 0);
    }
    for (let level: u32 = 0; level < DEPTH; level++) {
      const first: u32 = (1 << level) - 1;
      const width: u32 = 1 << level;
      memory.fill(sums, 0, usize(bins) << 6);
      for (let i: u32 = 0; i < n; i++) {
        if (!load<u32>(teaches + (usize(i) << 2))) continue;
        const g = load<f64>(slope + (usize(i) << 3));
        const base = (load<u32>(node + (usize(i) << 2)) - first) * bins;
        for (let s: u32 = 0; s < fields; s++) {
          const bin = base + load<u32>(offsets + (usize(s) << 2)) + load<u16>(codes + (usize(i * fields + s) << 1));
          const at = usize(bin) << 3;
          store<f64>(sums + at, load<f64>(sums + at) + g);
          store<f64>(rows + at, load<f64>(rows + at) + 1);
        }
      }
      for (let k: u32 = 0; k < width; k++) {
        chooseSplit(sums + (usize(k * bins) << 3), rows + (usize(k * bins) << 3), fields, kinds, offsets, f64(least), tree + usize(first + k) * 8);
      }
      for (let i: u32 = 0; i < n; i++) {
        const own = load<u32>(node + (usize(i) << 2));
        const at = tree + usize(own) * 8;
        const left = goesLeft(codes, i, fields, load<i32>(at), load<u32>(at, 4), kinds);
        store<u32>(node + (usize(i) << 2), 2 * own + (left ? 1 : 2));
      }
    }
    const values = tree + NODES * 8;
    memory.fill(sums, 0, 16 * LEAVES);
    for (let i: u32 = 0; i < n; i++) {
      if (!load<u32>(teaches + (usize(i) << 2))) continue;
      const at = sums + (usize(load<u32>(node + (usize(i) << 2)) - NODES) << 4);
      store<f64>(at, load<f64>(at) + load<f64>(slope + (usize(i) << 3)));
      store<f64>(at, load<f64>(at, 8) + load<f64>(curve + (usize(i) << 3)), 8);
    }
    for (let leaf: u32 = 0; leaf < LEAVES; leaf++) {
      const at = sums + (usize(leaf) << 4);
      store<f64>(values + (usize(leaf) << 3), (rate * load<f64>(at)) / (load<f64>(at, 8) + RIDGE));
    }
    for (let i: u32 = 0; i < n; i++) {
      const to = z + (usize(i) << 3);
      store<f64>(to, load<f64>(to) + load<f64>(values + (usize(load<u32>(node + (usize(i) << 2)) - NODES) << 3)));
    }
  }
}

/** Writes field and code of the split that explains most of the squares; field -1 where none leaves enough rows on both sides. */
function chooseSplit(sums: usize, rows: usize, fields: u32, kinds: usize, offsets: usize, least: f64, node: usize): void {
  let total: f64 = 0;
  let all: f64 = 0;
  const firstEnd = load<u32>(offsets, 4);
  for (let b: u32 = 0; b < firstEnd; b++) {
    total += load<f64>(sums + (usize(b) << 3));
    all += load<f64>(rows + (usize(b) << 3));
  }
  store<i32>(node, -1);
  store<u32>(node, 0, 4);
  if (all < 2 * least) return;
  // splits that part the rows alike differ by rounding alone: the first of them is taken, whatever the order of rows
  let best = (total * total) / all + 1e-12;
  for (let s: u32 = 0; s < fields; s++) {
    const start = load<u32>(offsets + (usize(s) << 2));
    const end = load<u32>(offsets + (usize(s + 1) << 2));
    const category = load<u8>(kinds + usize(s)) != 0;
    let left: f64 = 0;
    let count: f64 = 0;
    for (let b = start; b < end; b++) {
      const g = load<f64>(sums + (usize(b) << 3));
      const m = load<f64>(rows + (usize(b) << 3));
      left = category ? g : left + g;
      count = category ? m : count + m;
      const other = all - count;
      if (count < least || other < least) continue;
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

/** z[i] += the trees' values for each row. */
export function applyTrees(trees: usize, count: u32, codes: usize, fields: u32, kinds: usize, n: u32, z: usize): void {
  for (let t: u32 = 0; t < count; t++) {
    const tree = trees + usize(t) * TREE;
    for (let i: u32 = 0; i < n; i++) {
      let own: u32 = 0;
      for (let level: u32 = 0; level < DEPTH; level++) {
        const at = tree + usize(own) * 8;
        own = 2 * own + (goesLeft(codes, i, fields, load<i32>(at), load<u32>(at, 4), kinds) ? 1 : 2);
      }
      const to = z + (usize(i) << 3);
      store<f64>(to, load<f64>(to) + load<f64>(tree + NODES * 8 + (usize(own - NODES) << 3)));
    }
  }
}
