// Bootstrap intervals contain their value.
import { expect, test } from 'vitest';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { groupBias } from '../../src/metrics/group-bias.ts';
import { centred, interval } from '../../src/metrics/intervals.ts';
import { METRICS } from '../../src/metrics/metric.ts';
import { dice } from '../random.ts';

test('the interval of ECE contains it, although resampling raises ECE', async () => {
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

test('every interval contains its value: few rows, ties, one class, probabilities of 0 and 1, ordinary data', async () => {
  const d = dice(5);
  for (let turn = 0; turn < 300; turn++) {
    const n = turn % 3 === 0 ? 300 : 1 + d.below(25);
    const steps = [1, 2, 5, 1000][d.below(4)] as number;
    const share = [0.03, 0.5, 1][d.below(3)] as number;
    const p = Float64Array.from({ length: n }, () => Math.round(d.real(0, 1) * steps) / steps);
    const kind = d.below(3);
    const y = Int8Array.from(p, (x) => (d.real(0, 1) < (kind === 0 ? share : kind === 1 ? x : 1 - x) ? 1 : 0));
    const { metrics, atHalf } = await evaluate(p, y, { replicates: 200, seed: turn });
    const bias = groupBias(p, y, Array(n).fill('all'), 0.5).flatMap((group) =>
      (['falseNegativeRate', 'falsePositiveRate', 'calibrationGap'] as const).map(
        (name) => [name, group[name]] as const,
      ),
    );
    for (const [name, { value, low, high }] of [...Object.entries(metrics), ...Object.entries(atHalf), ...bias]) {
      if (Number.isNaN(value) || Number.isNaN(low)) continue;
      expect(low <= value && value <= high, `turn ${turn}, ${name}: ${value} in ${low} .. ${high}`).toBe(true);
      expect(high - low, name).toBeLessThan(name === 'logLoss' ? 100 : 2.1);
    }
  }
});

test('the interval of KS for random scores starts at 0 and has the width of the replicates', async () => {
  const y = Int8Array.from({ length: 200 }, (_, i) => i % 2);
  const { metrics } = await evaluate(new Float64Array(200).fill(0.5), y);
  expect(metrics.ks).toEqual({ value: 0, low: 0, high: 0 });
  const p = Float64Array.from({ length: 200 }, (_, i) => (i >> 1) / 200);
  const { ks } = (await evaluate(p, y)).metrics;
  expect(ks.value).toBe(0);
  expect(ks.low).toBe(0);
  expect(ks.high).toBeGreaterThan(0.05);
  expect(ks.high).toBeLessThan(0.25);
});

test('a value beyond all replicates is a bound of the interval', () => {
  const drawn = Float64Array.from({ length: 101 }, (_, i) => 1 + i / 100);
  expect(interval(drawn, 0.5)).toEqual({ low: 0.5, high: 1.975 });
  expect(interval(drawn, 3)).toEqual({ low: 1.025, high: 3 });
});

test('centred: the same width around the value, clipped to 0 .. 1', () => {
  const drawn = Float64Array.from({ length: 101 }, (_, i) => 0.5 + i / 1000);
  const { low, high } = interval(drawn, 0.55);
  const moved = centred(drawn, 0.4);
  expect(moved.high - moved.low).toBeCloseTo(high - low, 12);
  expect((moved.high + moved.low) / 2).toBeCloseTo(0.4, 12);
  expect(centred(drawn, 0.01).low).toBe(0);
  expect(centred(drawn, 0.99).high).toBe(1);
});

test('percentiles by hand, of replicates in any order; NaN is ignored', () => {
  const drawn = Float64Array.from({ length: 41 }, (_, i) => ((7 * i) % 41) / 100);
  const some = Float64Array.of(NaN, ...drawn, NaN, NaN);
  for (const replicates of [drawn, some]) {
    expect(interval(replicates, 0.2)).toEqual({ low: 0.01, high: 0.39 });
    const { low, high } = centred(replicates, 0.25);
    expect([low, high]).toEqual([expect.closeTo(0.06, 12), expect.closeTo(0.44, 12)]);
  }
  const { low, high } = interval(Float64Array.of(4, 2), 3);
  expect([low, high]).toEqual([expect.closeTo(2.05, 12), expect.closeTo(3.95, 12)]);
});

test('one replicate is both bounds; without replicates there is no interval', () => {
  expect(interval(Float64Array.of(5), 5)).toEqual({ low: 5, high: 5 });
  expect(centred(Float64Array.of(0.5, NaN), 0.6)).toEqual({ low: 0.6, high: 0.6 });
  expect(interval(Float64Array.of(NaN), 1)).toEqual({ low: NaN, high: NaN });
});
