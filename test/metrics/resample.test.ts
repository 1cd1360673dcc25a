// Metrics of rows and of resamples: values by hand, and memory.
import { expect, test } from 'vitest';
import { dispose } from '../../src/io/dispose.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { METRICS } from '../../src/metrics/metric.ts';
import { COLUMNS, openResampler, resampleMetrics } from '../../src/metrics/resample.ts';
import { dice } from '../random.ts';

test('memory grows with the rows', () => {
  for (let n = 1; n < 10_000; n += 8) {
    using resampler = openResampler(new Float64Array(n), new Int8Array(n), 0.5);
    expect(resampler.values[METRICS.indexOf('accuracy')]).toBe(1);
  }
  using many = openResampler(new Float64Array(200_000), new Int8Array(200_000), 0.5);
  expect(many.values[METRICS.indexOf('accuracy')]).toBe(1);
});

test('memory grows with the replicates; the first may have a large number', () => {
  using resampler = openResampler(Float64Array.of(0.9), Int8Array.of(1), 0.5);
  const drawn = resampler.draw(1, 0, 200_000);
  expect(drawn.length).toBe(200_000 * COLUMNS);
  expect(drawn.subarray(-COLUMNS)).toEqual(resampler.values);
  expect(resampler.draw(1, 80_000_000, 80_000_001)).toEqual(resampler.values);
});

test('disposing of a resampler frees its memory', () => {
  const arena = openArena();
  arena[dispose]();
  openResampler(Float64Array.of(0.9), Int8Array.of(1), 0.5)[dispose]();
  using again = openArena();
  expect(again.kernels).toBe(arena.kernels);
});

const p = Float64Array.of(0.9, 0.7, 0.6, 0.4, 0.1);
const labels = Int8Array.of(1, -1, 0, 1, 0);

test('values of labelled rows equal counts by hand, at the threshold and at 0.5', () => {
  const { values } = resampleMetrics(p, labels, { threshold: 0.3, replicates: 1 });
  const want = [
    ...[0.75, -(Math.log(0.9) + Math.log(0.4)) / 2, 0.185, 0.35, 0.75, 0.8, 2 / 3, 1, 0.5, 5 / 6],
    ...[0.5, 0.5, 0.5, 0.5],
  ];
  expect(values.length).toBe(want.length);
  for (const [i, value] of want.entries()) expect(values[i], METRICS[i]).toBeCloseTo(value, 12);
});

test('scores rank the rows if given', () => {
  const scores = Float64Array.of(1, 9, 2, 3, 4);
  const { values } = resampleMetrics(p, labels, { threshold: 0.3, replicates: 1, scores });
  const of = (name: (typeof METRICS)[number]): number => values[METRICS.indexOf(name)] as number;
  expect(of('auc')).toBe(0.25);
  expect(of('brier')).toBeCloseTo(0.185, 12);
  expect(of('recall')).toBe(1);
});

test('every resample of one labelled row is that row', () => {
  const one = resampleMetrics(p, Int8Array.of(-1, -1, 0, -1, -1), { threshold: 0.5, replicates: 3 });
  expect(one.values[METRICS.indexOf('brier')]).toBeCloseTo(0.36, 12);
  expect(one.resampled).toEqual(Float64Array.of(...one.values, ...one.values, ...one.values));
});

test('a replicate draws the same rows in any batch, and different rows from other replicates', () => {
  using resampler = openResampler(p, Int8Array.of(1, 1, 0, 1, 0), 0.5);
  const drawn = resampler.draw(1, 0, 40);
  const brier = (r: number): number => drawn[r * COLUMNS + METRICS.indexOf('brier')] as number;
  for (let r = 0; r < 40; r++) expect(resampler.draw(1, r, r + 1)).toEqual(drawn.slice(r * COLUMNS, (r + 1) * COLUMNS));
  expect(new Set(Array.from({ length: 40 }, (_, r) => brier(r))).size).toBeGreaterThan(10);
  expect(resampler.draw(2, 0, 40)).not.toEqual(drawn);
});

test('KS is the largest difference of quotients to the bit, also where several are about as large', () => {
  const random = dice(11);
  const ks = METRICS.indexOf('ks');
  for (let k = 0; k < 400; k++) {
    const n = 20 + random.below(40);
    const labels = Int8Array.from({ length: n }, (_, i) => (i < 2 ? i : random.below(9) < 4 ? 1 : 0));
    // one score a row, the highest first
    const p = Float64Array.from(labels, (_, i) => (n - i) / (n + 1));
    const ones = labels.filter((y) => y === 1).length;
    let [tp, fp, largest] = [0, 0, 0];
    for (const y of labels) {
      if (y === 1) tp++;
      else fp++;
      largest = Math.max(largest, Math.abs(tp / ones - fp / (n - ones)));
    }
    using resampler = openResampler(p, labels, 0.5);
    expect(resampler.values[ks]).toBe(largest);
  }
});
