// Active labelling: the greedy choice against one that inverts the Hessian anew for every candidate, and nextRows on simulated rows.
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix, denseRows, type Matrix } from '../../src/data/matrix.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { hashed } from '../../src/labels/active-problem.ts';
import { designRows } from '../../src/labels/design-rows.ts';
import { chooseGreedily } from '../../src/labels/greedy-choice.ts';
import { nextRows } from '../../src/labels/next-rows.ts';
import { dice } from '../random.ts';
import { drawWorld, teach } from '../simulator.ts';

/** The inverse of a matrix by Gauss-Jordan, without pivoting. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const pivot = (rows[k] as number[]).map((x) => x / (rows[k]?.[k] as number));
    rows[k] = pivot;
    rows.forEach((row, i) => {
      if (i === k) return;
      const factor = row[k] as number;
      rows[i] = row.map((x, j) => x - factor * (pivot[j] as number));
    });
  }
  return rows.map((row) => row.slice(n));
}

test('each row of a batch is the one that reduces the mean variance most, found by trying all', async () => {
  const d = dice(4);
  const n = 40;
  // a number, three categories (-1: none of them), and a second number
  const word = new Int32Array(3 * n);
  const numbers = new Float32Array(word.buffer);
  for (let i = 0; i < n; i++) {
    numbers[3 * i] = d.real(-2, 2);
    word[3 * i + 1] = d.below(4) - 1;
    numbers[3 * i + 2] = d.real(-1, 1);
    if ((word[3 * i + 1] as number) >= 0) word[3 * i + 1] = (word[3 * i + 1] as number) + 1;
  }
  const phi: Matrix = { rows: n, fields: 3, width: 5, fieldColumns: Int32Array.of(0, -1, 4), data: word };
  const v = Float64Array.from({ length: n }, () => d.real(-3, 3));
  const q = Float64Array.from({ length: n }, () => d.real(0.02, 0.25));
  const information = Float64Array.from({ length: n }, (_, i) => 1 + (i % 3));
  const labelled = Array.from({ length: n }, (_, i) => i % 5 === 0);
  const weights = Float64Array.from({ length: n }, () => d.real(0, 1));
  const penalties = Float64Array.of(1, 1, 3, 7, 7, 7, 3);
  const candidates = Uint32Array.from([...labelled.keys()].filter((i) => !labelled[i]));
  const design = designRows(v, phi);
  const found = await chooseGreedily(design, q, { information, labelled, weights, penalties, candidates, count: 8 });

  const dense = denseRows(phi, 0, n);
  const x = Array.from({ length: n }, (_, i) => [1, v[i] as number, ...dense.subarray(5 * i, 5 * i + 5)]);
  const lossWith = (counts: readonly number[]): number => {
    const hessian = [...penalties].map((penalty, j) =>
      [...penalties].map((_, k) =>
        x.reduce(
          (sum, row, i) => sum + (counts[i] as number) * (q[i] as number) * (row[j] as number) * (row[k] as number),
          j === k ? penalty : 0,
        ),
      ),
    );
    const covariance = inverse(hessian);
    return x.reduce((sum, row, i) => {
      const variance = row.reduce(
        (s, a, j) => s + a * row.reduce((t, b, k) => t + b * (covariance[j]?.[k] as number), 0),
        0,
      );
      return sum + 0.5 * (weights[i] as number) * (q[i] as number) * variance;
    }, 0);
  };
  const counts = labelled.map((one, i) => (one ? (information[i] as number) : 0));
  expect(found.before).toBeCloseTo(lossWith(counts), 9);
  for (const [k, row] of found.rows.entries()) {
    const now = lossWith(counts);
    const losses = [...candidates].map((i) =>
      counts[i] === 0 ? lossWith(counts.map((c, j) => (i === j ? (information[i] as number) : c))) : Infinity,
    );
    const best = losses.indexOf(Math.min(...losses));
    expect(row).toBe(candidates[best]);
    expect(found.reductions[k]).toBeCloseTo(now - (losses[best] as number), 9);
    counts[row] = information[row] as number;
  }
});

const world = drawWorld(900, 7);
const margins = teach(world, { scale: 1.4, group: 2 });
const groups = Array.from(world.group, (one) => `group=${one}`);
/** The rows with the labels of the first few only. */
const withLabels = (count: number): Dataset => ({
  ...world.dataset,
  labels: world.dataset.labels.map((y, i) => (i < count ? y : -1)),
});

test('the rows are unlabelled, different, and chosen before the batch grows', async () => {
  const data = withLabels(60);
  const few = await nextRows({ data, margins }, 10, { random: false });
  const more = await nextRows({ data, margins }, 25, { random: false });
  expect(few.rows).toHaveLength(10);
  expect(new Set(more.rows).size).toBe(25);
  expect([...more.rows].every((row) => row >= 60)).toBe(true);
  expect(more.rows.slice(0, 10)).toEqual(few.rows);
  expect([few.labelled, few.unlabelled]).toEqual([60, 840]);
  // a label is worth less with each that is known
  expect([...more.reductions]).toEqual([...more.reductions].sort((a, b) => b - a));
  const gained = more.reductions.reduce((sum, one) => sum + one, 0);
  expect(more.expectedLoss.before - more.expectedLoss.after).toBeCloseTo(gained, 12);
  expect(more.expectedLoss.after).toBeGreaterThan(0);
});

test('every fourth row is drawn at random, by the seed', async () => {
  const data = withLabels(60);
  const first = await nextRows({ data, margins }, 20);
  const other = await nextRows({ data, margins }, 20, { seed: 2 });
  expect(first.atRandom).toEqual(first.atRandom.map((_, k) => k % 4 === 3));
  expect(first.rows.slice(0, 3)).toEqual(other.rows.slice(0, 3));
  expect(first.rows[3]).not.toBe(other.rows[3]);
  expect((await nextRows({ data, margins }, 7)).rows).toEqual(first.rows.slice(0, 7));
  // drawn rows are spread over all of them
  const { rows } = await nextRows({ data, margins }, 400);
  const mean = rows.reduce((sum, row, k) => sum + (k % 4 === 3 ? row / 100 : 0), 0);
  expect(Math.abs(mean - 480)).toBeLessThan(80);
  expect(new Set((await nextRows({ data, margins }, 840)).rows).size).toBe(840);
});

test('the same rows give the same choice, and so do swapped classes', async () => {
  const data = withLabels(60);
  const first = await nextRows({ data, margins }, 20);
  expect(await nextRows({ data, margins }, 20)).toEqual(first);
  const mirrored = { ...data, labels: data.labels.map((y) => (y < 0 ? y : 1 - y)) };
  const other = await nextRows({ data: mirrored, margins: margins.map((v) => -v) }, 20);
  expect(other.rows).toEqual(first.rows);
  other.margins.forEach((d, k) => {
    expect(d).toBeCloseTo(-(first.margins[k] as number), 9);
  });
});

test('with groups, more rows of the small group are chosen', async () => {
  const data = withLabels(40);
  const inGroup = (rows: Uint32Array): number => rows.filter((row) => world.group[row] === 1).length;
  const plain = inGroup((await nextRows({ data, margins }, 40)).rows);
  const balanced = inGroup((await nextRows({ data, margins }, 40, { groups: [groups] })).rows);
  expect(balanced).toBeGreaterThan(plain);
});

test('labels are not needed, and one class is not enough to fit', async () => {
  const none = await nextRows({ data: withLabels(0), margins }, 5);
  expect(none.labelled).toBe(0);
  expect([...none.margins]).toEqual(Array.from(none.rows, (row) => margins[row]));
  const zeros = { ...withLabels(30), labels: withLabels(30).labels.map((y) => (y === 1 ? -1 : y)) };
  const one = await nextRows({ data: zeros, margins }, 5);
  expect([...one.margins]).toEqual(Array.from(one.rows, (row) => margins[row]));
  expect(one.expectedLoss.before).toBeLessThan(none.expectedLoss.before);
});

test('a row without a soft label is not chosen', async () => {
  const data = withLabels(60);
  const { rows: best } = await nextRows({ data, margins }, 3);
  const unknown = margins.map((v, i) => (best.includes(i) ? NaN : v));
  const { rows, unlabelled } = await nextRows({ data, margins: unknown }, 20);
  expect(unlabelled).toBe(837);
  expect([...rows].some((row) => best.includes(row))).toBe(false);
});

test('a labelled row of weight 0 teaches nothing', async () => {
  const data = withLabels(60);
  const weights = Float64Array.from({ length: 900 }, (_, i) => (i < 30 ? 0 : 1));
  const flipped = { ...data, labels: data.labels.map((y, i) => (i < 30 ? 1 - y : y)) };
  const first = await nextRows({ data: { ...data, weights }, margins }, 10);
  expect(await nextRows({ data: { ...flipped, weights }, margins }, 10)).toEqual(first);
  expect(await nextRows({ data: flipped, margins }, 10)).not.toEqual(await nextRows({ data, margins }, 10));
});

test("the teacher's features are columns as well, and wide ones are hashed", async () => {
  const data = withLabels(60);
  const d = dice(9);
  const constant = { rows: 900, width: 2, values: new Float32Array(1800).fill(3) };
  expect(await nextRows({ data, margins, features: constant }, 5)).toEqual(await nextRows({ data, margins }, 5));
  const features = { rows: 900, width: 300, values: Float32Array.from({ length: 900 * 300 }, () => d.real(-1, 1)) };
  const { rows, expectedLoss } = await nextRows({ data, margins, features }, 5);
  expect(rows).toHaveLength(5);
  expect(expectedLoss.before).toBeGreaterThan((await nextRows({ data, margins }, 5)).expectedLoss.before);
  const wide = hashed(denseMatrix(features.values, 300));
  expect(wide.width).toBe(256);
  const sums = (matrix: Matrix): number[] => {
    const x = denseRows(matrix, 0, 2);
    return [0, 1].map((i) => x.subarray(i * matrix.width, (i + 1) * matrix.width).reduce((s, a) => s + a * a, 0));
  };
  // signs are kept at random: lengths are about kept
  const given = sums(denseMatrix(features.values, 300));
  sums(wide).forEach((length, i) => {
    expect(Math.abs(length / (given[i] as number) - 1)).toBeLessThan(0.35);
  });
});

test.each([
  ['0 rows to choose', () => nextRows({ data: withLabels(60), margins }, 0)],
  ['2.5 rows to choose', () => nextRows({ data: withLabels(60), margins }, 2.5)],
  ['no row without a label', () => nextRows({ data: world.dataset, margins }, 5)],
  ['840 of 900 rows without a label', () => nextRows({ data: withLabels(60), margins }, 841)],
  ['3 margins for 900 rows', () => nextRows({ data: withLabels(60), margins: margins.slice(0, 3) }, 5)],
  ['1 groups for 900 rows', () => nextRows({ data: withLabels(60), margins }, 5, { groups: [['a']] })],
])('refuses %s', async (seen, call) => {
  const error = await call().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DebkdError);
  expect((error as DebkdError).seen).toBe(seen);
});

test('stops at a signal', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(nextRows({ data: withLabels(60), margins }, 20, { signal })).rejects.toThrow('enough');
});
