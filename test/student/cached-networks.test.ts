// Which networks stay in kernel memory: the three most recently used, while everything that their predictions depend on is unchanged.
import { beforeEach, expect, test, vi } from 'vitest';
import { denseMatrix, type Matrix } from '../../src/data/matrix.ts';
import { dispose } from '../../src/io/dispose.ts';
import type { Arena } from '../../src/kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../../src/kernels/shuffle-block.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import { predict } from '../../src/student/inference-cache.ts';
import { asStored } from '../stored-matrix.ts';

const { count } = vi.hoisted(() => ({ count: { opened: 0, open: 0 } }));

vi.mock('../../src/kernels/memory.ts', async (load) => {
  const real = await load<typeof import('../../src/kernels/memory.ts')>();
  const openArena = (): Arena => {
    const arena = real.openArena();
    count.opened++;
    count.open++;
    const close = (): void => {
      count.open--;
      arena[dispose]();
    };
    return { ...arena, [dispose]: close };
  };
  return { ...real, openArena };
});

interface Model {
  readonly architecture: Architecture;
  readonly parameters: Float32Array;
}

const linear = (...parameters: number[]): Model => ({
  architecture: { hidden: [] },
  parameters: Float32Array.from(parameters),
});
const margin = (model: Model, matrix: Matrix): number => predict(model, matrix, 'margins')[0] as number;
const row = (...values: number[]): Matrix => denseMatrix(Float32Array.from(values), values.length);
/** Counts the networks that an action places. */
const placed = (action: () => unknown): number => {
  const before = count.opened;
  action();
  return count.opened - before;
};

beforeEach(() => {
  for (const bias of [1, 2, 3]) margin(linear(0, bias), row(0));
  expect(count.open).toBe(3);
});

test('keeps the three most recently used networks', () => {
  const [a, b, c, e] = [1, 2, 3, 4].map((w) => linear(w, 0.5)) as [Model, Model, Model, Model];
  const weightOf = (model: Model): number => margin(model, row(2)) / 2 - 0.25;
  const places = (model: Model): number => placed(() => expect(weightOf(model)).toBe(model.parameters[0]));
  expect([a, b, c].map(places)).toEqual([1, 1, 1]);
  expect([a, c, b, a].map(places)).toEqual([0, 0, 0, 0]);
  // c is the least recently used
  expect(places(e)).toBe(1);
  expect([b, a, e].map(places)).toEqual([0, 0, 0]);
  expect(places(c)).toBe(1);
  expect([e, a, c].map(places)).toEqual([0, 0, 0]);
  expect(places(b)).toBe(1);
  expect(count.open).toBe(3);
});

test('reuses a network for an equal architecture and equal fields', () => {
  const { parameters } = linear(1, 2, 3, 4, 5, 6, 7, 8, 9);
  const matrix = row(1, 1);
  const shapes: Architecture[] = [
    { hidden: [2] },
    { hidden: [2] },
    { hidden: [2], activation: 'relu' },
    { hidden: [2], residual: false },
    { hidden: [2], activation: 'relu', residual: false },
    { hidden: [2] },
  ];
  const want = 7 * (1 + 3 + 5) + 8 * (2 + 4 + 6) + 9;
  const all = (): void => {
    for (const architecture of shapes) {
      const fieldColumns = Int32Array.of(0, 1);
      expect(margin({ architecture, parameters }, { ...matrix, fieldColumns: fieldColumns })).toBe(want);
    }
  };
  expect(placed(all)).toBe(1);
  expect(placed(() => margin({ architecture: { hidden: [2] }, parameters: parameters.slice() }, matrix))).toBe(1);
});

test('places another network for other fields', () => {
  const model = linear(1, 10, 100, 0.5);
  const slotted = (fieldColumns: number[], ...values: number[]): Matrix => ({
    ...{ rows: 1, fields: values.length, width: 3, fieldColumns: Int32Array.from(fieldColumns) },
    data: new Int32Array(Float32Array.from(values).buffer),
  });
  for (const [matrix, want] of [
    [slotted([0], 2), 2.5],
    [slotted([0, 1], 2, 3), 32.5],
    [slotted([0, 2], 2, 3), 302.5],
    [slotted([1, 0], 2, 3), 23.5],
    [slotted([1], 2), 20.5],
    [slotted([1, 2], 2, 3), 320.5],
    [slotted([0, 2], 2, 3), 302.5],
    [slotted([0, 2, 1], 2, 3, 4), 342.5],
    [slotted([0, 2], 2, 3), 302.5],
  ] as const) {
    expect(placed(() => expect(margin(model, matrix)).toBe(want))).toBeLessThan(2);
  }
});

test('distinguishes architectures with equal numbers of parameters, residual or not', () => {
  // 3 + 1 and 2 + 2 units after 2: 2 x 1 + 2 + 14 parameters and a bias either way
  const parameters = Float32Array.from({ length: 19 }, (_, i) => ((i * 5) % 7) / 4 + 0.25);
  const alone = (architecture: Architecture): number =>
    margin({ architecture, parameters: parameters.slice() }, row(1));
  const shapes: Architecture[] = [
    { hidden: [2, 3, 1] },
    { hidden: [2, 2, 2] },
    { hidden: [2, 2, 2], residual: true },
    { hidden: [2, 2, 2], activation: 'tanh' },
  ];
  const own = shapes.map(alone);
  expect(new Set(own).size).toBe(4);
  for (const i of [0, 1, 2, 1, 3, 1, 0, 1, 2, 2]) {
    expect(margin({ architecture: shapes[i] as Architecture, parameters }, row(1))).toBe(own[i]);
  }
});

test.each([
  [0, 4],
  [0, 5],
  [4, 4],
  [4, 5],
  [8, 5],
])('parameters at byte %i of a buffer, %i of them: places a network again only when one changes', (offset, n) => {
  const parameters = new Float32Array(new ArrayBuffer(offset + 4 * n), offset, n);
  parameters.set(Array.from({ length: n }, (_, k) => k + 1));
  const architecture = { hidden: [] };
  const sum = (): number => parameters.reduce((total, v) => total + v, 0);
  const matrix = row(...Array(n - 1).fill(1));
  const ask = (): void => expect(margin({ architecture, parameters }, matrix)).toBe(sum());
  expect([placed(ask), placed(ask)]).toEqual([1, 0]);
  for (let k = 0; k < n; k++) {
    parameters[k] = (parameters[k] as number) + 0.5;
    expect([placed(ask), placed(ask)]).toEqual([1, 0]);
  }
  expect(count.open).toBe(3);
});

test('predicts rows in a file block by block, to the last', () => {
  for (const rows of [SHUFFLE_BLOCK_ROWS, SHUFFLE_BLOCK_ROWS + 3]) {
    const x = Float32Array.from({ length: rows }, (_, i) => i % 1000);
    const { stored, read } = asStored(denseMatrix(x, 1));
    const want = Float64Array.from(x, (v) => 2 * v + 1);
    expect(predict(linear(2, 1), stored, 'margins')).toEqual(want);
    const first = [0, SHUFFLE_BLOCK_ROWS];
    expect(read).toEqual(rows > SHUFFLE_BLOCK_ROWS ? [first, [SHUFFLE_BLOCK_ROWS, rows]] : [first]);
  }
});

test('predicts rows with a million fields one at a time', () => {
  const fields = 2 ** 20 + 1;
  const data = new Int32Array(2 * fields).fill(-1);
  data[5] = 0;
  data[2 * fields - 1] = 1;
  const matrix = { rows: 2, fields, width: 2, fieldColumns: new Int32Array(fields).fill(-1), data };
  expect(predict(linear(2, 3, 0.5), matrix, 'margins')).toEqual(Float64Array.of(2.5, 3.5));
});

test('refuses rows that do not fit in memory, and keeps nothing of them', () => {
  const fields = 2 ** 30;
  const matrix = { rows: 0, fields, width: 1, fieldColumns: new Int32Array(0), data: new Int32Array(0) };
  expect(() => margin(linear(2, 1), matrix)).toThrow(expect.objectContaining({ code: 'memory' }));
  expect(count.open).toBe(2);
  margin(linear(2, 1), row(1));
  expect(count.open).toBe(3);
});

test('keeps networks of up to four million parameters, and removes larger ones after the prediction', () => {
  const wide = (features: number): { model: Model; matrix: Matrix; size: number } => {
    const size = 2047 * (features + 2) + 1;
    const parameters = new Float32Array(size);
    parameters[size - 1] = 0.5;
    const matrix = denseMatrix(new Float32Array(features), features);
    return { model: { architecture: { hidden: [2047] }, parameters }, matrix, size };
  };
  for (const [features, goes] of [
    [2047, false],
    [2048, true],
  ] as const) {
    const { model, matrix, size } = wide(features);
    expect(size > 2 ** 22).toBe(goes);
    expect(margin(model, matrix)).toBe(0.5);
    expect(count.open).toBe(goes ? 2 : 3);
  }
});
