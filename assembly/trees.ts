// Gradient boosting of the logistic loss with trees of depth 3 (Friedman 2001), on binned columns, starting from given margins. Gradients
// and weights are whole multiples of 2^-40 (of 2^-30 with more than 2^22 rows): their sums are exact, so that those of a node are those of its parent less those of its
// sibling, to the bit (subtraction of histograms: Ke et al. 2017). The rest is float64. Codes (u16) are [blocks of 4 fields x rows x 4], so that
// one pass over the rows makes the histograms of four fields: the bin of an ordered column, the code of a category (0: none). At a node, a row
// goes left where its code is at most the node's (ordered), or equal to it (category).

import { weightOf } from './address';
import { sigmoids } from './wide';

const DEPTH: u32 = 3;
const NODES: u32 = 7;
const LEAVES: u32 = 8;
/** Bytes of a tree: 7 nodes of field (i32; -1: every row goes left) and code (u32), then 8 leaf values (f64). */
const TREE_BYTES: u32 = NODES * 8 + LEAVES * 8;
/** L2 penalty of leaf values: a leaf's value is sum of gradients / (sum of hessians + LAMBDA) (Chen, Guestrin 2016, equation 5). */
const LAMBDA: f64 = 1;

/** Bytes of a node's state while its split is looked for: the sums of its gradients and weights, and the least gain of a better split. */
const STATE_BYTES: u32 = 24;

/** One, as a gradient or a weight: 2^40, whose sums over 2^22 rows fit, or 2^30 for more rows. Weights are 1 on average. */
let one: f64 = 0;

/** Bytes of scratch that fitTrees needs for n rows, at most `bins` bins per field, and `all` bins of all fields; 2^32 - 1 where that is more. */
export function treesScratch(n: u32, bins: u32, all: u32): u32 {
  return u32(min<u64>(36 * u64(n) + 4 * STATE_BYTES + 16 * (16 * u64(bins) + 3 * u64(all) + LEAVES + 7) + 192, 0xffffffff));
}

/** A sum of gradients or weights as a number. */
// @ts-ignore: decorator
@inline
function numberOf(sum: i64): f64 {
  return f64(sum) * (1 / one);
}

// @ts-ignore: decorator
@inline
function codeOf(codes: usize, n: u32, field: u32, row: u32): u32 {
  return u32(load<u16>(codes + ((usize(field >> 2) * n + row) << 3) + (usize(field & 3) << 1)));
}

// @ts-ignore: decorator
@inline
function goesLeft(codes: usize, n: u32, row: u32, field: i32, code: u32, categorical: usize): bool {
  if (field < 0) return true;
  const current = codeOf(codes, n, u32(field), row);
  return load<u8>(categorical + usize(field)) ? current == code : current <= code;
}

/**
 * Writes the bin of each of n values, the number of edges below it (u16), 8 bytes apart. values: float32, `stride` bytes apart, or
 * float64. edges: float64 [count], ascending.
 */
export function binColumn(values: usize, stride: u32, isFloat64: bool, edges: usize, count: u32, n: u32, out: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const x: f64 = isFloat64 ? load<f64>(values) : f64(load<f32>(values));
    values += stride;
    let low: u32 = 0;
    let size = count;
    while (size > 0) {
      const half = size >> 1;
      const isAbove = load<f64>(edges + (usize(low + half) << 3)) < x;
      low = isAbove ? low + half + 1 : low;
      size = isAbove ? size - half - 1 : half;
    }
    store<u16>(out + (usize(i) << 3), u16(low));
  }
}

/**
 * Fits `count` trees and writes them to `out`. z: the margins of all n rows, on return with the trees added. Training rows have a label
 * and are outside fold `skip`. categorical: u8 [fields], 1 for categories. offsets: u32 [fields + 1], where each field's bins begin, and how
 * many there are in all. Every leaf has `minLeafRows` training rows or more; leaf values are multiplied by `learningRate`. weights: of
 * the rows, float64 [n] (0: all 1); a row of weight k counts as k rows. looks: u32 [count x looked], ascending for each tree, the blocks
 * of fields that it looks at for splits (0: all blocks).
 */
export function fitTrees(
  codes: usize, fields: u32, categorical: usize, offsets: usize, y: usize, fold: usize, skip: i32, n: u32,
  count: u32, learningRate: f64, minLeafRows: u32, z: usize, out: usize, scratch: usize, weights: usize,
  looks: usize, looked: u32,
): void {
  one = n <= 4194304 ? 1099511627776 : 1073741824;
  const all = load<u32>(offsets + (usize(fields) << 2)) + 1; // the last bin is that of the fields that the last block lacks
  const pairs = (scratch + 63) & ~63; // i64 [m x 2]: gradient and weight of each of the m training rows
  const hessians = pairs + (usize(n) << 4); // f64 [m]
  const rows = hessians + (usize(n) << 3); // u32 [m]
  const nodes = rows + (usize(n) << 2); // u32 [m]: the place of each row's node in its level
  const picked = nodes + (usize(n) << 2); // u32 [m]: the rows of the smaller siblings
  const states = (picked + (usize(n) << 2) + 63) & ~63; // f64 [nodes of a level x 3]
  const roots = (states + 4 * STATE_BYTES + 63) & ~63; // i64 [bins x 2]: the sums of all fields at the root
  const pairsOfLevel1 = roots + (usize(all) << 4); // i64 [2 nodes of a block of fields x its bins x 2]
  const sums = (pairsOfLevel1 + (usize(all) << 5) + 63) & ~63; // i64 [4 nodes x bins x 2] of one block of fields
  if (!looks) looked = (fields + 3) >> 2;
  let m: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (load<i8>(y + i) < 0 || i32(load<u8>(fold + i)) == skip || !(weightOf(weights, i) > 0)) continue;
    store<u32>(rows + (usize(m++) << 2), i);
  }
  for (let t: u32 = 0; t < count; t++) {
    const tree = out + usize(t) * TREE_BYTES;
    for (let k: u32 = 0; k < m; k++) {
      store<f64>(hessians + (usize(k) << 3), load<f64>(z + (usize(load<u32>(rows + (usize(k) << 2))) << 3)));
    }
    sigmoids(hessians, m, hessians);
    for (let k: u32 = 0; k < m; k++) {
      const row = load<u32>(rows + (usize(k) << 2));
      const p = load<f64>(hessians + (usize(k) << 3));
      const weight = weightOf(weights, row);
      // rounded before the weight multiplies it: a row of weight 2 is exactly two rows
      store<i64>(pairs + (usize(k) << 4), i64(nearest(nearest((f64(load<i8>(y + row)) - p) * one) * weight)));
      store<i64>(pairs + (usize(k) << 4), i64(nearest(weight * one)), 8);
      store<f64>(hessians + (usize(k) << 3), weight * (p * (1 - p)));
    }
    memory.fill(nodes, 0, usize(m) << 2);
    for (let level: u32 = 0; level < DEPTH; level++) {
      const first: u32 = (1 << level) - 1;
      const places: u32 = 1 << level;
      const smaller = level ? pickSmaller(nodes, m, places, picked) : 0;
      // block by block: the sums of one block stay in the cache
      for (let b: u32 = 0; b < looked; b++) {
        const s: u32 = 4 * (looks ? load<u32>(looks + (usize(t * looked + b) << 2)) : b);
        const begin = offsets + (usize(s) << 2);
        const offset = load<u32>(begin);
        const own = (s + 4 <= fields ? load<u32>(begin, 16) : all) - offset; // bins of the block
        const block = codes + ((usize(s >> 2) * n) << 3);
        const ofBlock = level == 0 ? roots + (usize(offset) << 4) : level == 1 ? pairsOfLevel1 + (usize(offset) << 5) : sums;
        memory.fill(ofBlock, 0, (usize(own) << 4) << level);
        const to1 = ofBlock + (usize(load<u32>(offsets + (usize(min(s + 1, fields)) << 2)) - offset) << 4);
        const to2 = ofBlock + (usize(load<u32>(offsets + (usize(min(s + 2, fields)) << 2)) - offset) << 4);
        const to3 = ofBlock + (usize(load<u32>(offsets + (usize(min(s + 3, fields)) << 2)) - offset) << 4);
        if (level == 0) addBlock(block, rows, pairs, m, ofBlock, to1, to2, to3);
        else {
          addPicked(block, rows, nodes, pairs, picked, m, usize(own) << 4, ofBlock, to1, to2, to3);
          const parents = level == 1 ? roots + (usize(offset) << 4) : pairsOfLevel1 + (usize(offset) << 5);
          for (let k: u32 = 0; k < places; k += 2) {
            const small = k + ((smaller >> (k >> 1)) & 1);
            subtract(parents + (usize((k >> 1) * own) << 4), ofBlock + (usize(small * own) << 4), ofBlock + (usize((small ^ 1) * own) << 4), own);
          }
        }
        for (let f = s; f < min(s + 4, fields); f++) {
          const category = load<u8>(categorical + usize(f)) != 0;
          const at = load<u32>(offsets + (usize(f) << 2));
          const bins = load<u32>(offsets + (usize(f) << 2), 4) - at;
          for (let k: u32 = 0; k < places; k++) {
            const state = states + usize(k * STATE_BYTES);
            const node = tree + usize(first + k) * 8;
            const from = ofBlock + (usize(k * own + at - offset) << 4);
            if (b == 0 && f == s) startNode(from, bins, f64(minLeafRows), state, node);
            improveSplit(from, bins, f, category, f64(minLeafRows), state, node);
          }
        }
      }
      for (let k: u32 = 0; k < m; k++) {
        const current = load<u32>(nodes + (usize(k) << 2));
        const at = tree + usize(first + current) * 8;
        const row = load<u32>(rows + (usize(k) << 2));
        const left = goesLeft(codes, n, row, load<i32>(at), load<u32>(at, 4), categorical);
        store<u32>(nodes + (usize(k) << 2), 2 * current + (left ? 0 : 1));
      }
    }
    const values = tree + NODES * 8;
    memory.fill(sums, 0, 16 * LEAVES);
    for (let k: u32 = 0; k < m; k++) {
      const at = sums + (usize(load<u32>(nodes + (usize(k) << 2))) << 4);
      store<i64>(at, load<i64>(at) + load<i64>(pairs + (usize(k) << 4)));
      store<f64>(at, load<f64>(at, 8) + load<f64>(hessians + (usize(k) << 3)), 8);
    }
    for (let leaf: u32 = 0; leaf < LEAVES; leaf++) {
      const at = sums + (usize(leaf) << 4);
      store<f64>(values + (usize(leaf) << 3), (learningRate * numberOf(load<i64>(at))) / (load<f64>(at, 8) + LAMBDA));
    }
    for (let k: u32 = 0; k < m; k++) {
      const to = z + (usize(load<u32>(rows + (usize(k) << 2))) << 3);
      store<f64>(to, load<f64>(to) + load<f64>(values + (usize(load<u32>(nodes + (usize(k) << 2))) << 3)));
    }
  }
  let next: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (next < m && load<u32>(rows + (usize(next) << 2)) == i) next++;
    else addTrees(out, count, codes, categorical, n, i, z);
  }
}

/** Adds the pair to the bin of a code, the lowest 16 bits. */
// @ts-ignore: decorator
@inline
function addPair(sums: usize, codes: u64, pair: v128): void {
  const at = sums + (usize(codes & 0xffff) << 4);
  v128.store(at, i64x2.add(v128.load(at), pair));
}

/** Adds gradient and weight of each training row to the bins of its codes, in the sums of each field of a block. */
function addBlock(block: usize, rows: usize, pairs: usize, m: u32, to0: usize, to1: usize, to2: usize, to3: usize): void {
  for (let k: u32 = 0; k < m; k++) {
    const codes = load<u64>(block + (usize(load<u32>(rows + (usize(k) << 2))) << 3));
    const pair = v128.load(pairs + (usize(k) << 4));
    addPair(to0, codes, pair);
    addPair(to1, codes >> 16, pair);
    addPair(to2, codes >> 32, pair);
    addPair(to3, codes >> 48, pair);
  }
}

/** The same for the rows of the smaller siblings, in the parts of their nodes, `stride` bytes apart. picked: a place beyond the rows ends it. */
function addPicked(
  block: usize, rows: usize, nodes: usize, pairs: usize, picked: usize, m: u32, stride: usize, to0: usize, to1: usize, to2: usize, to3: usize,
): void {
  for (let i: u32 = 0; i < m; i++) {
    const k = load<u32>(picked + (usize(i) << 2));
    if (k >= m) return;
    const codes = load<u64>(block + (usize(load<u32>(rows + (usize(k) << 2))) << 3));
    const pair = v128.load(pairs + (usize(k) << 4));
    const part = usize(load<u32>(nodes + (usize(k) << 2))) * stride;
    addPair(to0 + part, codes, pair);
    addPair(to1 + part, codes >> 16, pair);
    addPair(to2 + part, codes >> 32, pair);
    addPair(to3 + part, codes >> 48, pair);
  }
}

/** Lists the training rows of the smaller of each two siblings. Returns a bit for each two: 1 where the second is the smaller. */
function pickSmaller(nodes: usize, m: u32, places: u32, picked: usize): u32 {
  let c0: u32 = 0;
  let c1: u32 = 0;
  let c2: u32 = 0;
  for (let k: u32 = 0; k < m; k++) {
    const node = load<u32>(nodes + (usize(k) << 2));
    c0 += u32(node == 0);
    c1 += u32(node == 1);
    c2 += u32(node == 2);
  }
  const bits = u32(c1 < c0) | (places > 2 ? u32(m - c0 - c1 - c2 < c2) << 1 : 0);
  let count: u32 = 0;
  for (let k: u32 = 0; k < m; k++) {
    const node = load<u32>(nodes + (usize(k) << 2));
    store<u32>(picked + (usize(count) << 2), k);
    count += u32((node & 1) == ((bits >> (node >> 1)) & 1));
  }
  if (count < m) store<u32>(picked + (usize(count) << 2), m);
  return bits;
}

/** out = parent - sibling, for the bins of a field. */
function subtract(parent: usize, sibling: usize, out: usize, bins: u32): void {
  for (let b: usize = 0; b < usize(bins) << 4; b += 16) {
    v128.store(out + b, i64x2.sub(v128.load(parent + b), v128.load(sibling + b)));
  }
}

/** Begins the search for a node's split: its sums, over the bins of any field, and no split. */
function startNode(sums: usize, bins: u32, minLeafRows: f64, state: usize, node: usize): void {
  let gradients: i64 = 0;
  let weights: i64 = 0;
  for (let b: u32 = 0; b < bins; b++) {
    const at = sums + (usize(b) << 4);
    gradients += load<i64>(at);
    weights += load<i64>(at, 8);
  }
  const total = numberOf(gradients);
  const all = numberOf(weights);
  store<i32>(node, -1);
  store<u32>(node, 0, 4);
  store<f64>(state, total);
  store<f64>(state, all, 8);
  // gains of equivalent splits differ only by rounding: a later split replaces the first only if it gains more than that
  const none = (total * total) / all + 1e-12;
  store<f64>(state, all < 2 * minLeafRows ? Infinity : none * (1 + 1e-10), 16);
}

/** Writes the field and the code of the split that reduces the squared error of the gradients most, if it is better than the node's. */
function improveSplit(sums: usize, bins: u32, field: u32, category: bool, minLeafRows: f64, state: usize, node: usize): void {
  const total = load<f64>(state);
  const all = load<f64>(state, 8);
  let least = load<f64>(state, 16);
  if (least == Infinity) return;
  // no division is needed to see that a split gains less by more than rounding can hide
  let hopeless = least * (1 - 1e-12);
  let gradients: i64 = 0;
  let weights: i64 = 0;
  for (let b: u32 = 0; b < bins; b++) {
    const at = sums + (usize(b) << 4);
    gradients = load<i64>(at) + (category ? 0 : gradients);
    weights = load<i64>(at, 8) + (category ? 0 : weights);
    const left = numberOf(gradients);
    const count = numberOf(weights);
    const other = all - count;
    if (count < minLeafRows || other < minLeafRows) continue;
    const right = total - left;
    if (left * left * other + right * right * count < hopeless * (count * other)) continue;
    const gain = (left * left) / count + (right * right) / other;
    if (gain > least) {
      least = gain * (1 + 1e-10);
      hopeless = least * (1 - 1e-12);
      store<i32>(node, i32(field));
      store<u32>(node, b, 4);
    }
  }
  store<f64>(state, least, 16);
}

/** z[i] += the sum of the trees' leaf values for row i. */
export function applyTrees(trees: usize, count: u32, codes: usize, categorical: usize, n: u32, z: usize): void {
  for (let i: u32 = 0; i < n; i++) addTrees(trees, count, codes, categorical, n, i, z);
}

/** Adds the trees' leaf values to the margin of one row, tree after tree. */
function addTrees(trees: usize, count: u32, codes: usize, categorical: usize, n: u32, row: u32, z: usize): void {
  const to = z + (usize(row) << 3);
  let sum = load<f64>(to);
  for (let t: u32 = 0; t < count; t++) {
    const tree = trees + usize(t) * TREE_BYTES;
    let current: u32 = 0;
    for (let level: u32 = 0; level < DEPTH; level++) {
      const at = tree + usize(current) * 8;
      current = 2 * current + (goesLeft(codes, n, row, load<i32>(at), load<u32>(at, 4), categorical) ? 1 : 2);
    }
    sum += load<f64>(tree + NODES * 8 + (usize(current - NODES) << 3));
  }
  store<f64>(to, sum);
}
