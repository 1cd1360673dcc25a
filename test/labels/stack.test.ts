// Stacking, and the teacher's features as a basis of the residual fit.
import { expect, test } from 'vitest';
import { selectRows } from '../../src/data/dataset.ts';
import { appendColumns, concatMatrixRows, denseMatrix, denseRows } from '../../src/data/matrix.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { debiasParts } from '../../src/labels/debias-parts.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import { stackWeights, weightedMean } from '../../src/labels/stack.ts';
import type { Features } from '../../src/teacher/features.ts';
import { dice } from '../random.ts';
import { drawLabels, drawWorld } from '../simulator.ts';

const world = drawWorld(1500, 21);
const d = dice(5);
/** A feature that only the teacher's hidden layer has and its margin ignores, and one that its margin should ignore. */
const secret = Float32Array.from({ length: 1500 }, () => d.real(-1, 1));
const noise = Float32Array.from({ length: 1500 }, () => d.real(-1, 1));
const truth = world.truth.map((v, i) => v + 2 * (secret[i] as number));
const dataset = { ...world.dataset, labels: drawLabels(truth, d) };
const values = Float32Array.from({ length: 2 * dataset.rows }, (_, k) => (k % 2 ? noise : secret)[k >> 1] as number);
const features: Features = { rows: dataset.rows, width: 2, values };
const margins = world.truth.map((v, i) => v - (noise[i] as number));
const loss = (z: Float64Array): number =>
  z.reduce((sum, m, i) => sum + (sigmoid(m) - sigmoid(truth[i] as number)) ** 2, 0) / z.length;

test('weights are on the simplex, and the right maps have the largest', () => {
  const [good, bad] = [truth, truth.map((v, i) => (i % 2 ? -v : 3 * v))];
  const weights = stackWeights([bad, good, bad], dataset.labels);
  expect([...weights].every((w) => w >= 0)).toBe(true);
  expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  expect(weights[1]).toBeGreaterThan(0.9);
  expect(stackWeights([good], dataset.labels)).toEqual(Float64Array.of(1));
  expect([...weightedMean([0.25, 0.75], [Float64Array.of(1, 2), Float64Array.of(3, -2)])]).toEqual([2.5, -1]);
});

test('weights are close to the minimum: no step towards a single map gains more than 1e-4', () => {
  const maps = [truth.map((v) => 2 * v + 1), truth.map((v, i) => v + (secret[i] as number)), truth.map((v) => 0.3 * v)];
  const weights = stackWeights(maps, dataset.labels);
  const at = (w: ArrayLike<number>): number =>
    weightedMean(w, maps).reduce((sum, z, i) => sum + Math.log1p(Math.exp(dataset.labels[i] ? -z : z)), 0) /
    dataset.rows;
  const here = at(weights);
  for (let k = 0; k < 3; k++) {
    for (const step of [0.01, 0.05, 0.2]) {
      const moved = [...weights].map((w, j) => (1 - step) * w + (j === k ? step : 0));
      expect(at(moved)).toBeGreaterThan(here - 1e-4);
    }
  }
});

test("an error that only the teacher's features show is corrected, also on other rows", async () => {
  const without = await fitDebias(margins, dataset);
  const debias = await fitDebias(margins, dataset, { features });
  expect(['residual', 'stack']).toContain(debias.method);
  expect(debias.candidates.filter(({ on }) => on === 'features')).toHaveLength(5);
  expect(loss(debias.crossFitted)).toBeLessThan(loss(without.crossFitted) / 2);
  expect(debias.parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  const applied = applyDebias(debias, margins, dataset, { features });
  expect(loss(applied)).toBeLessThan(loss(without.crossFitted) / 2);
  expect(() => applyDebias(debias, margins, dataset)).toThrow(/the teacher's features are not given/);
  expect(await fitDebias(margins, dataset, { features })).toEqual(debias);
});

test('the map is fitted on both parts; no label affects the d of its own row', async () => {
  const rows = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i);
  const part = (from: number, to: number) => ({
    data: selectRows(dataset, rows(from, to)),
    margins: margins.slice(from, to),
  });
  const [train, validation] = [part(0, 1000), part(1000, 1500)];
  const before = await debiasParts(train, validation, { method: 'platt' });
  expect(before.debias.rows).toBe(1500);
  const labels = validation.data.labels.map((y, i) => (validation.data.folds[i] === 3 && i < 100 ? 1 - y : y));
  const after = await debiasParts(train, { ...validation, data: { ...validation.data, labels } }, { method: 'platt' });
  const same = (a: Float64Array, b: Float64Array, folds: Uint8Array, fold: number): boolean =>
    a.every((x, i) => folds[i] !== fold || x === b[i]);
  expect(same(before.debiased.validation, after.debiased.validation, validation.data.folds, 3)).toBe(true);
  expect(same(before.debiased.train, after.debiased.train, train.data.folds, 3)).toBe(true);
  expect(same(before.debiased.train, after.debiased.train, train.data.folds, 2)).toBe(false);
});

test('concatenates matrices by columns and by rows', () => {
  const a = denseMatrix(Float32Array.of(1, 2, 3, 4), 2);
  const wide = appendColumns(a, Float32Array.of(5, 6));
  expect([...denseRows(wide, 0, 2)]).toEqual([1, 2, 5, 3, 4, 6]);
  expect([...denseRows(concatMatrixRows([wide, wide]), 1, 3)]).toEqual([3, 4, 6, 1, 2, 5]);
  expect(appendColumns(a, new Float32Array(0))).toEqual(a);
});
