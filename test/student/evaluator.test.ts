// The selection loss on rows in memory and on rows in a file, which is read in pieces.
import { expect, test } from 'vitest';
import type { AnyDataset, Dataset } from '../../src/data/dataset.ts';
import { denseMatrix, type Matrix } from '../../src/data/matrix.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { openMeasure } from '../../src/student/evaluator.ts';
import { writeParameters } from '../../src/student/network.ts';
import { asStored } from '../stored-matrix.ts';

const PIECE = 16384;
const SHAPE = { hidden: [] };
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** The margin of a row, 2 x - y + .5. */
const PARAMETERS = Float32Array.of(2, -1, 0.5);
const numbersOf = (row: number): [number, number] => [(row % 13) / 4 - 1.5, (row % 7) / 2];
const marginOf = (row: number): number => {
  const [x, y] = numbersOf(row);
  return 2 * x - y + 0.5;
};
const targetOf = (row: number): number => (row % 5) / 4;

function rowsFrom(first: number, rows: number): Matrix {
  return denseMatrix(
    Float32Array.from({ length: 2 * rows }, (_, i) => numbersOf(first + (i >> 1))[i % 2] as number),
    2,
  );
}

const datasetOf = (features: object, rows: number): AnyDataset => ({ features, rows }) as unknown as Dataset;
const select = (dataset: AnyDataset, rows: readonly number[]) => ({
  ...{ dataset, rows: Uint32Array.from(rows), targets: Float64Array.from(rows, targetOf) },
});
const meanLoss = (rows: readonly number[]): number =>
  rows.reduce((sum, row) => sum + softplus(marginOf(row)) - targetOf(row) * marginOf(row), 0) / rows.length;
const span = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('measures rows in memory with one network per validation part', () => {
  const dataset = datasetOf(rowsFrom(0, 700), 700);
  using arena = openArena();
  const evaluators = new Map();
  const parts = [[1, 3, 699], span(100, 500), [0]];
  const measures = parts.map((rows) =>
    openMeasure(arena, { evaluators, shape: SHAPE, width: 2 }, select(dataset, rows)),
  );
  expect(new Set(measures.map(({ net }) => net)).size).toBe(1);
  writeParameters(arena, measures[0]?.net as number, { inputs: { width: 2 }, architecture: SHAPE }, PARAMETERS);
  for (let turn = 0; turn < 2; turn++) {
    parts.forEach((rows, k) => {
      expect(measures[k]?.loss()).toBeCloseTo(meanLoss(rows), 9);
    });
  }
});

test('reads only the pieces of a file that contain selected rows', () => {
  const total = 4 * PIECE + 10;
  const { stored, read } = asStored(rowsFrom(0, total));
  using arena = openArena();
  const evaluators = new Map();
  const parts = [
    [...span(0, PIECE), 2 * PIECE, 2 * PIECE + 5, 3 * PIECE - 1, 3 * PIECE, 3 * PIECE + 2],
    [PIECE - 1, PIECE, 4 * PIECE + 3, 4 * PIECE + 9],
  ];
  const measures = parts.map((rows) =>
    openMeasure(arena, { evaluators, shape: SHAPE, width: 2 }, select(datasetOf(stored, total), rows)),
  );
  const [first, second] = measures;
  const shared = openMeasure(
    arena,
    { evaluators, shape: SHAPE, width: 2 },
    select([...evaluators.keys()][0], parts[1] as number[]),
  );
  expect(shared.net).toBe(first?.net);
  expect(second?.net).not.toBe(first?.net);
  for (const { net } of [first, second] as { net: number }[])
    writeParameters(arena, net, { inputs: { width: 2 }, architecture: SHAPE }, PARAMETERS);
  for (let turn = 0; turn < 2; turn++) {
    read.length = 0;
    expect(first?.loss()).toBeCloseTo(meanLoss(parts[0] as number[]), 9);
    expect(read).toEqual([0, 2, 3].map((k) => [k * PIECE, (k + 1) * PIECE]));
    for (const measure of [second, shared]) {
      read.length = 0;
      expect(measure?.loss()).toBeCloseTo(meanLoss(parts[1] as number[]), 9);
      expect(read).toEqual([...[0, 1].map((k) => [k * PIECE, (k + 1) * PIECE]), [4 * PIECE, total]]);
    }
  }
});

test('needs memory for one piece of a large file', () => {
  const rows = 2 ** 31;
  const { data: _, ...shape } = rowsFrom(0, 0);
  const features = { ...shape, rows, read: (from: number, to: number) => rowsFrom(from, to - from) };
  using arena = openArena();
  const hidden = { hidden: [2] };
  const some = select(datasetOf(features, rows), [3, 20]);
  const measure = openMeasure(arena, { evaluators: new Map(), shape: hidden, width: 2 }, some);
  // margin 2 relu(x + 2) - 1
  writeParameters(
    arena,
    measure.net,
    { inputs: { width: 2 }, architecture: hidden },
    Float32Array.of(1, 0, 0, 0, 2, 0, 2, 0, -1),
  );
  const losses = [3, 20].map((row) => {
    const z = 2 * (numbersOf(row)[0] + 2) - 1;
    return softplus(z) - targetOf(row) * z;
  }) as [number, number];
  expect(measure.loss()).toBeCloseTo((losses[0] + losses[1]) / 2, 9);
});

test('needs memory only for the rows there are, with very many fields', () => {
  const fields = 2 ** 16 + 1;
  const data = new Int32Array(2 * fields).fill(-1);
  data[7] = 0;
  data[2 * fields - 1] = 1;
  const matrix = { rows: 2, fields, width: 2, fieldColumns: new Int32Array(fields).fill(-1), data };
  using arena = openArena();
  const measure = openMeasure(
    arena,
    { evaluators: new Map(), shape: SHAPE, width: 2 },
    select(datasetOf(matrix, 2), [0, 1]),
  );
  writeParameters(arena, measure.net, { inputs: { width: 2 }, architecture: SHAPE }, PARAMETERS);
  // margins 2.5 and -.5
  const losses = [softplus(2.5), softplus(-0.5) - targetOf(1) * -0.5] as const;
  expect(measure.loss()).toBeCloseTo((losses[0] + losses[1]) / 2, 9);
});

test('refuses validation rows with other columns than the training rows', () => {
  using arena = openArena();
  const message =
    'validation: 2 encoded columns, expected 3, as in the training rows; encode both parts with the same preprocessing';
  const refused = expect.objectContaining({ code: 'value', message });
  const some = select(datasetOf(rowsFrom(0, 4), 4), [0]);
  expect(() => openMeasure(arena, { evaluators: new Map(), shape: SHAPE, width: 3 }, some)).toThrow(refused);
});
