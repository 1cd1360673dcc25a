// Boosted trees, compared with scikit-learn and on an interaction.
import { expect, test } from 'vitest';
import { denseMatrix, type Matrix } from '../../src/data/matrix.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import {
  BYTES_OF_TREE,
  bytesOfTrees,
  chooseBins,
  codesOf,
  layoutOf,
  numbersOf,
  pack,
  unpack,
} from '../../src/labels/maps/boosted-trees.ts';
import { chooseBlocks } from '../../src/labels/maps/looked-columns.ts';
import { applyMap, fitMap } from '../../src/labels/maps/maps.ts';
import { placeProblem } from '../../src/labels/maps/problem.ts';
import golden from '../golden/trees.json' with { type: 'json' };
import { dice } from '../random.ts';
import { drawLabels, drawWorld } from '../simulator.ts';

test.each(golden)('12 trees on $codes.length rows without fold $skip equal those of scikit-learn (1e-9)', (g) => {
  using arena = openArena();
  const { kernels } = arena;
  const n = g.codes.length;
  const codes = arena.put(Uint16Array.from(g.codes.flatMap((row) => [...row, 0])));
  const kinds = arena.put(Uint8Array.of(0, 0, 1));
  const offsets = arena.put(Uint32Array.of(0, 12, 42, 47));
  const [y, fold] = [arena.put(Int8Array.from(g.y)), arena.put(Uint8Array.from(g.fold))];
  const z = arena.put(Float64Array.from(g.start));
  const out = arena.reserve(BYTES_OF_TREE * g.trees);
  const scratch = arena.reserve(kernels.treesScratch(n, 47, 141));
  kernels.fitTrees(codes, 3, kinds, offsets, y, fold, g.skip, n, g.trees, g.rate, g.least, z, out, scratch, 0, 0, 0);
  const fitted = arena.f64(z, n);
  g.z.forEach((want, i) => {
    expect(Math.abs((fitted[i] as number) - want), `row ${i}`).toBeLessThan(1e-9);
  });
  // the stored trees give the same bits
  const again = arena.put(Float64Array.from(g.start));
  const bytes = arena.put(bytesOfTrees(numbersOf(arena.bytes(out, BYTES_OF_TREE * g.trees))));
  kernels.applyTrees(bytes, g.trees, codes, kinds, n, again);
  expect(arena.f64(again, n)).toEqual(fitted);
});

test('bins: about 256, one for each of few values; negated values have negated bins', () => {
  const d = dice(2);
  const n = 3000;
  const values = Float32Array.from({ length: 3 * n }, (_, k) =>
    k % 3 === 0 ? d.real(-1, 1) : k % 3 === 1 ? d.below(7) : k % 5 === 0 ? d.real(0, 9) : 0,
  );
  const margins = Float64Array.from({ length: n }, () => d.real(-5, 5));
  const matrix = denseMatrix(values, 3);
  const binning = chooseBins(matrix, margins);
  const { offsets, kinds } = layoutOf(binning);
  expect([...kinds]).toEqual([0, 0, 0, 0]);
  const counts = [...offsets].slice(1).map((end, s) => end - (offsets[s] as number));
  expect(counts[0]).toBe(256);
  expect(counts[1]).toBe(7);
  expect(counts[2]).toBeGreaterThan(30);
  const codes = codesOf(binning, matrix, margins);
  for (let s = 0; s < 4; s++) {
    const column = Array.from({ length: n }, (_, i) => ({
      code: codes[4 * i + s] as number,
      x: s < 3 ? (values[3 * i + s] as number) : (margins[i] as number),
    }));
    expect(column.every(({ code }) => code < (counts[s] as number))).toBe(true);
    column.sort((a, b) => a.x - b.x);
    expect(column.every(({ code }, i) => i === 0 || code >= (column[i - 1] as { code: number }).code)).toBe(true);
  }
  const mirrored = chooseBins(
    matrix,
    margins.map((v) => -v),
  ).columns[3] as { edges: Float64Array };
  const edges = (binning.columns[3] as { edges: Float64Array }).edges;
  expect([...mirrored.edges].map((x) => -x).reverse()).toEqual([...edges]);
});

test('categories have the code of their position, unseen values 0', () => {
  const words = Int32Array.of(3, 4, -1, 6, 3, 5);
  const matrix: Matrix = { rows: 6, fields: 1, width: 9, fieldColumns: Int32Array.of(-1), data: words };
  const binning = chooseBins(matrix, new Float64Array(6));
  expect(binning.columns[0]).toEqual({ first: 3, last: 6 });
  const other: Matrix = { ...matrix, rows: 3, data: Int32Array.of(6, 8, 0) };
  expect([...codesOf(binning, other, new Float64Array(3))]).toEqual([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const boosted = { base: Float64Array.of(1, 2), binning, trees: Float64Array.from({ length: 44 }, (_, k) => k) };
  expect(unpack(pack(boosted))).toEqual(boosted);
});

test('rows that were coded for other bins are coded again', () => {
  const worlds = [drawWorld(400, 41), drawWorld(400, 42)];
  using arena = openArena();
  const place = (k: number) => {
    const { dataset, truth } = worlds[k] as (typeof worlds)[number];
    return placeProblem(arena, truth, dataset);
  };
  const map = { method: 'trees', count: 20 } as const;
  const problems = [place(0), place(1)] as const;
  const [first, second] = problems.map((problem) => fitMap(problem, map, -1)) as [Float64Array, Float64Array];
  // the second problem has codes for its own bins
  const own = applyMap(problems[1], map, second);
  expect(applyMap(problems[1], map, first)).toEqual(applyMap(place(1), map, first));
  expect(applyMap(problems[1], map, second)).toEqual(own);
});

test('40 trees that start from 20 are those of one fit, and a fit leaves the margins that its trees give, to the bit', () => {
  const { dataset, truth } = drawWorld(600, 43);
  using arena = openArena();
  const problem = placeProblem(arena, truth, dataset);
  const some = { method: 'trees', count: 20 } as const;
  const more = { method: 'trees', count: 40 } as const;
  const fewer = fitMap(problem, some, 2);
  const kept = applyMap(problem, some, fewer);
  const next = fitMap(problem, more, 2, fewer);
  expect(next).toEqual(fitMap(problem, more, 2));
  expect(applyMap(problem, some, fewer)).toEqual(kept);
  const copied = applyMap(problem, more, next.slice());
  const fitted = fitMap(problem, more, 2, fewer.slice());
  expect(applyMap(problem, more, fitted)).toEqual(copied);
});

test('up to 48 columns: every tree looks at all; above: at a random half, always at the last', () => {
  expect(chooseBlocks(48, 0, 3)).toBeUndefined();
  expect(chooseBlocks(49, 0, 1)).toHaveLength(12);
  expect(chooseBlocks(5000, 0, 1)).toHaveLength(128);
  const trees = 200;
  const chosen = chooseBlocks(100, 0, trees) as Uint32Array;
  expect(chosen).toHaveLength(trees * 13);
  const counts = new Uint32Array(25);
  for (let t = 0; t < trees; t++) {
    const own = [...chosen.subarray(13 * t, 13 * (t + 1))];
    expect(own).toEqual([...new Set(own)].sort((a, b) => a - b));
    expect(own.at(-1)).toBe(24);
    for (const b of own) counts[b]!++;
  }
  // each of the other 24 blocks in half of the trees, within four standard deviations
  for (const count of counts.subarray(0, 24)) expect(Math.abs(count - 100)).toBeLessThan(30);
  expect(chooseBlocks(100, 20, 7)).toEqual(chosen.slice(20 * 13, 27 * 13));
});

test('a tree splits by the columns that it looks at, and 40 trees that start from 20 are those of one fit', () => {
  const d = dice(7);
  const n = 800;
  const width = 99;
  const values = Float32Array.from({ length: n * width }, () => d.real(-1, 1));
  const margins = Float64Array.from({ length: n }, () => d.real(-1, 1));
  const labels = drawLabels(
    margins.map((v, i) => v + 4 * Math.sign(values[i * width] as number) * Math.sign(values[i * width + 50] as number)),
    d,
  );
  using arena = openArena();
  const problem = placeProblem(arena, margins, {
    features: denseMatrix(values, width),
    labels,
    rows: n,
    folds: Uint8Array.from({ length: n }, (_, i) => i % 5),
  });
  const more = { method: 'trees', count: 40 } as const;
  const fitted = fitMap(problem, more, 1);
  expect(fitMap(problem, more, 1, fitMap(problem, { ...more, count: 20 }, 1))).toEqual(fitted);
  const { trees } = unpack(fitted);
  const chosen = chooseBlocks(100, 0, 40) as Uint32Array;
  const used = new Set<number>();
  for (let t = 0; t < 40; t++) {
    const own = chosen.subarray(13 * t, 13 * (t + 1));
    for (const field of trees.subarray(22 * t, 22 * t + 7)) {
      if (field < 0) continue;
      used.add(field);
      expect(own).toContain(field >> 2);
    }
  }
  expect(used.size).toBeGreaterThan(50);
});

test('trees find an interaction; students learn half of it and are selected by all of it', async () => {
  const world = drawWorld(2000, 31);
  const x = new Float32Array(world.dataset.features.data.buffer);
  const truth = world.truth.map((v, i) => v + 3 * ((x[3 * i] as number) * (x[3 * i + 1] as number) > 0 ? 1 : -1));
  const dataset = { ...world.dataset, labels: drawLabels(truth, dice(8)) };
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
  const error = (d: Float64Array): number =>
    d.reduce((sum, v, i) => sum + Math.abs(sigmoid(v) - sigmoid(truth[i] as number)) / d.length, 0);
  const auto = await fitDebias(world.truth, dataset);
  const trees = await fitDebias(world.truth, dataset, { method: 'trees' });
  expect(trees.method).toBe('trees');
  const without = await fitDebias(world.truth, dataset, { ablate: ['trees'] });
  expect(without.parts.every(({ method }) => method !== 'trees')).toBe(true);
  expect(error(trees.crossFitted)).toBeLessThan(error(without.crossFitted) / 2);
  expect(error(auto.selectionMargins)).toBeLessThan(error(without.crossFitted) / 2);
  expect(error(auto.crossFitted)).toBeLessThan(0.7 * error(without.crossFitted));
  const half = auto.parts.reduce((sum, { method, weight }) => sum + (method === 'trees' ? weight : 0), 0);
  expect(half).toBeGreaterThan(0.4);
  expect(half).toBeLessThan(0.51);
  expect(trees.selectionMargins).toBe(trees.crossFitted);
  expect(error(applyDebias(trees, world.truth, dataset))).toBeLessThan(error(without.crossFitted) / 2);
});
