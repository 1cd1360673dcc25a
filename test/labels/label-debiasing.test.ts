// Label de-biasing, infusion, leakage and changes on simulated rows.
import { describe, expect, test } from 'vitest';
import { type Dataset, selectRows } from '../../src/data/dataset.ts';
import { FOLDS } from '../../src/data/folds.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import { log, sigmoid } from '../../src/kernels/elementary.ts';
import { recordChanges } from '../../src/labels/changes.ts';
import { DEBIAS_METHODS, type DebiasMethod } from '../../src/labels/debias-names.ts';
import { infuse } from '../../src/labels/knowledge-infusion.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import { detectLeakage } from '../../src/labels/leakage.ts';
import { dice } from '../random.ts';

interface Case {
  dataset: Dataset;
  /** The true log-odds of each row. */
  truth: Float64Array;
}

/** Rows of two features, the second 0 or 1 (a group), with labels drawn by true log-odds. */
function draw(rows: number, seed: number): Case {
  const d = dice(seed);
  const x = new Float32Array(2 * rows);
  const truth = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    x[2 * i] = d.real(-2, 2);
    x[2 * i + 1] = d.below(2);
    truth[i] = 1.5 * (x[2 * i] as number) - 0.5;
  }
  const labels = Int8Array.from(truth, (v) => (d.real(0, 1) < sigmoid(v) ? 1 : 0));
  const features = denseMatrix(x, 2);
  const numeric = (name: string, offset: number) =>
    ({ name, kind: 'numeric', transform: 'none', mean: 0, std: 1, offset, width: 1 }) as const;
  return {
    truth,
    dataset: {
      ...{ rows, features, teacherInputs: features, labels },
      preprocessing: { clip: 10, columns: [numeric('x', 0), numeric('group', 1)], encodedWidth: 2 },
      folds: Uint8Array.from({ length: rows }, () => d.below(FOLDS)),
    },
  };
}

const { dataset, truth } = draw(2500, 1);
const group = (i: number): number => new Float32Array(dataset.features.data.buffer)[2 * i + 1] as number;

describe('auto takes', () => {
  test.each<[DebiasMethod, string, (v: number, i: number) => number]>([
    ['none', 'an honest teacher', (v) => v],
    ['temperature', 'an over-confident one', (v) => 4 * v],
    ['prior', 'one with a shifted prior', (v) => v + 1.5],
    ['platt', 'one with both', (v) => 3 * v + 2],
    ['stack', 'one that is wrong about a group', (v, i) => v - 3 * group(i)],
  ])('%s for %s', async (method, _, bias) => {
    const margins = truth.map(bias);
    const debias = await fitDebias(margins, dataset);
    expect(debias.method).toBe(method);
    expect(debias.candidates.map((c) => c.method)).toEqual([
      ...['none', 'prior', 'temperature', 'platt', 'beta', 'isotonic'],
      ...new Array(8).fill('residual'),
      ...new Array(4).fill('trees'),
    ]);
    expect(Math.min(...debias.candidates.map((c) => c.difference))).toBe(0);
    // the bias is corrected: d is close to the truth on average, closer than the teacher
    const error = (d: Float64Array): number =>
      d.reduce((sum, m, i) => sum + Math.abs(sigmoid(m) - sigmoid(truth[i] as number)) / d.length, 0);
    expect(error(debias.crossFitted)).toBeLessThan(0.025);
    if (method !== 'none') expect(error(debias.crossFitted)).toBeLessThan(error(margins) / 3);
  });
});

test('with too few labels only none and platt are tried', async () => {
  const { dataset: few, truth: v } = draw(400, 2);
  const debias = await fitDebias(
    v.map((x, i) => x - 3 * (i % 2)),
    few,
  );
  expect(debias.candidates.map((c) => c.method)).toEqual(['none', 'platt']);
});

test.each<DebiasMethod>(['prior', 'temperature', 'platt', 'beta', 'isotonic', 'residual'])(
  '%s: no label affects the d of its own row or fold',
  async (method) => {
    const { dataset: data, truth: v } = draw(300, 3);
    const margins = v.map((x) => 2 * x + 1);
    const before = await fitDebias(margins, data, { method });
    const labels = data.labels.map((y, i) => (data.folds[i] === 2 ? 1 : y));
    const after = await fitDebias(margins, { ...data, labels }, { method });
    const same = (d: Float64Array, e: Float64Array, fold: number): boolean =>
      d.every((x, i) => data.folds[i] !== fold || x === e[i]);
    if (before.penalty === after.penalty) expect(same(before.crossFitted, after.crossFitted, 2)).toBe(true);
    expect(same(before.crossFitted, after.crossFitted, 1)).toBe(false);
  },
);

test('applyDebias is b + a v + w . phi', async () => {
  const margins = truth.map((v, i) => v - 3 * group(i));
  const debias = await fitDebias(margins, dataset, { method: 'residual', ablate: ['hinges'] });
  const x = new Float32Array(dataset.features.data.buffer);
  const [knots, b = 0, a = 0, w0 = 0, w1 = 0] = debias.parameters;
  expect(knots).toBe(0);
  const d = applyDebias(debias, margins, dataset);
  for (let i = 0; i < 2500; i += 97) {
    const want = b + a * (margins[i] as number) + w0 * (x[2 * i] as number) + w1 * (x[2 * i + 1] as number);
    expect(Math.abs((d[i] as number) - want)).toBeLessThan(1e-12);
  }
});

const METHODS = DEBIAS_METHODS.filter((m) => m !== 'auto');
test.each(METHODS)('%s: classes swapped, everything is mirrored', async (method) => {
  const margins = truth.map((v) => 3 * v + 1);
  const there = await fitDebias(margins, dataset, { method });
  const labels = dataset.labels.map((y) => 1 - y);
  const back = await fitDebias(
    margins.map((v) => -v),
    { ...dataset, labels },
    { method },
  );
  expect(back.penalty).toBe(there.penalty);
  there.crossFitted.forEach((d, i) => {
    expect(Math.abs((back.crossFitted[i] as number) + d)).toBeLessThan(1e-9);
  });
});

test.each(METHODS)('%s: shape, order and finite at extremes', async (method) => {
  for (const size of [1e4, 1e-300, 0]) {
    const margins = Float64Array.from(dataset.labels, (y, i) => (i % 10 === 0 ? 1 : -1) * (y ? -size : size));
    const debias = await fitDebias(margins, dataset, { method });
    expect(debias.crossFitted).toHaveLength(2500);
    expect(debias.crossFitted.every(Number.isFinite)).toBe(true);
    expect(debias.parameters.every(Number.isFinite)).toBe(true);
    expect(applyDebias(debias, margins, dataset).every(Number.isFinite)).toBe(true);
  }
});

// the weights of a stack are the result of 400 steps, which accumulate rounding
test.each(METHODS)('%s: the order of rows does not change a row (1e-9, a stack 1e-7)', async (method) => {
  const margins = truth.map((v, i) => 2 * v - group(i));
  const order = Uint32Array.from({ length: 2500 }, (_, i) => (i * 1009) % 2500);
  const there = await fitDebias(margins, dataset, { method });
  const moved = await fitDebias(
    Float64Array.from(order, (i) => margins[i] as number),
    selectRows(dataset, order),
    { method },
  );
  order.forEach((from, to) => {
    expect(Math.abs((moved.crossFitted[to] as number) - (there.crossFitted[from] as number))).toBeLessThan(
      method === 'stack' ? 1e-7 : 1e-9,
    );
  });
});

test('isotonic is a monotone step function', async () => {
  const margins = truth.map((v) => (v > 0 ? v * v : v / 3));
  const debias = await fitDebias(margins, dataset, { method: 'isotonic' });
  const d = applyDebias(debias, margins, dataset);
  const byMargin = [...margins.keys()].sort((a, b) => (margins[a] as number) - (margins[b] as number));
  byMargin.slice(1).forEach((row, i) => {
    expect(d[row]).toBeGreaterThanOrEqual(d[byMargin[i] as number] as number);
  });
  expect(new Set(d).size).toBeLessThan(100);
});

test.each([1e4, 1e-300])('margins of %d stay finite, and the fit ends', async (size) => {
  const margins = Float64Array.from(dataset.labels, (y, i) => (i % 10 === 0 ? 1 : -1) * (y ? -size : size));
  const debias = await fitDebias(margins, dataset);
  expect(debias.crossFitted.every(Number.isFinite)).toBe(true);
  expect(debias.parameters.every(Number.isFinite)).toBe(true);
});

test('a fit on separable labels stays finite', async () => {
  const margins = Float64Array.from(dataset.labels, (y) => (y ? 30 : -30));
  const debias = await fitDebias(margins, dataset, { method: 'platt' });
  expect(Math.abs(debias.parameters[1] as number)).toBeLessThan(10);
});

test('infusion: none and 0 keep d, 1 gives the label, values between mix both', () => {
  const { dataset: data, truth: v } = draw(50, 5);
  const labels = data.labels.map((y, i) => (i % 5 === 0 ? -1 : y));
  const some = { ...data, labels };
  const base = { margins: v };
  expect(infuse(base, some, { form: 'none', strength: 0 })).toBe(base);
  expect(infuse(base, some, { form: 'mix', strength: 0 }).margins).toEqual(v);
  const whole = infuse(base, some, { form: 'mix', strength: 1 }).margins;
  const half = infuse(base, some, { form: 'mix', strength: 0.3 }).margins;
  labels.forEach((y, i) => {
    const d = v[i] as number;
    if (y < 0) expect([whole[i], half[i]]).toEqual([d, d]);
    else {
      expect(whole[i]).toBe(y ? Infinity : -Infinity);
      const q = 0.7 * sigmoid(d) + 0.3 * y;
      expect(Math.abs((half[i] as number) - (log(q) - log(1 - q)))).toBeLessThan(1e-12 * 1e3);
    }
  });
  expect(() => infuse(base, some, { form: 'mix', strength: -0.1 })).toThrow(
    /strength -0.1, expected a number from 0 to 1/,
  );
});

test('leakage: rarely detected without leakage, always if it is strong', () => {
  let alarms = 0;
  for (let seed = 10; seed < 210; seed++) {
    const [a, b] = [draw(120, seed), draw(60, seed + 1000)];
    const sides = [a, b].map((c) => ({ margins: c.truth, labels: c.dataset.labels })) as [Side, Side];
    if (detectLeakage(...sides).leaked) alarms++;
  }
  expect(alarms).toBeLessThanOrEqual(2);
  const { dataset: known, truth: v } = draw(200, 6);
  const memorised = { margins: Float64Array.from(known.labels, (y) => (y ? 6 : -6)), labels: known.labels };
  expect(detectLeakage(memorised, { margins: v, labels: known.labels }).leaked).toBe(true);
});
type Side = Parameters<typeof detectLeakage>[0];

test('changes: equal to counts by hand', () => {
  const { dataset: data } = draw(4, 7);
  const soft = Float64Array.of(0, 1, -1, 2);
  const debiased = Float64Array.of(0, -1, -1, 2.001);
  const changes = recordChanges(soft, debiased, debiased, data);
  expect(changes).toMatchObject({ rows: 4, moved: 1, flipped: 1, meanInfusion: 0, groups: [] });
  expect(changes.meanShift).toBeCloseTo(-1.999 / 4, 12);
});

test('changes: reports the group that moved', () => {
  const soft = truth.map((v, i) => v - 3 * group(i));
  const { groups } = recordChanges(soft, truth, truth, dataset);
  const found = groups.find((g) => g.column === 'group' && g.value === 'above mean');
  expect(found?.meanShift).toBeCloseTo(3, 9);
  expect(groups[0]?.column).toBe('group');
});

test('leakage: not detected without labels on one side', () => {
  const { dataset: known, truth: v } = draw(200, 6);
  const none = { margins: v, labels: known.labels.map(() => -1) };
  const some = { margins: v, labels: known.labels };
  expect(detectLeakage(none, some).leaked).toBe(false);
  expect(detectLeakage(some, none).leaked).toBe(false);
});
