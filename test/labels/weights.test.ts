// Label de-biasing with row weights: every map against the same rows repeated, scikit-learn, the unit of the weights, weights of 0.
import { expect, test } from 'vitest';
import { concatRows, type Dataset, selectRows } from '../../src/data/dataset.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { checkLabels, debiasesRichly } from '../../src/labels/candidates.ts';
import { recordChanges } from '../../src/labels/changes.ts';
import { debiasParts } from '../../src/labels/debias-parts.ts';
import { fitDebias } from '../../src/labels/label-debiasing.ts';
import { detectLeakage } from '../../src/labels/leakage.ts';
import type { DebiasMap } from '../../src/labels/maps/map.ts';
import { applyMap, fitMap } from '../../src/labels/maps/maps.ts';
import { placeProblem } from '../../src/labels/maps/problem.ts';
import { noiseRates } from '../../src/labels/noise-rates.ts';
import { fitParts, MAX_FITTED } from '../../src/labels/sample.ts';
import { stackWeights } from '../../src/labels/stack.ts';
import golden from '../golden/weights.json' with { type: 'json' };
import { dice } from '../random.ts';
import { drawWorld, teach } from '../simulator.ts';

/** A biased teacher's rows with whole weights from 0 to 3, which depend on the group. */
function weightedWorld(rows: number, seed: number) {
  const world = drawWorld(rows, seed);
  const d = dice(seed + 1000);
  const weights = Float64Array.from(world.group, (g) => (g ? d.below(4) : 1 + d.below(2)));
  const margins = teach(world, { scale: 1.6, shift: 0.5, group: 1 });
  const all = Uint32Array.from([...weights].flatMap((w, i) => Array<number>(w).fill(i)));
  const repeated = {
    dataset: selectRows(world.dataset, all),
    margins: Float64Array.from(all, (i) => margins[i] as number),
  };
  return { dataset: { ...world.dataset, weights }, margins, repeated, all, group: world.group };
}

const MAPS: readonly DebiasMap[] = [
  { method: 'prior' },
  { method: 'temperature' },
  { method: 'platt' },
  { method: 'beta' },
  { method: 'isotonic' },
  { method: 'residual', penalty: 10, on: 'inputs' },
];

test.each(MAPS)('$method: a whole weight counts as that many rows, within 1e-6', (map) => {
  for (const seed of [1, 2]) {
    const { dataset, margins, repeated } = weightedWorld(400, seed);
    const { weights: _, ...plain } = dataset;
    using arena = openArena();
    const problem = placeProblem(arena, margins, dataset);
    for (const skip of [-1, 2]) {
      const fitted = applyMap(problem, map, fitMap(problem, map, skip));
      const same = placeProblem(arena, repeated.margins, repeated.dataset);
      const wanted = applyMap(problem, map, fitMap(same, map, skip));
      wanted.forEach((x, i) => {
        expect(Math.abs((fitted[i] as number) - x), `row ${i}`).toBeLessThan(1e-6);
      });
      const ignoring = placeProblem(arena, margins, plain);
      expect(applyMap(problem, map, fitMap(ignoring, map, skip))).not.toEqual(fitted);
    }
  }
});

test.each<DebiasMap>([{ method: 'trees', count: 20 }, { method: 'residual' }])(
  '$method: a row of weight 0 has no influence',
  (map) => {
    const { dataset, margins } = weightedWorld(600, 3);
    const kept = Uint32Array.from([...dataset.weights.keys()].filter((i) => (dataset.weights[i] as number) > 0));
    expect(kept.length).toBeLessThan(600);
    using arena = openArena();
    const problem = placeProblem(arena, margins, dataset);
    const rest = placeProblem(
      arena,
      Float64Array.from(kept, (i) => margins[i] as number),
      selectRows(dataset, kept),
    );
    const [all, some] = [rest, problem].map((p) => applyMap(problem, map, fitMap(p, map, -1))) as [
      Float64Array,
      Float64Array,
    ];
    all.forEach((x, i) => {
      expect(Math.abs((some[i] as number) - x)).toBeLessThan(1e-9);
    });
  },
);

test('isotonic regression equals that of scikit-learn with sample_weight', () => {
  const { v, y, w, p } = golden.isotonic;
  using arena = openArena();
  const n = v.length;
  const nothing = { rows: n, fields: 0, width: 0, fieldColumns: new Int32Array(0), data: new Int32Array(0) };
  const rows = { rows: n, features: nothing, labels: Int8Array.from(y), folds: new Uint8Array(n) };
  const problem = placeProblem(arena, Float64Array.from(v), { ...rows, weights: Float64Array.from(w) });
  const d = applyMap(problem, { method: 'isotonic' }, fitMap(problem, { method: 'isotonic' }, -1));
  const total = w.reduce((sum, x) => sum + x, 0);
  const limit = 1 / (2 * total);
  p.forEach((share, i) => {
    const clipped = Math.min(1 - limit, Math.max(limit, share));
    expect(1 / (1 + Math.exp(-(d[i] as number)))).toBeCloseTo(clipped, 9);
  });
});

test('the unit of the weights does not matter, and equal weights give the bits of none', async () => {
  const { dataset, margins } = weightedWorld(800, 4);
  const fitAuto = (weights: Float64Array | undefined) => {
    const { weights: _, ...rest } = dataset;
    return fitDebias(margins, weights ? { ...rest, weights } : rest, { method: 'auto' });
  };
  const [a, b] = [await fitAuto(dataset.weights), await fitAuto(dataset.weights.map((w) => 1e5 * w))];
  expect(b.parts.map(({ method, weight }) => [method, weight.toFixed(6)])).toEqual(
    a.parts.map(({ method, weight }) => [method, weight.toFixed(6)]),
  );
  a.crossFitted.forEach((d, i) => {
    expect(b.crossFitted[i]).toBeCloseTo(d, 6);
  });
  const { crossFitted } = await fitAuto(undefined);
  expect((await fitAuto(new Float64Array(800).fill(0.3))).crossFitted).toEqual(crossFitted);
  expect(crossFitted).not.toEqual(a.crossFitted);
});

test('weights correct a group that is rare among the rows', async () => {
  // the group is a fifth of the rows, but most of the population: without weights, prior shift follows the others
  const world = drawWorld(3000, 5);
  const margins = teach(world, { group: 2 });
  const weights = Float64Array.from(world.group, (g) => (g ? 16 : 1));
  const plain = await fitDebias(margins, world.dataset, { method: 'prior' });
  const weighted = await fitDebias(margins, { ...world.dataset, weights }, { method: 'prior' });
  expect(plain.parameters[0]).toBeLessThan(0.6);
  expect(weighted.parameters[0]).toBeGreaterThan(1.2);
});

test('rows of weight 0 do not count as labels', async () => {
  const { dataset, margins } = weightedWorld(200, 6);
  const few = dataset.weights.map((_, i) => (i < 3 ? 1 : 0));
  expect(checkLabels({ labels: dataset.labels, weights: few }, 'none').rows).toBe(3);
  await expect(fitDebias(margins, { ...dataset, weights: few }, { method: 'platt' })).rejects.toThrow(
    /3 labelled rows/,
  );
  const many = drawWorld(2000, 7).dataset;
  expect(debiasesRichly([many])).toBe(true);
  expect(debiasesRichly([{ ...many, weights: new Float64Array(2000).map((_, i) => (i < 400 ? 1 : 0)) }])).toBe(false);
});

test('the leakage test takes weighted means, and a row of weight 0 has no influence', () => {
  const side = (n: number, margin: number) => ({
    margins: Float64Array.from({ length: n }, (_, i) => margin + (i % 7) / 10),
    labels: new Int8Array(n).fill(1),
  });
  const [train, heldOut] = [side(200, 1), side(200, 0.8)];
  const plain = detectLeakage(train, heldOut);
  const ones = { ...heldOut, weights: new Float64Array(200).fill(1) };
  expect(detectLeakage(train, ones).z).toBeCloseTo(plain.z, 9);
  const spread = { ...heldOut, weights: Float64Array.from({ length: 200 }, (_, i) => (i % 10 === 0 ? 50 : 1)) };
  const found = detectLeakage(train, spread);
  expect(found.z).toBeLessThan(plain.z);
  const padded = {
    margins: Float64Array.of(...spread.margins, -50),
    labels: Int8Array.of(...spread.labels, 1),
    weights: Float64Array.of(...spread.weights, 0),
  };
  expect(detectLeakage(train, padded).z).toBeCloseTo(found.z, 12);
  expect(detectLeakage(train, { ...heldOut, weights: heldOut.margins.map((_, i) => (i === 0 ? 1 : 0)) }).z).toBe(0);
});

test('noise rates and stacking count a whole weight as that many rows', () => {
  const { dataset, margins, repeated } = weightedWorld(500, 8);
  const { r0, r1 } = noiseRates(margins, dataset.labels, dataset.weights);
  const same = noiseRates(repeated.margins, repeated.dataset.labels);
  expect(r0).toBeCloseTo(same.r0, 12);
  expect(r1).toBeCloseTo(same.r1, 12);
  expect(noiseRates(margins, dataset.labels)).not.toEqual({ r0, r1 });
  const maps = (v: Float64Array): Float64Array[] => [v, v.map((x) => 0.5 * x), v.map((x) => x - 1)];
  const weights = stackWeights(maps(margins), dataset.labels, dataset.weights);
  const wanted = stackWeights(maps(repeated.margins), repeated.dataset.labels);
  weights.forEach((w, k) => {
    expect(w).toBeCloseTo(wanted[k] as number, 9);
  });
});

test('mean changes are weighted, numbers of rows are not', () => {
  const { dataset, margins, repeated, all } = weightedWorld(400, 9);
  const debiased = margins.map((v, i) => 0.7 * v - (dataset.features.data[3 * i + 2] ? 1 : 0));
  const targets = debiased.map((d) => d + 0.2);
  const pick = (list: Float64Array): Float64Array => Float64Array.from(all, (i) => list[i] as number);
  const found = recordChanges(margins, debiased, targets, dataset);
  const same = recordChanges(repeated.margins, pick(debiased), pick(targets), repeated.dataset);
  expect(found.rows).toBe(400);
  for (const mean of ['meanShift', 'meanProbabilityShift', 'meanInfusion'] as const)
    expect(found[mean], mean).toBeCloseTo(same[mean], 12);
  for (const { column, value, meanShift } of found.groups) {
    const group = same.groups.find((g) => g.column === column && g.value === value);
    if (group) expect(meanShift).toBeCloseTo(group.meanShift, 12);
  }
  expect(found.groups.length).toBeGreaterThan(0);
});

test('parts keep their weights when they are joined, sampled or selected; weights in one part only are refused', async () => {
  const { dataset, margins } = weightedWorld(300, 10);
  const [a, b] = [0, 150].map((from) =>
    selectRows(
      dataset,
      Uint32Array.from({ length: 150 }, (_, i) => from + i),
    ),
  ) as [Dataset, Dataset];
  expect(concatRows(a, b).weights).toEqual(dataset.weights);
  const { weights: _, ...bare } = b;
  expect(() => concatRows(a, bare)).toThrow(/row weights: one part of the data has weights, and another has none/);
  const parts = (second: Dataset) =>
    debiasParts(
      { data: a, margins: margins.subarray(0, 150) },
      { data: second, margins: margins.subarray(150) },
      { method: 'platt' },
    );
  await expect(parts(bare)).rejects.toThrow(/row weights/);
  const together = await fitDebias(margins, dataset, { method: 'platt' });
  expect((await parts(b)).debias.parameters).toEqual(together.parameters);
});

test('a sample of many rows keeps weights and leaves out rows of weight 0', async () => {
  const { dataset } = drawWorld(MAX_FITTED + 2000, 11);
  // the rows of weight 0 have opposite labels: they would spoil the fit
  const weights = Float64Array.from({ length: dataset.rows }, (_, i) => (i % 4 === 0 ? 0 : 2));
  const margins = Float64Array.from(dataset.labels, (y, i) => (y === 1 ? 1 : -1) * (1 + (i % 5) / 10));
  const labels = dataset.labels.map((y, i) => (weights[i] === 0 ? 1 - y : i % 10 === 1 ? 1 - y : y));
  const { debias } = await fitParts([{ data: { ...dataset, labels, weights }, margins }], { method: 'platt' });
  expect(debias.rows).toBe(weights.filter((w) => w > 0).length);
  expect(debias.parameters[1]).toBeGreaterThan(1);
});
