// Fits of more than 512 columns by conjugate gradients, against scikit-learn (test/golden/ridge.py) and the fit by Cholesky factors.
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix, type Matrix } from '../../src/data/matrix.ts';
import { type Arena, openArena } from '../../src/kernels/memory.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import { fitResidual } from '../../src/labels/maps/design.ts';
import type { DesignMatrix, Rows } from '../../src/labels/maps/design-matrix.ts';
import { fitRidge } from '../../src/labels/maps/ridge.ts';
import golden from '../golden/ridge.json' with { type: 'json' };
import { dice } from '../random.ts';

const { rows: n, columns, fold: skip } = golden;
const CATEGORIES = 13;
const HALF = columns / 2;
/** Numbers, then a category, then numbers: two runs of columns with a one-hot field between. */
const fields = columns + 1;
const width = columns + CATEGORIES;
const number = (i: number, j: number): number => (((i * 7919 + j * 104729 + i * j * 31) % 257) - 128) / 128;
const v = Float64Array.from({ length: n }, (_, i) => (((i * 37) % 101) - 50) / 25);
const weights = Float64Array.from({ length: n }, (_, i) => ((i * 11) % 7) / 3);

function words(): Int32Array {
  const data = new Int32Array(n * fields);
  const numbers = new Float32Array(data.buffer);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < columns; j++) numbers[i * fields + j + (j < HALF ? 0 : 1)] = number(i, j);
    data[i * fields + HALF] = HALF + ((i * 5) % CATEGORIES);
  }
  return data;
}

function place(arena: Arena, weighted: boolean): { rows: Rows; phi: DesignMatrix } {
  const fieldColumns = Int32Array.from({ length: fields }, (_, s) =>
    s < HALF ? s : s === HALF ? -1 : s - 1 + CATEGORIES,
  );
  const rows = {
    v: arena.put(v),
    y: arena.put(Int8Array.from(golden.y)),
    fold: arena.put(Uint8Array.from({ length: n }, (_, i) => i % 5)),
    weights: weighted ? arena.put(weights) : 0,
    n,
  };
  const blocks = new Uint8Array(width);
  return { rows, phi: { fields, width, data: arena.put(words()), columns: arena.put(fieldColumns), blocks } };
}

function marginsOf(arena: Arena, { rows, phi }: ReturnType<typeof place>, theta: Float64Array): Float64Array {
  const out = arena.reserve(8 * n);
  arena.kernels.applyLogistic(arena.put(theta), rows.v, phi.data, fields, phi.columns, n, out);
  return arena.f64(out, n);
}

function largestGap(found: Float64Array, wanted: ArrayLike<number>): number {
  return Math.max(...found.map((d, i) => Math.abs(d - (wanted[i] as number))));
}

test.each(golden.fits)('scikit-learn: margins within 1e-5, penalty $penalty, weights: $weighted', (g) => {
  using arena = openArena();
  const placed = place(arena, g.weighted);
  const start = new Float64Array(width + 2);
  const theta = fitRidge(arena, placed.rows, placed.phi, { penalty: g.penalty, centre: 0, skip, start });
  expect(largestGap(marginsOf(arena, placed, theta), g.margins)).toBeLessThan(1e-5);
});

test.each([false, true])(
  'the fit by Cholesky factors, with a slope around 1: margins within 1e-5, weights: %s',
  (weighted) => {
    using arena = openArena();
    const placed = place(arena, weighted);
    const { rows, phi } = placed;
    let start: Float64Array | undefined;
    for (const penalty of [3000, 30, 3]) {
      const theta = arena.put(Float64Array.from({ length: width + 2 }, (_, j) => (j === 1 ? 1 : 0)));
      const penalties = arena.put(new Float64Array(width).fill(penalty));
      const scratch = arena.reserve(arena.kernels.logisticScratch(width, fields));
      const given: [number, number, number, number, number, number] = [theta, rows.v, rows.y, rows.fold, skip, n];
      const design: [number, number, number, number] = [phi.data, fields, phi.columns, width];
      arena.kernels.fitLogistic(...given, ...design, penalties, 1, scratch, 0, rows.weights);
      const wanted = marginsOf(arena, placed, arena.f64(theta, width + 2));
      // each fit starts from the one before
      start = fitResidual(arena, rows, phi, { penalty, skip, start, scratch: 0 });
      expect(largestGap(marginsOf(arena, placed, start), wanted)).toBeLessThan(1e-5);
    }
  },
);

test('the fit frees its memory, and a second fit has the same bits', () => {
  using arena = openArena();
  const { rows, phi } = place(arena, true);
  const options = { penalty: 10, skip, start: undefined, scratch: 0 };
  const first = fitResidual(arena, rows, phi, options);
  const before = arena.kernels.mark();
  expect(fitResidual(arena, rows, phi, options)).toEqual(first);
  expect(arena.kernels.mark()).toBe(before);
});

test('a row without a label, in the fold that is left out or of weight 0 has no effect', () => {
  using arena = openArena();
  const { rows, phi } = place(arena, true);
  const options = { penalty: 10, skip, start: undefined, scratch: 0 };
  const wanted = fitResidual(arena, rows, phi, options);
  const idle = (i: number): boolean => i % 5 === skip || weights[i] === 0;
  const data = words().map((word, k) => (idle(Math.floor(k / fields)) && k % fields !== HALF ? 0x40a00000 : word));
  const y = Int8Array.from(golden.y, (label, i) => (idle(i) ? 1 - label : label));
  const changed = { ...rows, y: arena.put(y) };
  expect(fitResidual(arena, changed, { ...phi, data: arena.put(data) }, options)).toEqual(wanted);
  const unlabelled = arena.put(y.map((label, i) => (i === 1 ? -1 : label)));
  const without = arena.put(weights.map((w, i) => (i === 1 ? 0 : w)));
  const [a, b] = [{ y: unlabelled }, { weights: without }].map((change) =>
    fitResidual(arena, { ...changed, ...change }, phi, options),
  );
  expect(a).toEqual(b);
  expect(a).not.toEqual(wanted);
});

test('tables of more than 4,096 columns', async () => {
  const d = dice(4);
  const [many, rows] = [4200, 600];
  // fifty columns tell what the teacher misses
  const truth = Float64Array.from({ length: rows }, () => d.real(-3, 3));
  const x = Float32Array.from(
    { length: rows * many },
    (_, k) => d.real(-1.7, 1.7) + (k % many < 50 ? (truth[Math.floor(k / many)] as number) / 2 : 0),
  );
  const dataset: Dataset = {
    rows,
    features: denseMatrix(x, many),
    teacherInputs: denseMatrix(x, many) as Matrix,
    labels: Int8Array.from(truth, (m) => (d.real(0, 1) < 1 / (1 + Math.exp(-m)) ? 1 : 0)),
    folds: Uint8Array.from({ length: rows }, (_, i) => i % 5),
    preprocessing: { clip: 10, columns: [], encodedWidth: many },
  };
  const margins = new Float64Array(rows);
  const debias = await fitDebias(margins, dataset, { method: 'residual' });
  expect(debias.candidates.map(({ penalty }) => penalty)).toEqual([undefined, 3000, 1000, 300, 100, 30, 10, 3]);
  const [platt, ...paths] = debias.candidates;
  expect(Math.min(...paths.map(({ logLoss }) => logLoss))).toBeLessThan((platt?.logLoss as number) - 0.01);
  const debiased = applyDebias(debias, margins, dataset);
  const product = debiased.reduce((sum, margin, i) => sum + margin * (truth[i] as number), 0);
  expect(product).toBeGreaterThan(0);
});
