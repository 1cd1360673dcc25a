// evaluate: thresholds, groups, replicates, progress.
import { expect, test } from 'vitest';
import type { Progress } from '../../src/io/progress.ts';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { centred, interval } from '../../src/metrics/intervals.ts';
import { METRICS } from '../../src/metrics/metric.ts';
import { COLUMNS, resampleMetrics } from '../../src/metrics/resample.ts';
import { dice } from '../random.ts';

test('the threshold is 0.5 by default', async () => {
  const at = (threshold?: number) =>
    evaluate([0.25, 0.5, 0.75], [1, 1, 1], { replicates: 2, ...(threshold === undefined ? {} : { threshold }) });
  const [plain, low] = [await at(), await at(0.25)];
  expect([plain.threshold, plain.metrics.recall.value, plain.atHalf.recall.value]).toEqual([0.5, 2 / 3, 2 / 3]);
  expect([low.threshold, low.metrics.recall.value, low.atHalf.recall.value]).toEqual([0.25, 1, 2 / 3]);
});

test('a probability outside 0 .. 1 is refused with its row, unless the row is unlabelled', async () => {
  for (const bad of [-0.25, 1.25, NaN]) {
    const message = `evaluate, row 2: probability ${bad}, expected a number from 0 to 1`;
    await expect(evaluate([0.5, bad], [1, 0])).rejects.toThrow(expect.objectContaining({ code: 'value', message }));
    expect((await evaluate([0.5, bad], [1, -1], { replicates: 2 })).rows).toBe(1);
  }
  expect((await evaluate([0, 1], [0, 1], { replicates: 2 })).metrics.brier.value).toBe(0);
});

test('groups are ordered by their numbers; groups of only unlabelled rows are dropped', async () => {
  const list = ['age 28 .. 90', 'age 9 .. <28', 'age 28 .. 90', 'age='];
  const { groups } = await evaluate([0.5, 0.5, 0.5, 0.5], [1, 0, 0, -1], { groups: [list], replicates: 2 });
  expect(groups.map(({ group, rows }) => [group, rows])).toEqual([
    ['age 9 .. <28', 1],
    ['age 28 .. 90', 2],
  ]);
});

test.each([
  [10, 40_000, [20_000, 40_000]],
  [100_000, 5, [2, 4, 5]],
  [300_000, 2, [1, 2]],
])('%i rows, %i replicates: progress after about every 200,000 rows', async (rows, replicates, done) => {
  const told: Progress[] = [];
  const onProgress = (progress: Progress): unknown => told.push(progress);
  await evaluate(new Float64Array(rows), new Int8Array(rows), { replicates, onProgress });
  expect(told).toEqual(done.map((to) => ({ stage: 'intervals', done: to, total: replicates })));
});

test.each([
  [10, 1000],
  [200_000, 1000],
  [400_000, 500],
  [1_100_000, 200],
])('%i rows have %i replicates by default; an abort stops them', async (rows, replicates) => {
  const stop = new AbortController();
  const told: Progress[] = [];
  const onProgress = (progress: Progress): void => {
    told.push(progress);
    stop.abort(new Error('enough'));
  };
  const run = evaluate(new Float64Array(rows), new Int8Array(rows), { onProgress, signal: stop.signal });
  await expect(run).rejects.toThrow('enough');
  expect(told).toEqual([{ stage: 'intervals', done: expect.any(Number), total: replicates }]);
});

test('intervals are percentiles of the replicates, centred for ECE, KS and PR AUC', async () => {
  const d = dice(5);
  const p = Float64Array.from({ length: 30 }, () => d.real(0, 1));
  const y = Int8Array.from(p, (share) => (d.real(0, 1) < share ? 1 : 0));
  const { metrics, atHalf } = await evaluate(p, y, { threshold: 0.25, replicates: 101 });
  const { values, resampled } = resampleMetrics(p, y, { threshold: 0.25, replicates: 101 });
  const column = (c: number): Float64Array =>
    Float64Array.from({ length: 101 }, (_, r) => resampled[r * COLUMNS + c] as number);
  METRICS.forEach((name, c) => {
    const value = values[c] as number;
    const range = (['ece', 'ks', 'prAuc'].includes(name) ? centred : interval)(column(c), value);
    expect(metrics[name], name).toEqual({ value, ...range });
  });
  (['accuracy', 'f1', 'precision', 'recall'] as const).forEach((name, c) => {
    const at = METRICS.length + c;
    expect(atHalf[name], name).toEqual({ value: values[at], ...interval(column(at), values[at] as number) });
  });
});
