// The fit of a logistic student: its minimum against a plain Newton's method and minima computed by hand, the path of penalties, and
// the number of passes over the rows.
import { describe, expect, test, vi } from 'vitest';
import type { AnyDataset, Dataset } from '../../src/data/dataset.ts';
import { denseMatrix, type Matrix } from '../../src/data/matrix.ts';
import type { Progress } from '../../src/io/progress.ts';
import type { Kernels } from '../../src/kernels/exports.ts';
import type { Arena } from '../../src/kernels/memory.ts';
import { SHUFFLE_BLOCK_ROWS } from '../../src/kernels/shuffle-block.ts';
import { distillation, hardLabels, logitMatching } from '../../src/loss/distillation.ts';
import { fitLogistic } from '../../src/student/fit-logistic.ts';
import { dice } from '../random.ts';
import { asStored } from '../stored-matrix.ts';

const { taken } = vi.hoisted(() => ({ taken: [] as number[] }));

vi.mock('../../src/kernels/memory.ts', async (load) => {
  const real = await load<typeof import('../../src/kernels/memory.ts')>();
  const openArena = (): Arena => {
    const arena = real.openArena();
    const { conjugateStart, conjugateAdvance } = arena.kernels;
    const kernels: Kernels = {
      ...arena.kernels,
      conjugateStart(...args) {
        taken.push(0);
        return conjugateStart(...args);
      },
      conjugateAdvance(...args) {
        (taken[taken.length - 1] as number)++;
        return conjugateAdvance(...args);
      },
    };
    return { ...arena, kernels };
  };
  return { ...real, openArena };
});

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const logit = (p: number): number => Math.log(p / (1 - p));

function rowsOf(features: Matrix, labels: ArrayLike<number>): Dataset {
  const { rows, width } = features;
  const preprocessing = { clip: 10, columns: [], encodedWidth: width };
  return {
    ...{ rows, features, teacherInputs: features, preprocessing },
    ...{ labels: Int8Array.from(labels), folds: new Uint8Array(rows) },
  };
}

const column = (values: ArrayLike<number>, labels: ArrayLike<number>): Dataset =>
  rowsOf(denseMatrix(Float32Array.from(values), 1), labels);

const inFile = (dataset: Dataset): { dataset: AnyDataset; read: [number, number][] } => {
  const { stored, read } = asStored(dataset.features as Matrix);
  return { dataset: { ...dataset, features: stored } as unknown as AnyDataset, read };
};

/** A signal that counts its checks: one per block and pass over the rows. */
function counter(): { signal: AbortSignal; blocks: () => number } {
  const { signal } = new AbortController();
  const asked = vi.spyOn(signal, 'throwIfAborted');
  return { signal, blocks: () => asked.mock.calls.length };
}

/** Solves A x = b by elimination. */
function solve(a: number[][], b: number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i] as number]);
  const n = b.length;
  for (let k = 0; k < n; k++) {
    const top = rows[k] as number[];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const row = rows[i] as number[];
      const share = (row[k] as number) / (top[k] as number);
      for (let j = k; j <= n; j++) row[j] = (row[j] as number) - share * (top[j] as number);
    }
  }
  return rows.map((row, k) => (row[n] as number) / (row[k] as number));
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, j) => sum + v * (b[j] as number), 0);

/** Newton's method on weighted cross-entropy with targets t, plus penalty / 2 |w|^2: [w ..., bias], and the sum of losses. */
function newton(
  x: readonly (readonly number[])[],
  t: readonly number[],
  penalty: number,
  weights: readonly number[] = t.map(() => 1),
): { theta: number[]; value: number } {
  const rows = x.map((row) => [...row, 1]);
  const size = (rows[0] as number[]).length;
  const held = (j: number): number => (j < size - 1 ? penalty : 0);
  let theta: number[] = Array(size).fill(0);
  for (let turn = 0; turn < 30; turn++) {
    const gradient = theta.map((w, j) => held(j) * w);
    const hessian = theta.map((_, j) => theta.map((__, k) => (j === k ? held(j) : 0)));
    rows.forEach((row, i) => {
      const p = sigmoid(dot(theta, row));
      const weight = weights[i] as number;
      row.forEach((v, j) => {
        (gradient[j] as number) += weight * (p - (t[i] as number)) * v;
        row.forEach((u, k) => {
          ((hessian[j] as number[])[k] as number) += weight * p * (1 - p) * v * u;
        });
      });
    });
    const step = solve(hessian, gradient);
    theta = theta.map((w, j) => w - (step[j] as number));
  }
  const losses = rows.map((row, i) => {
    const z = dot(theta, row);
    return (weights[i] as number) * (softplus(z) - (t[i] as number) * z);
  });
  const squares = theta.slice(0, -1).reduce((sum, w) => sum + w * w, 0);
  return { theta, value: losses.reduce((sum, loss) => sum + loss, 0) + 0.5 * penalty * squares };
}

function expectClose(got: Float32Array | undefined, want: readonly number[], most: number = 1e-6): void {
  expect(got).toHaveLength(want.length);
  want.forEach((w, j) => {
    expect(Math.abs((got?.[j] as number) - w), `parameter ${j}`).toBeLessThan(most);
  });
}

describe('the minimum', () => {
  test('with forty columns equals that of Newton’s method, with its loss', async () => {
    const d = dice(11);
    const x = Array.from({ length: 120 }, () => Array.from({ length: 40 }, () => Math.fround(d.real(-1, 1))));
    const y = x.map(([a = 0]) => (d.real(-1, 1) < a ? 1 : 0));
    const weights = y.map(() => d.real(0.5, 2));
    const want = newton(x, y, 2, weights);
    const dataset = rowsOf(denseMatrix(Float32Array.from(x.flat()), 40), y);
    const task = { targets: { margins: new Float64Array(120) }, loss: hardLabels() };
    for (const rows of [dataset, inFile(dataset).dataset]) {
      const student = await fitLogistic(rows, task, { path: { penalties: [2] }, weights: Float64Array.from(weights) });
      expectClose(student.parameters, want.theta);
      expect(student.training?.history).toHaveLength(1);
      expect((student.training?.history[0]?.train as number) * 120).toBeCloseTo(want.value, 9);
      expect(student.training).toMatchObject({ penalty: 2, settled: true, epoch: 1, epochs: 1, selectionLoss: NaN });
    }
  });

  test('is a student with threshold 0.5, the preprocessing of its rows and no provenance', async () => {
    const dataset = column([1, -1], [1, 0]);
    const task = { targets: { margins: new Float64Array(2) }, loss: hardLabels() };
    const student = await fitLogistic(dataset, task, {});
    expect(student).toMatchObject({ architecture: { hidden: [] }, threshold: 0.5, provenance: {} });
    expect(student.preprocessing).toBe(dataset.preprocessing);
    expect(student.training?.penalty).toBe(1);
  });

  /** Two blocks of rows, x = 0 and x = 1, with a second column of zeros: without a penalty each block gets its own margin. */
  const n = 2 * SHUFFLE_BLOCK_ROWS;
  const inBlock = (i: number): number => Math.floor(i / SHUFFLE_BLOCK_ROWS);
  const two = rowsOf(
    denseMatrix(
      Float32Array.from({ length: 2 * n }, (_, k) => (k % 2) * inBlock(k >> 1)),
      2,
    ),
    Int8Array.from({ length: n }, (_, i) => (i % (3 + inBlock(i)) === 0 ? 1 : 0)),
  );
  const margins = Float64Array.from({ length: n }, (_, i) => (inBlock(i) ? (i % 5) - 1 : (i % 7) / 2));
  const weights = Float64Array.from({ length: n }, (_, i) => 1 + ((i + inBlock(i)) % (2 + inBlock(i))));

  test.each([
    [true, weights],
    [true, undefined],
    [false, weights],
    [false, undefined],
  ])('gives each of two blocks its own mean, in a file %o', async (stored, given) => {
    const [sums, counts, entropies] = [
      [0, 0],
      [0, 0],
      [0, 0],
    ];
    for (let i = 0; i < n; i++) {
      const [b, weight, q] = [inBlock(i), given?.[i] ?? 1, sigmoid(margins[i] as number)];
      (sums[b] as number) += (weight * ((two.labels[i] as number) + q)) / 2;
      (counts[b] as number) += weight;
      (entropies[b] as number) -= (weight * (q * Math.log(q) + (1 - q) * Math.log(1 - q))) / 2;
    }
    const shares = sums.map((sum, b) => sum / (counts[b] as number));
    const [first = 0, second = 0] = shares.map(logit);
    const value = shares.reduce((sum, p, b) => {
      const cross = -(p * Math.log(p) + (1 - p) * Math.log(1 - p));
      return sum + (counts[b] as number) * cross - (entropies[b] as number);
    }, 0);
    const { dataset, read } = inFile(two);
    const student = await fitLogistic(
      stored ? dataset : two,
      { targets: { margins }, loss: distillation({ alpha: 0.5 }) },
      { path: { penalties: [0] }, weights: given },
    );
    expectClose(student.parameters, [0, second - first, first]);
    expect((student.training?.history[0]?.train as number) * n).toBeCloseTo(value, 5);
    const passes = Math.floor(read.length / 2);
    const pass = [
      [0, SHUFFLE_BLOCK_ROWS],
      [SHUFFLE_BLOCK_ROWS, n],
    ];
    expect(read).toEqual(Array.from({ length: passes }, () => pass).flat());
  });

  test('needs little memory for a few stored rows with very many columns', async () => {
    const width = 16_500;
    const values = new Float32Array(2 * width);
    values[width - 1] = 1;
    values[2 * width - 1] = -1;
    const { dataset } = inFile(rowsOf(denseMatrix(values, width), [1, 0]));
    const task = { targets: { margins: Float64Array.of(2, -2) }, loss: logitMatching({ alpha: 1 }) };
    const { parameters } = await fitLogistic(dataset, task, { path: { penalties: [0] } });
    expect([parameters[0], parameters[width - 1], parameters[width]]).toEqual([0, 2, 0]);
  });

  test('refuses a loss that is not a number', async () => {
    const options = { path: { penalties: [0] } };
    const code = 'value';
    const message =
      'student: the training loss is not a number; check the targets and row weights for values that are not finite';
    const refused = expect.objectContaining({ code, message });
    const soft = distillation({ alpha: 1 });
    const none = { targets: { margins: Float64Array.of(NaN, 0) }, loss: soft };
    await expect(fitLogistic(column([1, -1], [1, 0]), none, options)).rejects.toThrow(refused);
    const weights = Float64Array.of(NaN, 1);
    const task = { targets: { margins: new Float64Array(2) }, loss: soft };
    await expect(fitLogistic(column([1, -1], [1, 0]), task, { ...options, weights })).rejects.toThrow(refused);
    // w = 1e42 in float64, beyond the range of float32, with a bias of 0
    const far = { targets: { margins: Float64Array.of(1, -1) }, loss: logitMatching({ alpha: 1 }) };
    await expect(fitLogistic(column([1e-42, -1e-42], [1, 0]), far, options)).rejects.toThrow(refused);
  });
});

describe('the path of penalties', () => {
  const d = dice(5);
  const draw = (rows: number): { x: number[][]; y: number[] } => {
    const x = Array.from({ length: rows }, () => Array.from({ length: 6 }, () => Math.fround(d.real(-1, 1))));
    return { x, y: x.map(([a = 0]) => (d.real(0, 1) < sigmoid(2 * a) ? 1 : 0)) };
  };
  const [train, held] = [draw(60), draw(80)];
  const dataset = rowsOf(denseMatrix(Float32Array.from(train.x.flat()), 6), train.y);
  const heldOut = rowsOf(denseMatrix(Float32Array.from(held.x.flat()), 6), held.y);
  const validation = {
    dataset: heldOut,
    rows: Uint32Array.from(held.y.keys()),
    targets: Float64Array.from(held.y),
  };
  const task = { targets: { margins: new Float64Array(60) }, loss: hardLabels(), validation };

  test('ends three penalties after the best one and keeps the best student', async () => {
    const penalties = [100, 10, 3, 1, 0.1, 0.01, 0.001];
    const fits = penalties.map((penalty) => newton(train.x, train.y, penalty));
    const losses = fits.map(({ theta }) => {
      const own = held.x.map((row, i) => {
        const z = dot(theta, [...row, 1]);
        return softplus(z) - (held.y[i] as number) * z;
      });
      return own.reduce((sum, loss) => sum + loss, 0) / 80;
    });
    const best = losses.indexOf(Math.min(...losses));
    expect([best > 0, best + 3 < 6]).toEqual([true, true]);
    const reported: Progress[] = [];
    const onProgress = (progress: Progress): unknown => reported.push(progress);
    const { training, parameters } = await fitLogistic(dataset, task, { path: { penalties }, onProgress });
    expectClose(parameters, fits[best]?.theta as number[]);
    expect(training).toMatchObject({ penalty: penalties[best], epoch: best + 1, epochs: best + 4, settled: true });
    expect(training?.selectionLoss).toBeCloseTo(losses[best] as number, 6);
    training?.history.forEach(({ train: loss, validation: chosenBy }, k) => {
      expect(loss).toBeCloseTo((fits[k]?.value as number) / 60, 10);
      expect(chosenBy).toBeCloseTo(losses[k] as number, 6);
    });
    expect(reported).toEqual([
      ...(training?.history ?? []).map((own, k) => ({ stage: 'student', done: k + 1, total: 7, losses: own })),
      { stage: 'student', done: 7, total: 7 },
    ]);
  });

  test('keeps the first of equally good penalties', async () => {
    const nothing = column([0, 0, 0], [1, 0, 1]);
    const rows = Uint32Array.of(0, 1, 2);
    const same = { dataset: nothing, rows, targets: Float64Array.of(1, 0, 1) };
    const { training, parameters } = await fitLogistic(
      nothing,
      { targets: { margins: new Float64Array(3) }, loss: hardLabels(), validation: same },
      {},
    );
    expectClose(parameters, [0, Math.log(2)]);
    expect(training).toMatchObject({ penalty: 1000, epoch: 1, epochs: 4 });
  });
});

describe('passes over the rows', () => {
  test.each([
    [4, false],
    [2 * SHUFFLE_BLOCK_ROWS, false],
    [2 * SHUFFLE_BLOCK_ROWS, true],
  ])('are three for %i rows of a quadratic loss with orthogonal columns, in a file %o', async (rows, stored) => {
    // b = 1 and w = 2 fit all rows: an evaluation, one direction, and an evaluation of the step
    const half = rows / 2;
    const x = Float32Array.from({ length: rows }, (_, i) => (i < half ? -1 : 1));
    const margins = Float64Array.from(x, (v) => 1 + 2 * v);
    const dataset = column(
      x,
      Int8Array.from(x, (_, i) => i % 2),
    );
    const { signal, blocks } = counter();
    const task = { targets: { margins }, loss: logitMatching({ alpha: 1 }) };
    const given = stored ? inFile(dataset).dataset : dataset;
    const { parameters, training } = await fitLogistic(given, task, { path: { penalties: [0] }, signal });
    expect(parameters).toEqual(Float32Array.of(2, 1));
    expect(training).toMatchObject({ settled: true, history: [{ train: 0 }] });
    expect(blocks()).toBe(3 * Math.ceil(rows / SHUFFLE_BLOCK_ROWS));
  });

  test.each([
    [2 ** -11, 0, 2],
    [2 ** -9, 2 ** -9, 3],
  ])('takes a step for a shift of %f only if it gains more than 1e-13 of the loss', async (shift, bias, passes) => {
    // the loss is (2^24 + shift^2) / 4, and the step would reduce it by shift^2 / 4
    const margins = Float64Array.of(2 ** 12 + shift, -(2 ** 12) + shift);
    const { signal, blocks } = counter();
    const task = { targets: { margins }, loss: logitMatching({ alpha: 1 }) };
    const { parameters, training } = await fitLogistic(column([0, 0], [1, 0]), task, {
      path: { penalties: [0] },
      signal,
    });
    expect(parameters).toEqual(Float32Array.of(0, bias));
    expect(training?.settled).toBe(true);
    expect(blocks()).toBe(passes);
  });

  test('computes a step in at most 250 directions, more of them near the minimum', async () => {
    // each direction reaches one more link of a chain of 300; two separate rows contribute the rest of the loss, 2^20
    const width = 300;
    const values = new Float32Array((width + 2) * width);
    for (let i = 0; i < width; i++) {
      values[i * width + i] = 1;
      if (i > 0) values[i * width + i - 1] = -1;
    }
    const margins = new Float64Array(width + 2);
    margins.set([2 ** 11, -(2 ** 11)], width);
    margins[0] = 0.125;
    const dataset = rowsOf(
      denseMatrix(values, width),
      margins.map((_, i) => i % 2),
    );
    taken.length = 0;
    const task = { targets: { margins }, loss: logitMatching({ alpha: 1 }) };
    const { training } = await fitLogistic(dataset, task, { path: { penalties: [0] } });
    expect(taken[0]).toBe(250);
    expect(Math.max(...taken)).toBe(250);
    expect(training?.settled).toBe(true);
    expect((training?.history[0]?.train as number) * (width + 2)).toBeCloseTo(2 ** 20, 5);
  });

  test('halves a step that overshoots until the loss falls', async () => {
    // the labels start the bias at log(2n - 1), where the loss is almost flat; its minimum is at 0
    const n = 5000;
    let [z, passes] = [Math.log(2 * n - 1), 1];
    const lossAt = (b: number): number => softplus(b) - b / 2 - Math.log(2);
    for (let turn = 0; turn < 60; turn++) {
      const [g, h] = [sigmoid(z) - 0.5, sigmoid(z) * sigmoid(-z)];
      passes++;
      if (n * ((g * g) / h) <= 2e-13 * (1 + n * lossAt(z))) break;
      let length = 1;
      for (passes++; lossAt(z - (length * g) / h) > lossAt(z) - 1e-4 * length * ((g * g) / h); passes++) length /= 2;
      z -= (length * g) / h;
    }
    const { signal, blocks } = counter();
    const task = { targets: { margins: new Float64Array(n) }, loss: distillation({ alpha: 1 }) };
    const dataset = rowsOf(denseMatrix(new Float32Array(40 * n), 40), new Int8Array(n).fill(1));
    const { parameters, training } = await fitLogistic(dataset, task, { path: { penalties: [0] }, signal });
    expectClose(parameters, Array(41).fill(0));
    expect(training?.settled).toBe(true);
    expect(passes).toBeGreaterThan(15);
    expect(blocks()).toBe(passes);
  });

  test('stays at its place after forty trials when rounding hides the remaining decrease', async () => {
    // at weights of 2^40 the step to 2e-8 gains about 1e-4, and the loss is accurate to about 2e-4
    const weights = Float64Array.of(2 ** 40, 2 ** 40);
    const { signal, blocks } = counter();
    const task = { targets: { margins: Float64Array.of(2e-8, 2e-8) }, loss: distillation({ alpha: 1 }) };
    const options = { path: { penalties: [0] }, weights, signal };
    const { parameters, training } = await fitLogistic(column([0, 0], [1, 0]), task, options);
    expect(parameters).toEqual(Float32Array.of(0, 0));
    expect(training?.settled).toBe(true);
    expect(blocks()).toBe(2 + 40 + 1);
  });

  test('ends after sixty steps and reports the student as not settled', async () => {
    // the minimum is at minus infinity: from a bias of -m, a Newton step moves 1 + exp(-m) towards it
    let m = 0;
    for (let turn = 0; turn < 60; turn++) m += 1 + Math.exp(-m);
    const { signal, blocks } = counter();
    const task = { targets: { margins: new Float64Array(1) }, loss: hardLabels() };
    const options = { path: { penalties: [0] }, weights: Float64Array.of(1e20), signal };
    const { parameters, training } = await fitLogistic(column([0], [0]), task, options);
    expectClose(parameters, [0, -m], 1e-5);
    expect(training?.settled).toBe(false);
    expect((training?.history[0]?.train as number) / 1e20 / Math.exp(-m)).toBeCloseTo(1, 9);
    expect(blocks()).toBe(1 + 2 * 60);
  });
});
