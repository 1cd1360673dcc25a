// Intervals of resampled rows hold the value they are of.
import { expect, test } from 'vitest';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { centred, interval } from '../../src/metrics/intervals.ts';
import { METRICS } from '../../src/metrics/metric.ts';
import { dice } from '../random.ts';

test('ECE of honest probabilities: resampling raises it, and its interval holds it all the same', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const d = dice(seed);
    const p = Float64Array.from({ length: 400 }, () => d.real(0, 1));
    const y = Int8Array.from(p, (share) => (d.real(0, 1) < share ? 1 : 0));
    const { metrics } = await evaluate(p, y, { replicates: 200 });
    for (const metric of METRICS) {
      const { value, low, high } = metrics[metric];
      expect(low, metric).toBeLessThanOrEqual(value);
      expect(high, metric).toBeGreaterThanOrEqual(value);
    }
    expect(metrics.ece.low).toBeGreaterThanOrEqual(0);
  }
});

test('centred: as wide as before, about the value, not below 0', () => {
  const drawn = Float64Array.from({ length: 101 }, (_, i) => 1 + i / 100);
  const { low, high } = interval(drawn);
  const moved = centred(drawn, 1.1);
  expect(moved.high - moved.low).toBeCloseTo(high - low, 12);
  expect((moved.high + moved.low) / 2).toBeCloseTo(1.1, 12);
  expect(centred(drawn, 0.1).low).toBe(0);
});

test('percentiles by hand, of replicates in any order, without those that are NaN', () => {
  const drawn = Float64Array.from({ length: 41 }, (_, i) => (7 * i) % 41);
  const some = Float64Array.of(NaN, ...drawn, NaN, NaN);
  for (const replicates of [drawn, some]) {
    expect(interval(replicates)).toEqual({ low: 1, high: 39 });
    expect(centred(replicates, 25)).toEqual({ low: 6, high: 44 });
  }
  expect(interval(Float64Array.of(4, 2)).low).toBeCloseTo(2.05, 12);
  expect(interval(Float64Array.of(4, 2)).high).toBeCloseTo(3.95, 12);
});

test('one replicate is both ends; none has no interval', () => {
  expect(interval(Float64Array.of(5))).toEqual({ low: 5, high: 5 });
  expect(centred(Float64Array.of(5, NaN), 6)).toEqual({ low: 6, high: 6 });
  expect(interval(Float64Array.of(NaN))).toEqual({ low: NaN, high: NaN });
});
