// The residual fit with hinges and penalties by evidence, checked by plain linear algebra.
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { ABLATION_COMPONENTS } from '../../src/labels/debias-names.ts';
import { fitDebias } from '../../src/labels/label-debiasing.ts';
import { blocksOf, fitResidual, hingeKnots, placeDesign } from '../../src/labels/maps/design.ts';
import { applyMap, fitMap } from '../../src/labels/maps/maps.ts';
import { placeProblem } from '../../src/labels/maps/problem.ts';
import { dice } from '../random.ts';
import { drawWorld } from '../simulator.ts';

const { dataset, truth } = drawWorld(2500, 5);
const group = (i: number): number => ((dataset.features.data[3 * i] as number) > 0 ? 1 : 0);
const wrong = truth.map((v, i) => v - 3 * group(i));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The inverse of a symmetric matrix by Gauss-Jordan. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const pivot = rows.slice(k).reduce((best, row) => (Math.abs(row[k] ?? 0) > Math.abs(best[k] ?? 0) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(k, 0, pivot);
    const scale = pivot[k] as number;
    pivot.forEach((x, j) => {
      pivot[j] = x / scale;
    });
    rows.forEach((row, i) => {
      const factor = row[k] as number;
      if (i === k) return;
      row.forEach((x, j) => {
        row[j] = x - factor * (pivot[j] as number);
      });
    });
  }
  return rows.map((row) => row.slice(n));
}

test('a penalty by evidence is the number of determined weights over the sum of their squares (MacKay 1992)', () => {
  const d = dice(3);
  const n = 600;
  const width = 6;
  const x = Float32Array.from({ length: n * width }, () => d.real(-1.5, 1.5));
  const w = [0.8, -0.6, 0.5, 0.3, -0.3, 0.4];
  const v = Float64Array.from({ length: n }, () => d.real(-2, 2));
  const margin = (i: number): number => w.reduce((sum, k, j) => sum + k * (x[i * width + j] as number), v[i] as number);
  const y = Int8Array.from({ length: n }, (_, i) => (d.real(0, 1) < sigmoid(margin(i)) ? 1 : 0));
  using arena = openArena();
  // columns 0 .. 2 count as numbers, 3 .. 5 as one-hot
  const blocks = Uint8Array.of(0, 0, 0, 1, 1, 1);
  const phi = placeDesign(arena, { matrix: denseMatrix(x, width), blocks }, v, new Float64Array(0));
  const rows = { v: arena.put(v), y: arena.put(y), fold: arena.put(new Uint8Array(n)), weights: 0, n };
  const scratch = arena.reserve(arena.kernels.logisticScratch(width, width));
  const penalties: number[] = [];
  const [b = 0, a = 0, ...weights] = fitResidual(arena, rows, phi, {
    ...{ penalty: undefined, skip: -1, start: undefined, scratch },
    onPenalties: (found) => penalties.push(...found),
  });
  const [first = 0, second = 0] = penalties;
  const byColumn = [first, first, first, second, second, second];
  // the Hessian and the gradient at the fit; the gradient is 0
  const size = width + 2;
  const hessian = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const gradient = new Array<number>(size).fill(0);
  for (let i = 0; i < n; i++) {
    const f = [1, v[i] as number, ...x.subarray(i * width, (i + 1) * width)];
    const p = sigmoid(f.reduce((sum, z, j) => sum + z * ([b, a, ...weights][j] as number), 0));
    f.forEach((z, j) => {
      gradient[j] = (gradient[j] as number) + (p - (y[i] as number)) * z;
      f.forEach((u, k) => {
        (hessian[j] as number[])[k] = ((hessian[j] as number[])[k] as number) + p * (1 - p) * z * u;
      });
    });
  }
  [0, 1, ...byColumn].forEach((penalty, j) => {
    const at = j === 1 ? a - 1 : ([b, a, ...weights][j] as number);
    gradient[j] = (gradient[j] as number) + penalty * at;
    (hessian[j] as number[])[j] = ((hessian[j] as number[])[j] as number) + penalty;
  });
  for (const g of gradient) expect(Math.abs(g)).toBeLessThan(1e-3);
  const inverted = inverse(hessian);
  for (const from of [0, 3]) {
    const own = [from, from + 1, from + 2];
    const gamma = own.reduce((s, j) => s + 1 - (byColumn[j] as number) * (inverted[j + 2]?.[j + 2] as number), 0);
    const squares = own.reduce((s, j) => s + (weights[j] as number) ** 2, 0);
    // the search ends when no penalty changes by more than 5 %
    expect(Math.abs(gamma / squares / (byColumn[from] as number) - 1)).toBeLessThan(0.06);
  }
  expect(first).toBeLessThan(second);
});

test('a path of penalties takes few iterations with the Hessian of its first fit, corrected by the last steps', () => {
  const d = dice(4);
  const n = 1501; // the last rows are not four
  const width = 21;
  using arena = openArena();
  const { kernels } = arena;
  const x = Float32Array.from({ length: n * width }, () => d.real(-1.5, 1.5));
  const v = Float64Array.from({ length: n }, () => d.real(-2, 2));
  const y = Int8Array.from(v, (m, i) => (d.real(0, 1) < sigmoid(m - 0.6 * (x[i * width] as number)) ? 1 : 0));
  const phi = placeDesign(
    arena,
    { matrix: denseMatrix(x, width), blocks: new Uint8Array(width) },
    v,
    new Float64Array(0),
  );
  const scratch = arena.reserve(kernels.logisticScratch(width, width));
  const theta = arena.put(Float64Array.from({ length: width + 2 }, (_, j) => (j === 1 ? 1 : 0)));
  const penalties = arena.reserve(8 * width);
  const rows: [number, number, number, number] = [arena.put(v), arena.put(y), arena.put(new Uint8Array(n)), -1];
  const iterations = [3000, 1000, 300, 100, 30, 10, 3].map((penalty, k) => {
    arena.write(penalties, new Float64Array(width).fill(penalty));
    const design: [number, number, number, number] = [phi.data, phi.fields, phi.columns, width];
    return kernels.fitLogistic(theta, ...rows, n, ...design, penalties, 1, scratch, k > 0 ? 1 : 0, 0);
  });
  expect(Math.max(...iterations)).toBeLessThanOrEqual(5);
});

test('hinges have knots at deciles and fit a nonlinear bias', () => {
  const knots = hingeKnots(Float64Array.from({ length: 101 }, (_, i) => 100 - i));
  expect([...knots]).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect([...hingeKnots(new Float64Array(5))]).toEqual([0]);
  // margins above 0 are three times too large
  const bent = truth.map((v) => (v > 0 ? 3 * v : v));
  using arena = openArena();
  const problem = placeProblem(arena, bent, dataset);
  const lossOf = (map: Parameters<typeof fitMap>[1]): number => {
    const d = applyMap(problem, map, fitMap(problem, map, -1));
    return d.reduce((sum, m, i) => sum + Math.abs(sigmoid(m) - sigmoid(truth[i] as number)), 0) / d.length;
  };
  const hinged = lossOf({ method: 'residual', on: 'inputs' });
  expect(hinged).toBeLessThan(0.5 * lossOf({ method: 'platt' }));
});

test('hinges keep their knots when applied to other rows', async () => {
  const debias = await fitDebias(wrong, dataset, { method: 'residual', ablate: [] });
  const map = { method: 'residual', on: 'inputs' } as const;
  using arena = openArena();
  const parameters = fitMap(placeProblem(arena, wrong, dataset), map, -1);
  const other = drawWorld(40, 9);
  using second = openArena();
  const d = applyMap(placeProblem(second, other.truth, other.dataset), map, parameters);
  const [count = 0] = parameters;
  const knots = parameters.slice(1, 1 + count);
  const [b = 0, a = 0, w0 = 0, w1 = 0, w2 = 0, ...hinges] = parameters.slice(1 + count);
  const x = new Float32Array(other.dataset.features.data.buffer);
  other.truth.forEach((v, i) => {
    const bend = hinges.reduce((sum, h, k) => sum + h * Math.fround(0.5 * Math.abs(v - (knots[k] as number))), 0);
    const [x0 = 0, x1 = 0, x2 = 0] = x.subarray(3 * i);
    const want = b + a * v + w0 * x0 + w1 * x1 + w2 * x2 + bend;
    expect(Math.abs((d[i] as number) - want)).toBeLessThan(1e-9);
  });
  expect(debias.candidates.some((c) => c.method === 'residual' && c.penalty === undefined)).toBe(true);
});

test('assigns columns to blocks by kind', () => {
  expect([...blocksOf(dataset.features, 0)]).toEqual([0, 0, 0]);
  const mixed = { rows: 0, fields: 2, width: 5, fieldColumns: Int32Array.of(2, -1), data: new Int32Array(0) };
  expect([...blocksOf(mixed, 0)]).toEqual([1, 1, 0, 1, 1]);
  expect([...blocksOf(mixed, 2)]).toEqual([1, 1, 0, 3, 3]);
});

test.each(ABLATION_COMPONENTS)('an ablation leaves out %s', async (part) => {
  const all = await fitDebias(wrong, dataset);
  const without = await fitDebias(wrong, dataset, { ablate: [part] });
  const kinds = (debias: typeof all): string =>
    debias.candidates.map(({ method, penalty, on }) => `${method} ${penalty} ${on}`).join();
  if (part === 'residual' || part === 'hinges' || part === 'trees') expect(kinds(without)).not.toBe(kinds(all));
  else expect(kinds(without)).toBe(kinds(all));
  if (part === 'residual') expect(without.candidates.some((c) => c.method === 'residual')).toBe(false);
  if (part === 'trees') expect(without.candidates.some((c) => c.method === 'trees')).toBe(false);
  if (part === 'hinges') expect(without.candidates.some((c) => c.method === 'residual')).toBe(true);
  if (part === 'stack') {
    expect(all.method).toBe('stack');
    expect(without.parts).toHaveLength(1);
  }
});
