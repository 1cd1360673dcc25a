// fitDebias and applyDebias: progress, limits of columns, and the weights of parts.
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { SHUFFLE_BLOCK_ROWS } from '../../src/kernels/shuffle-block.ts';
import type { DebiasMethod } from '../../src/labels/debias-names.ts';
import { applyDebias, type Debias, type DebiasPart, fitDebias } from '../../src/labels/label-debiasing.ts';
import { stackWeights, weightedMean } from '../../src/labels/stack.ts';
import type { Features } from '../../src/teacher/features.ts';
import { drawWorld } from '../simulator.ts';
import { asStored } from '../stored-matrix.ts';

const { dataset, truth } = drawWorld(60, 51);

test.each<[DebiasMethod, number]>([
  ['none', 6],
  ['platt', 6],
  ['auto', 11],
])('%s on few rows tells of %i steps: one a map and fold, and one more', async (method, total) => {
  const told: object[] = [];
  const shares: number[] = [];
  await fitDebias(truth, dataset, {
    method,
    onProgress({ share, ...progress }) {
      told.push(progress);
      shares.push(share as number);
    },
  });
  const steps = Array.from({ length: total }, (_, i) => ({ stage: 'label de-biasing', done: i + 1, total }));
  expect(told).toEqual(steps);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test('an abort ends a fit at the current step', async () => {
  const ended = new AbortController();
  let steps = 0;
  const onProgress = (): void => {
    if (++steps === 3) ended.abort(new Error('enough'));
  };
  await expect(fitDebias(truth, dataset, { signal: ended.signal, onProgress })).rejects.toThrow('enough');
  expect(steps).toBe(3);
});

/** The number of maps tried for a number of encoded columns and features; aborts after the first. */
async function mapsTried(method: DebiasMethod, rows: number, width: number, features?: number): Promise<number> {
  const ended = new AbortController();
  const { dataset: own, truth: margins } = drawWorld(rows, 52);
  let maps = 0;
  const tried = fitDebias(
    margins,
    { ...own, features: { ...own.features, width } },
    {
      ...{ method, signal: ended.signal },
      features: features ? { rows, width: features, values: new Float32Array(rows * features) } : undefined,
      onProgress({ total }) {
        maps = ((total as number) - 1) / 5;
        ended.abort();
      },
    },
  );
  await tried.catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return maps;
}

test.each([
  ['residual', 60, 512, 1 + 8],
  ['residual', 60, 513, 1 + 7],
  ['residual', 60, 5000, 1 + 7],
  ['auto', 600, 512, 6 + 8 + 4],
  ['auto', 600, 513, 6 + 7 + 4],
] as const)('%s on %i rows of %i columns tries hinges only up to 512', async (method, rows, width, maps) => {
  expect(await mapsTried(method, rows, width)).toBe(maps);
});

test.each([
  [3, 5000, 1 + 8 + 5],
  [4000, 97, 1 + 7 + 5],
])('%i columns and %i features are fitted on together', async (width, features, maps) => {
  expect(await mapsTried('residual', 60, width, features)).toBe(maps);
});

test('a stack on few rows has none and platt, weighted by their cross-fitted margins', async () => {
  const wrong = truth.map((v) => 0.6 * v + 0.2);
  const of = (method: DebiasMethod) => fitDebias(wrong, dataset, { method });
  const [none, platt, stack] = await Promise.all([of('none'), of('platt'), of('stack')]);
  const columns = [none.crossFitted, platt.crossFitted];
  const weights = stackWeights(columns, dataset.labels);
  expect(weights.every((w) => w > 0 && w < 1)).toBe(true);
  expect(stack).toMatchObject({ method: 'stack', parameters: weights, rows: 60 });
  expect(stack.parts).toEqual([
    { method: 'none', weight: weights[0], parameters: none.parameters },
    { method: 'platt', weight: weights[1], parameters: platt.parameters },
  ]);
  expect(stack.crossFitted).toEqual(weightedMean(weights, columns));
  expect(stack.selectionMargins).toEqual(stack.crossFitted);
});

const made = (...parts: DebiasPart[]): Debias => ({
  ...{ method: 'stack', rows: 0, parameters: new Float64Array(0), parts, candidates: [] },
  ...{ crossFitted: new Float64Array(0), selectionMargins: new Float64Array(0) },
});

test('a stack of a map on features and one on inputs is their weighted mean', () => {
  const features: Features = { rows: 2, width: 1, values: Float32Array.of(8, -1) };
  // no knots, b, a, the weight of the input, the weight of the feature
  const parameters = Float64Array.of(0, 1, 2, 3, 0.5);
  const debias = made(
    { method: 'none', weight: 0.25, selectionWeight: 1, parameters: new Float64Array(0) },
    { method: 'residual', penalty: 30, on: 'features', weight: 0.75, selectionWeight: 0, parameters },
  );
  const matrix = denseMatrix(Float32Array.of(2, -4), 1);
  const rows = { ...dataset, rows: 2, features: matrix, labels: new Int8Array(2), folds: new Uint8Array(2) };
  const margins = Float64Array.of(4, -2);
  // 1 + 2 * 4 + 3 * 2 + 8 / 2 and 1 - 2 * 2 - 3 * 4 - 1 / 2
  const wants = [0.25 * 4 + 0.75 * 19, -0.25 * 2 - 0.75 * 15.5];
  applyDebias(debias, margins, rows, { features }).forEach((d, i) => {
    expect(d).toBeCloseTo(wants[i] as number, 12);
  });
  expect(applyDebias(debias, margins, rows, { features, as: 'selection' })).toEqual(margins);
});

test('a single map keeps the bits of its d, also the sign of 0', () => {
  const margins = Float64Array.of(-0, 0, -1e300, 5e-324);
  const features = denseMatrix(new Float32Array(4), 1);
  const rows = { ...dataset, rows: 4, features, labels: new Int8Array(4), folds: new Uint8Array(4) };
  const none = made({ method: 'none', weight: 1, parameters: new Float64Array(0) });
  const bits = (d: Float64Array): BigInt64Array => new BigInt64Array(d.buffer);
  expect(bits(applyDebias(none, margins, rows))).toEqual(bits(margins));
});

test.each([
  [SHUFFLE_BLOCK_ROWS, [[0, SHUFFLE_BLOCK_ROWS]]],
  [
    SHUFFLE_BLOCK_ROWS + 3,
    [
      [0, SHUFFLE_BLOCK_ROWS],
      [SHUFFLE_BLOCK_ROWS, SHUFFLE_BLOCK_ROWS + 3],
    ],
  ],
])('%i rows of a file get their d block by block', (rows, blocks) => {
  const features = denseMatrix(new Float32Array(rows), 1);
  const { stored, read } = asStored(features);
  const data = { ...dataset, rows, features: stored, labels: new Int8Array(rows), folds: new Uint8Array(rows) };
  const margins = Float64Array.from({ length: rows }, (_, i) => i / 1024);
  const debias = made({ method: 'platt', weight: 1, parameters: Float64Array.of(1, 0.5) });
  const applied = applyDebias(debias, margins, data as unknown as typeof dataset);
  expect(read).toEqual(blocks);
  expect(applied).toHaveLength(rows);
  expect(applied.findIndex((d, i) => d !== 1 + i / 2048)).toBe(-1);
});
