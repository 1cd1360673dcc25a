// Kernels with row weights: a whole weight gives the result on that many equal rows, and a weight of 1 the bits of none.
import { expect, test } from 'vitest';
import type { Kernels } from '../../src/kernels/exports.ts';
import { type Arena, openArena } from '../../src/kernels/memory.ts';
import { BYTES_OF_TREE, numbersOf } from '../../src/labels/maps/boosted-trees.ts';
import { type Dice, dice } from '../random.ts';

/** Rows with labels, folds and whole weights from 0 to 3. */
interface Rows {
  readonly v: readonly number[];
  readonly y: readonly number[];
  readonly fold: readonly number[];
  /** Two dense numbers and the index of a one-hot column 2 .. 4, or -1. */
  readonly x: readonly (readonly [number, number, number])[];
  readonly w: readonly number[];
}

function draw(n: number, d: Dice): Rows {
  const list = <T>(of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
  const v = list(() => d.below(30) / 5 - 3);
  return {
    v,
    y: list((i) => (d.below(10) === 0 ? -1 : d.real(-3, 3) < (v[i] as number) ? 1 : 0)),
    fold: list(() => d.below(5)),
    x: list(() => [d.real(-1, 1), d.real(-2, 2), d.below(4) === 0 ? -1 : 2 + d.below(3)] as const),
    w: list(() => d.below(4)),
  };
}

/** The rows, each as often as its weight says, without weights. */
function repeated(rows: Rows): Rows {
  const all = rows.w.flatMap((k, i) => Array<number>(k).fill(i));
  const pick = <T>(list: readonly T[]): T[] => all.map((i) => list[i] as T);
  return { v: pick(rows.v), y: pick(rows.y), fold: pick(rows.fold), x: pick(rows.x), w: all.map(() => 1) };
}

interface Placed extends Pick<Rows, 'w'> {
  readonly n: number;
  readonly v: number;
  readonly y: number;
  readonly fold: number;
  readonly words: number;
  readonly columns: number;
  readonly weights: number;
}

function place(arena: Arena, rows: Rows, withWeights: boolean): Placed {
  const n = rows.v.length;
  const words = new Int32Array(3 * n);
  const floats = new Float32Array(words.buffer);
  rows.x.forEach(([a, b, c], i) => {
    words[3 * i] = c;
    floats[3 * i + 1] = a;
    floats[3 * i + 2] = b;
  });
  return {
    n,
    w: rows.w,
    v: arena.put(Float64Array.from(rows.v)),
    y: arena.put(Int8Array.from(rows.y)),
    fold: arena.put(Uint8Array.from(rows.fold)),
    words: arena.put(words),
    columns: arena.put(Int32Array.of(-1, 0, 1)),
    weights: withWeights ? arena.put(Float64Array.from(rows.w)) : 0,
  };
}

type Run = (kernels: Kernels, arena: Arena, rows: Placed) => Float64Array;

/** Each kernel's numbers for some rows. */
const KERNELS: Readonly<Record<string, Run>> = {
  fitPrior: (kernels, _, { v, y, fold, n, weights }) => Float64Array.of(kernels.fitPrior(v, y, fold, 2, n, weights)),
  fitColumns(kernels, arena, { v, y, fold, n, weights }) {
    const columns = new Float64Array(2 * n);
    arena.f64(v, n).forEach((m, i) => {
      columns[2 * i] = m;
      columns[2 * i + 1] = 1;
    });
    const theta = arena.put(Float64Array.of(1, 0));
    const at = [arena.put(Float64Array.of(1, 0)), arena.put(Float64Array.of(1, 0))] as const;
    const scratch = arena.reserve(kernels.columnsScratch(2));
    kernels.fitColumns(theta, arena.put(columns), 2, y, fold, 2, n, at[0], at[1], scratch, weights);
    return arena.f64(theta, 2);
  },
  fitIsotonic(kernels, arena, { v, y, fold, n, weights }) {
    const [order, spare] = [arena.reserve(4 * n), arena.reserve(40 * n)];
    kernels.sortDescending(v, n, order, spare);
    const part = (k: number): number => spare + 8 * n * k;
    const rest = [part(0), part(1), part(2), part(3), part(4)] as const;
    const steps = kernels.fitIsotonic(order, v, y, fold, 2, n, ...rest, weights);
    return Float64Array.of(steps, ...arena.f64(part(0), steps), ...arena.f64(part(1), steps));
  },
  fitLogistic(kernels, arena, { v, y, fold, n, words, columns, weights }) {
    const theta = arena.put(Float64Array.of(0, 1, 0, 0, 0, 0, 0));
    const penalties = arena.put(new Float64Array(5).fill(2));
    const scratch = arena.reserve(kernels.logisticScratch(5, 3));
    kernels.fitLogistic(theta, v, y, fold, 2, n, words, 3, columns, 5, penalties, 1, scratch, 0, weights);
    const [blocks, out] = [arena.put(Uint8Array.of(0, 0, 1, 1, 1)), arena.reserve(32)];
    kernels.blockEvidence(theta, 5, penalties, blocks, 2, scratch, out);
    return Float64Array.of(...arena.f64(theta, 7), ...arena.f64(out, 4));
  },
  fitTrees(kernels, arena, { v, y, fold, n, words, weights }) {
    const rows = arena.u32(words, 3 * n);
    const margins = arena.f64(v, n);
    const codes = new Uint16Array(4 * n);
    for (let i = 0; i < n; i++) {
      codes[4 * i] = Math.round(5 * (margins[i] as number) + 15);
      codes[4 * i + 1] = ((rows[3 * i] as number) | 0) < 0 ? 0 : (rows[3 * i] as number) - 1;
    }
    const z = arena.put(new Float64Array(n));
    const out = arena.reserve(BYTES_OF_TREE * 4);
    const at = [arena.put(Uint8Array.of(0, 1)), arena.put(Uint32Array.of(0, 31, 35))] as const;
    const scratch = arena.reserve(kernels.treesScratch(n, 35, 70));
    kernels.fitTrees(arena.put(codes), 2, ...at, y, fold, 2, n, 4, 0.3, 5, z, out, scratch, weights, 0, 0);
    return numbersOf(arena.bytes(out, BYTES_OF_TREE * 4));
  },
  stackGradient(kernels, arena, { v, y, n, weights }) {
    const margins = arena.f64(v, n);
    const z = new Float64Array(2 * n);
    margins.forEach((m, i) => {
      z[2 * i] = m;
      z[2 * i + 1] = 1 - m * m;
    });
    const out = arena.reserve(16);
    kernels.stackGradient(arena.put(z), 2, n, y, arena.put(Float64Array.of(0.3, 0.7)), out, weights);
    return arena.f64(out, 2);
  },
  crossEntropy(kernels, arena, { v, n, weights }) {
    const margins = arena.f64(v, n);
    const targets = arena.put(margins.map((m) => 1 / (1 + m * m)));
    return Float64Array.of(kernels.crossEntropy(arena.put(Float32Array.from(margins)), targets, n, weights));
  },
  'pairedDifference, the mean'(kernels, arena, { v, y, n, weights }) {
    const out = arena.reserve(16);
    const b = arena.put(arena.f64(v, n).map((m) => 0.1 * m * m));
    kernels.pairedDifference(v, b, y, n, out, weights);
    return arena.f64(out, 1);
  },
  measure(kernels, arena, rows) {
    const { p, losses, flags, weights, n } = ranked(kernels, arena, rows);
    const [bins, out] = [arena.reserve(240), arena.reserve(112)];
    kernels.measure(p, losses, flags, 0, n, 0.4, bins, out, weights);
    return arena.f64(out, 14);
  },
  bestF1Threshold(kernels, arena, rows) {
    const { labels, p, order, n } = scored(kernels, arena, rows);
    const targets = arena.put(Float64Array.from(arena.bytes(labels, n)));
    return Float64Array.of(kernels.bestF1Threshold(order, p, targets, n, rows.weights));
  },
  convexRows(kernels, arena, { v, y, n, words, columns, weights }) {
    const [q, entropy] = [arena.reserve(8 * n), arena.reserve(8 * n)];
    kernels.softenTargets(v, n, 2, q, entropy);
    const theta = arena.put(Float64Array.of(0.1, 0.2, -0.3, 0.4, -0.5, 0.6));
    const [gradient, diagonal] = [arena.reserve(48), arena.reserve(48)];
    const curvatures = arena.reserve(8 * n);
    const rows = [y, q, entropy, weights] as const;
    const sum = kernels.convexRows(theta, words, 3, columns, n, ...rows, 0.7, 2, 0, gradient, diagonal, curvatures);
    const out = arena.reserve(48);
    kernels.convexMultiply(theta, words, 3, columns, n, curvatures, out);
    return Float64Array.of(sum, ...arena.f64(gradient, 6), ...arena.f64(diagonal, 6), ...arena.f64(out, 6));
  },
};

/** All rows labelled, with probabilities, and their order by them. */
function scored(kernels: Kernels, arena: Arena, { v, y, n }: Placed) {
  const labels = arena.put(Int8Array.from(arena.bytes(y, n), (label) => (label === 1 ? 1 : 0)));
  const p = arena.reserve(8 * n);
  kernels.sigmoids(v, n, p);
  const [order, losses] = [arena.reserve(4 * n), arena.reserve(8 * n)];
  kernels.sortDescending(p, n, order, arena.reserve(4 * n));
  kernels.rowLosses(p, labels, n, losses);
  return { labels, p, order, losses, n };
}

/** The rows in the order of their probabilities, as measure takes them. */
function ranked(kernels: Kernels, arena: Arena, rows: Placed) {
  const { labels, p, order, losses, n } = scored(kernels, arena, rows);
  const [values, rankedLosses, flags] = [arena.reserve(8 * n), arena.reserve(8 * n), arena.reserve(n)];
  const weights = rows.weights && arena.reserve(8 * n);
  kernels.rankLabels(order, p, labels, n, flags);
  kernels.rankValues(order, p, n, values);
  kernels.rankValues(order, losses, n, rankedLosses);
  if (weights) kernels.rankValues(order, rows.weights, n, weights);
  return { order, p: values, losses: rankedLosses, flags, weights, n };
}

function result(name: string, rows: Rows, withWeights: boolean): Float64Array {
  using arena = openArena();
  return (KERNELS[name] as Run)(arena.kernels, arena, place(arena, rows, withWeights));
}

test.each(Object.keys(KERNELS))('%s: a whole weight counts as that many rows, to rounding', (name) => {
  let differs = false;
  for (const seed of [1, 2, 3]) {
    const rows = draw(150, dice(seed));
    const [weighted, plain] = [result(name, rows, true), result(name, repeated(rows), false)];
    expect(weighted.length).toBe(plain.length);
    expect(weighted.every(Number.isFinite)).toBe(true);
    plain.forEach((x, i) => {
      expect(Math.abs((weighted[i] as number) - x), `number ${i}`).toBeLessThan(1e-7 * Math.max(1, Math.abs(x)));
    });
    differs ||= result(name, rows, false).some((x, i) => x !== weighted[i]);
  }
  expect(differs).toBe(true);
});

test.each(Object.keys(KERNELS))('%s: weights of 1 give the bits of no weights', (name) => {
  const rows = { ...draw(151, dice(4)), w: Array<number>(151).fill(1) };
  expect(result(name, rows, true)).toEqual(result(name, rows, false));
});

test.each(Object.keys(KERNELS))('%s: a row of weight 0 has no influence', (name) => {
  const rows = draw(150, dice(5));
  const kept = [...rows.w.keys()].filter((i) => (rows.w[i] as number) > 0);
  const pick = <T>(list: readonly T[]): T[] => kept.map((i) => list[i] as T);
  const rest = { v: pick(rows.v), y: pick(rows.y), fold: pick(rows.fold), x: pick(rows.x), w: pick(rows.w) };
  const [all, some] = [result(name, rows, true), result(name, rest, true)];
  // crossEntropy takes rows in pairs, which changes nothing but the rounding of the last row
  some.forEach((x, i) => {
    expect(all[i] as number, `number ${i}`).toBeCloseTo(x, 10);
  });
});

test('weights so small that their sum is below one row: the prior and the steps stay finite', () => {
  using arena = openArena();
  const { kernels } = arena;
  const [v, y] = [arena.put(Float64Array.of(-1, 0, 1)), arena.put(Int8Array.of(0, 1, 1))];
  const fold = arena.put(new Uint8Array(3));
  const weights = arena.put(Float64Array.of(0.1, 0.1, 0.2));
  expect(Math.abs(kernels.fitPrior(v, y, fold, -1, 3, weights))).toBeLessThan(10);
  expect(kernels.fitPrior(v, y, fold, -1, 3, arena.put(new Float64Array(3)))).toBe(0);
  const [order, spare] = [arena.reserve(12), arena.reserve(40 * 3)];
  kernels.sortDescending(v, 3, order, spare);
  const part = (k: number): number => spare + 24 * k;
  const steps = kernels.fitIsotonic(order, v, y, fold, -1, 3, part(0), part(1), part(2), part(3), part(4), weights);
  expect(arena.f64(part(1), steps).every(Number.isFinite)).toBe(true);
});

test('the standard error of a weighted difference: that of a ratio of sums, whatever the unit of the weights', () => {
  using arena = openArena();
  const { kernels } = arena;
  const rows = draw(60, dice(6));
  const out = arena.reserve(16);
  const difference = (w: readonly number[] | undefined): Float64Array => {
    const { v, y, n } = place(arena, rows, false);
    kernels.pairedDifference(v, 0, y, n, out, w ? arena.put(Float64Array.from(w)) : 0);
    return arena.f64(out, 2);
  };
  const [mean = 0, error = 0] = difference(rows.w);
  const kept = [...rows.w.keys()].filter((i) => (rows.w[i] as number) > 0 && (rows.y[i] as number) >= 0);
  const total = kept.reduce((sum, i) => sum + (rows.w[i] as number), 0);
  const m = kept.reduce((sum, i) => sum + (rows.w[i] as number) * (rows.v[i] as number), 0) / total;
  const squares = kept.reduce((sum, i) => sum + ((rows.w[i] as number) * ((rows.v[i] as number) - m)) ** 2, 0);
  expect(mean).toBeCloseTo(m, 13);
  expect(error).toBeCloseTo(Math.sqrt((kept.length / (kept.length - 1)) * squares) / total, 13);
  const [, same = 0] = difference(rows.w.map((w) => 1000 * w));
  expect(same).toBeCloseTo(error, 12);
  const [, plain = 0] = difference(undefined);
  const [, ones = 0] = difference(rows.w.map(() => 1));
  expect(ones).toBeCloseTo(plain, 13);
});

test('a bootstrap replicate multiplies counts and weights', () => {
  const rows = draw(80, dice(7));
  using arena = openArena();
  const { kernels } = arena;
  const placed = place(arena, rows, true);
  const { order, p, losses, flags, weights, n } = ranked(kernels, arena, placed);
  const [bins, out, counts] = [arena.reserve(240), arena.reserve(112), arena.reserve(2 * n)];
  kernels.bootstrap(order, p, losses, flags, counts, n, 0.4, bins, 1, 0, 3, 4, out, weights);
  const drawn = arena.f64(out, 14);
  const ofOrder = arena.f64(weights, n);
  const products = arena.bytes(counts + n, n).map((count, i) => count * (ofOrder[i] as number));
  kernels.measure(p, losses, flags, arena.put(products), n, 0.4, bins, out, 0);
  arena.f64(out, 14).forEach((x, c) => {
    expect(drawn[c]).toBeCloseTo(x, 12);
  });
});
