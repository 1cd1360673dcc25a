// Kernels on rows of texts, numbers and categories give what the same rows give in dense form.
import { expect, test } from 'vitest';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { denseMatrix, denseRows, type Matrix } from '../../src/data/matrix.ts';
import { readTable } from '../../src/data/read-table.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { distillation } from '../../src/loss/distillation.ts';
import { fit as train } from '../../src/student/fit.ts';
import { placeMatrix } from '../../src/student/placed-rows.ts';
import { Student } from '../../src/student/student.ts';
import { dice } from '../random.ts';
import { weighByRarity, withWeights } from '../text-idf.ts';
import { textRows } from '../texts.ts';

const ROWS = 300;
const cells = textRows(ROWS, { seed: 4 }).map(({ note, age, town, label }, i) => [
  i % 50 === 7 ? '' : `"${note}"`,
  age,
  town,
  `"my ${note.slice(0, 9 + (i % 7))} is not for ${town} ${i}"`,
  label,
]);
const csv = `note,age,town,title,label\n${cells.map((row) => row.join(',')).join('\n')}\n`;
const table = await readTable(new TextEncoder().encode(csv), { target: 'label' });
const rows = Uint32Array.from({ length: ROWS }, (_, i) => i);
const equal = encode(table, fitPreprocessing(table, { rows, text: ['note', 'title'] }));
const data = withWeights(equal, weighByRarity(equal)) as typeof equal;
const { features, preprocessing } = data;
const asDense = (matrix: Matrix): Matrix => denseMatrix(denseRows(matrix, 0, matrix.rows), matrix.width);
const dense = { ...data, features: asDense(features) };
const { width } = features;

test('the rows have two texts, a number and a category, and texts are as long as 1', () => {
  expect(preprocessing.columns.map(({ kind }) => kind)).toEqual(['text', 'numeric', 'categorical', 'text']);
  const [note] = preprocessing.columns;
  for (let i = 0; i < ROWS; i++) {
    const values = denseRows(equal.features, i, i + 1).subarray(note?.offset, (note?.offset ?? 0) + (note?.width ?? 0));
    const length = values.reduce((sum, x) => sum + x * x, 0);
    // an empty text is a row of zeros
    if (i % 50 === 7) expect(length).toBe(0);
    else expect(length).toBeCloseTo(1, 6);
  }
});

test.each([[[]], [[8]], [[16]], [[40]], [[40, 8]]])('students of shape %j give the margins of dense rows', (hidden) => {
  const d = dice(9);
  const sizes = [width, ...hidden, 1];
  const count = sizes.slice(1).reduce((sum, n, l) => sum + n * ((sizes[l] as number) + 1), 0);
  const parameters = Float32Array.from({ length: count }, () => d.real(-0.5, 0.5));
  const student = new Student({ architecture: { hidden }, parameters, preprocessing, threshold: 0.5, provenance: {} });
  const [one, other] = [student.margins(features), student.margins(dense.features)];
  expect(Math.max(...one)).toBeGreaterThan(Math.min(...one) + 0.3);
  one.forEach((z, i) => {
    expect(z).toBeCloseTo(other[i] as number, 4);
  });
});

test.each([[[8]], [[16]], [[40]]])(
  'one step of training a student of shape %j is that on dense rows',
  async (hidden) => {
    const d = dice(2);
    const margins = Float64Array.from({ length: ROWS }, () => d.real(-2, 2));
    const options = { seed: 1, epochs: 1, batchSize: ROWS };
    const [one, other] = [
      await train({ hidden }, data, { margins }, distillation(), options),
      await train({ hidden }, dense, { margins }, distillation(), options),
    ];
    const start = await train({ hidden }, data, { margins: margins.map((u) => -u) }, distillation(), options);
    // Adam's first step is the sign of the gradient, where the gradient is not of the size of rounding
    const differ = (a: Float32Array, b: Float32Array): number =>
      a.reduce((sum, x, i) => sum + (Math.abs(x - (b[i] as number)) > 2e-5 ? 1 : 0), 0);
    expect(differ(one.parameters, other.parameters)).toBeLessThan(0.002 * one.parameters.length);
    expect(differ(one.parameters, start.parameters)).toBeGreaterThan(0.2 * one.parameters.length);
  },
);

test('the convex loss, its derivatives and products with its Hessian are those of dense rows', () => {
  const d = dice(8);
  const size = width + 1;
  const theta = Float64Array.from({ length: size }, () => d.real(-1, 1));
  const direction = Float64Array.from({ length: size }, () => d.real(-1, 1));
  const weights = Float64Array.from({ length: ROWS }, () => d.real(0.5, 2));
  const margins = Float64Array.from({ length: ROWS }, () => d.real(-2, 2));
  const run = (matrix: Matrix) => {
    using arena = openArena();
    const { kernels } = arena;
    const placed = placeMatrix(arena, matrix);
    const at = { q: arena.put(margins), entropy: arena.reserve(8 * ROWS), labels: arena.put(data.labels) };
    kernels.softenTargets(at.q, ROWS, 2, at.q, at.entropy);
    const zeros = (): number => arena.put(new Float64Array(size));
    const [gradient, diagonal, product] = [zeros(), zeros(), zeros()];
    const curvatures = arena.reserve(8 * ROWS);
    const { fields, columns } = placed;
    const value = kernels.convexRows(
      ...[arena.put(theta), placed.data, fields, columns, ROWS, at.labels, at.q, at.entropy, arena.put(weights)],
      ...[0.6, 2, 0, gradient, diagonal, curvatures],
    );
    kernels.convexMultiply(arena.put(direction), placed.data, fields, columns, ROWS, curvatures, product);
    return {
      value,
      gradient: arena.f64(gradient, size),
      diagonal: arena.f64(diagonal, size),
      product: arena.f64(product, size),
      curvatures: arena.f64(curvatures, ROWS),
    };
  };
  const [one, other] = [run(features), run(dense.features)];
  expect(one.value).toBeGreaterThan(10);
  expect(Math.abs(one.value / other.value - 1)).toBeLessThan(1e-12);
  for (const name of ['gradient', 'diagonal', 'product', 'curvatures'] as const) {
    const scale = other[name].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(scale).toBeGreaterThan(0.01);
    const error = one[name].reduce((most, x, i) => Math.max(most, Math.abs(x - (other[name][i] as number))), 0);
    expect(error / scale, name).toBeLessThan(1e-12);
  }
  // the gradient and the product are derivatives of the loss
  const step = 1e-5;
  const moved = (by: number): number => {
    using arena = openArena();
    const { kernels } = arena;
    const placed = placeMatrix(arena, features);
    const at = { q: arena.put(margins), entropy: arena.reserve(8 * ROWS), labels: arena.put(data.labels) };
    kernels.softenTargets(at.q, ROWS, 2, at.q, at.entropy);
    const out = arena.put(new Float64Array(2 * size + ROWS));
    const there = theta.map((x, j) => x + by * (direction[j] as number));
    return kernels.convexRows(
      ...[arena.put(there), placed.data, placed.fields, placed.columns, ROWS, at.labels, at.q, at.entropy],
      ...[arena.put(weights), 0.6, 2, 0, out, out + 8 * size, out + 16 * size],
    );
  };
  const slope = one.gradient.reduce((sum, g, j) => sum + g * (direction[j] as number), 0);
  const [before, after] = [moved(-step), moved(step)];
  expect((after - before) / (2 * step) / slope).toBeCloseTo(1, 6);
});

test('the penalty: factors, and weights counted from centres', () => {
  using arena = openArena();
  const [theta, factors, centres] = [
    [5, 1, -2, 0.5],
    [1, 0.25, 3],
    [0, 1, -1],
  ] as const;
  const put = (values: readonly number[]): number => arena.put(Float64Array.from(values));
  const run = (f: number, c: number) => {
    const [gradient, diagonal] = [put([1, 1, 1, 1]), put([2, 2, 2, 2])];
    const value = arena.kernels.convexPenalty(put(theta), 4, 0.5, f, c, gradient, diagonal);
    return [value, ...arena.f64(gradient, 4), ...arena.f64(diagonal, 4)];
  };
  // w - c is 1, -3, 1.5; f times its square is 1, 2.25, 6.75
  expect(run(put(factors), put(centres))).toEqual([
    0.25 * 10,
    ...[1, 1 + 0.5, 1 - 0.375, 1 + 2.25],
    ...[2, 2.5, 2.125, 3.5],
  ]);
  expect(run(0, 0)).toEqual([0.25 * 5.25, ...[1, 1.5, 0, 1.25], ...[2, 2.5, 2.5, 2.5]]);
});
