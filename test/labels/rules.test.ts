// Limits of label de-biasing: labels for every method, detection of leakage, and selection margins.
import { expect, test } from 'vitest';
import { openArena } from '../../src/kernels/memory.ts';
import { debiasesRichly } from '../../src/labels/candidates.ts';
import { debiasParts } from '../../src/labels/debias-parts.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import { detectLeakage } from '../../src/labels/leakage.ts';
import { stackWeights, weightedMean } from '../../src/labels/stack.ts';
import { debiasedSelection, labelSelection } from '../../src/student/selection.ts';
import { dice } from '../random.ts';
import { drawLabels, drawWorld } from '../simulator.ts';

test.each([
  [500, 50, true],
  [499, 50, false],
  [500, 49, false],
])('%i rows, %i of the rarer class: tries more than platt: %s', async (rows, rarer, rich) => {
  const { dataset, truth } = drawWorld(600, 3);
  for (const rare of [1, 0]) {
    const labels = Int8Array.from(dataset.labels, (_, i) => (i >= rows ? -1 : i < rarer ? rare : 1 - rare));
    const own = { ...dataset, labels };
    expect(debiasesRichly([own])).toBe(rich);
    const { candidates } = await fitDebias(truth, own);
    expect(candidates.length > 2, `class ${rare}`).toBe(rich);
  }
});

test('leakage needs two labelled rows on either side', () => {
  const side = (losses: readonly number[], labelled = losses.length) => ({
    margins: Float64Array.from(losses),
    labels: Int8Array.from(losses, (_, i) => (i < labelled ? 1 : -1)),
  });
  // for class 1, a margin of 20 has almost no loss, -20 a large one
  const [known, unknown] = [
    [20, 20.1, 20.2],
    [-20, -20.1, -20.2],
  ];
  expect(detectLeakage(side(known), side(unknown)).leaked).toBe(true);
  expect(detectLeakage(side(known, 2), side(unknown, 2)).leaked).toBe(true);
  expect(detectLeakage(side(known, 1), side(unknown)).z).toBe(0);
  expect(detectLeakage(side(known), side(unknown, 1)).z).toBe(0);
});

test('losses that are equal up to rounding are no leakage', () => {
  const constant = (v: number, rows: number) => ({
    margins: new Float64Array(rows).fill(v),
    labels: new Int8Array(rows).fill(1),
  });
  // means of many equal numbers differ in their last bits
  const { z, leaked } = detectLeakage(constant(0.1, 1000), constant(0.1 - 1e-15, 777));
  expect([z, leaked]).toEqual([0, false]);
  const near = detectLeakage(constant(0.3, 1000), constant(0.1, 777));
  expect(near.leaked).toBe(false);
});

/** A teacher with an error that only trees can correct, because it is neither linear nor monotone. */
const world = (rows: number, seed: number) => {
  const { dataset, truth } = drawWorld(rows, seed);
  const d = dice(seed + 90);
  const x = (i: number, j: number): number => new Float32Array(dataset.features.data.buffer)[3 * i + j] as number;
  const bent = truth.map((v, i) => v + (x(i, 0) * x(i, 1) > 0 ? 2.5 : -2.5));
  return { dataset: { ...dataset, labels: drawLabels(bent, d) }, margins: truth };
};

test('students are selected by the stack of all maps if it is clearly better, applied with its weights', async () => {
  const { dataset, margins } = world(4000, 5);
  const debias = await fitDebias(margins, dataset);
  const { parts } = debias;
  expect(parts.some(({ method }) => method === 'trees')).toBe(true);
  const shares = parts.map(({ weight, selectionWeight }) => [weight, selectionWeight as number] as const);
  for (const k of [0, 1] as const) expect(shares.reduce((sum, share) => sum + share[k], 0)).toBeCloseTo(1, 9);
  expect(shares.some(([weight, judging]) => Math.abs(weight - judging) > 0.05)).toBe(true);
  const { dataset: fresh, margins: v } = world(200, 6);
  const alone = parts.map((part) => applyDebias({ ...debias, parts: [{ ...part, weight: 1 }] }, v, fresh));
  for (const [as, k] of [
    ['labels', 0],
    ['selection', 1],
  ] as const) {
    const mean = weightedMean(
      shares.map((share) => share[k]),
      alone,
    );
    expect(applyDebias(debias, v, fresh, { as })).toEqual(mean);
  }
  expect(applyDebias(debias, v, fresh, { as: 'selection' })).not.toEqual(applyDebias(debias, v, fresh));
});

test('with leakage they are selected by the same stack, fitted on the validation rows only', async () => {
  const [train, validation] = [world(600, 7), world(3000, 8)];
  const known = Float64Array.from(train.dataset.labels, (y) => (y ? 9 : -9));
  const made = await debiasParts(
    { data: train.dataset, margins: known },
    { data: validation.dataset, margins: validation.margins },
  );
  expect(made.leakage.leaked).toBe(true);
  expect(made.debias.rows).toBe(3000);
  expect(made.debias.parts.some(({ selectionWeight }) => selectionWeight !== undefined)).toBe(true);
  expect(made.selectionMargins.train).toEqual(applyDebias(made.debias, known, train.dataset, { as: 'selection' }));
  expect(made.debiased.train).toEqual(applyDebias(made.debias, known, train.dataset));
  expect(made.selectionMargins.train).not.toEqual(made.debiased.train);
  expect(made.selectionMargins.validation).toEqual(made.debias.selectionMargins);
  expect(made.debiased.validation).toEqual(made.debias.crossFitted);
});

test('a stack drops maps of small weight, and its weights still sum to 1', () => {
  const { dataset, truth } = drawWorld(2000, 9);
  const weights = stackWeights([truth.map((v) => -v), truth, truth.map((v) => v + 3)], dataset.labels);
  for (const w of weights) expect(w === 0 || w >= 0.01, `${w}`).toBe(true);
  expect(weights[0]).toBe(0);
  expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
});

test('de-biased selection: .2 of the label if there is one, otherwise only the corrected probability', () => {
  const { dataset } = drawWorld(4, 2);
  const own = { ...dataset, labels: Int8Array.of(1, 0, -1, -1) };
  const margins = Float64Array.of(0, 0, 2, -2);
  const { targets, rows } = debiasedSelection(own, margins);
  const p = 1 / (1 + Math.exp(-2));
  for (const [i, want] of [0.6, 0.4, p, 1 - p].entries()) expect(targets[i]).toBeCloseTo(want, 12);
  expect([...rows]).toEqual([0, 1, 2, 3]);
  expect([...labelSelection(own).rows]).toEqual([0, 1]);
  expect([...labelSelection(own).targets]).toEqual([1, 0]);
});

test('the prior of labels of one class is half a row from 0 or 1', () => {
  using arena = openArena();
  const n = 20;
  const [v, fold] = [arena.put(new Float64Array(n)), arena.put(new Uint8Array(n))];
  for (const [y, share] of [
    [1, (n - 0.5) / n],
    [0, 0.5 / n],
  ] as const) {
    const s = arena.kernels.fitPrior(v, arena.put(new Int8Array(n).fill(y)), fold, -1, n, 0);
    expect(1 / (1 + Math.exp(s))).toBeCloseTo(share, 10);
  }
});
