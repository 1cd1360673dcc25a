// Metrics with row weights: against scikit-learn (test/golden/weights.py), and against the same rows repeated.
import { expect, test } from 'vitest';
import { effectiveRows } from '../../src/data/row-weights.ts';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { groupBias } from '../../src/metrics/group-bias.ts';
import { METRICS } from '../../src/metrics/metric.ts';
import { rocAuc } from '../../src/metrics/ranking.ts';
import { openResampler, resampleMetrics } from '../../src/metrics/resample.ts';
import { chooseThreshold } from '../../src/metrics/threshold.ts';
import { meanWithError } from '../../src/metrics/weighted-mean.ts';
import { curves, histogram, reliability } from '../../src/report/figures-data.ts';
import golden from '../golden/weights.json' with { type: 'json' };
import { dice } from '../random.ts';

test.each(golden.metrics)('$name: all metrics as with sample_weight of scikit-learn, within 1e-12', async (g) => {
  const { y, p, w, threshold, metrics } = g;
  const result = await evaluate(p, y, { threshold, replicates: 20, weights: w });
  for (const name of METRICS) {
    expect(Math.abs(result.metrics[name].value - metrics[name]), name).toBeLessThan(1e-12 * Math.max(1, metrics[name]));
  }
  expect(result.rows).toBe(w.filter((x) => x > 0).length);
  expect(result.atHalf.accuracy.value).toBeCloseTo(g.accuracyAtHalf, 12);
  expect(rocAuc(Float64Array.from(p), Int8Array.from(y), Float64Array.from(w))).toBeCloseTo(metrics.auc, 12);
  const chosen = chooseThreshold(Float64Array.from(p), Int8Array.from(y), { weights: w });
  const best = await evaluate(p, y, { threshold: chosen, replicates: 2, weights: w });
  expect(best.metrics.f1.value).toBeCloseTo(g.bestF1, 12);
});

/** Rows with whole weights, and the same rows repeated. */
function drawRows(n: number, seed: number) {
  const d = dice(seed);
  const p = Array.from({ length: n }, () => d.below(40) / 40);
  const y = Array.from({ length: n }, () => d.below(2));
  const w = Array.from({ length: n }, () => d.below(4));
  const repeat = <T>(values: readonly T[]): T[] =>
    values.flatMap((value, i) => Array<T>(w[i] as number).fill(value as T));
  return { p, y, w, repeat };
}

test.each([1, 2, 3])('a whole weight counts as that many rows, seed %i', async (seed) => {
  const { p, y, w, repeat } = drawRows(60, seed);
  const options = { threshold: 0.4, replicates: 2 };
  const [weighted, repeated] = [
    await evaluate(p, y, { ...options, weights: w }),
    await evaluate(repeat(p), repeat(y), options),
  ];
  for (const name of METRICS) {
    expect(weighted.metrics[name].value, name).toBeCloseTo(repeated.metrics[name].value, 12);
  }
  const threshold = chooseThreshold(Float64Array.from(repeat(p)), Int8Array.from(repeat(y)));
  expect(chooseThreshold(Float64Array.from(p), Int8Array.from(y), { weights: w })).toBe(threshold);
  const group = (list: readonly number[]) => list.map(() => 'all');
  const [a] = groupBias(p, y, group(p), { threshold: 0.4, weights: w });
  const [b] = groupBias(repeat(p), repeat(y), group(repeat(p)), 0.4);
  for (const rate of ['falseNegativeRate', 'falsePositiveRate', 'calibrationGap'] as const)
    expect(a?.[rate].value, rate).toBeCloseTo(b?.[rate].value as number, 12);
  const shapes = (bins: ReturnType<typeof reliability>) => bins.flatMap((bin) => [bin.probability, bin.share]);
  const [few, many] = [shapes(reliability(p, y, w)), shapes(reliability(repeat(p), repeat(y)))];
  few.forEach((x, i) => {
    expect(x).toBeCloseTo(many[i] as number, 12);
  });
});

test('a resample counts each row as often as it is drawn, times its weight', () => {
  const { p, y, w, repeat } = drawRows(50, 4);
  const kept = [...w.keys()].filter((i) => (w[i] as number) > 0);
  const pick = (list: readonly number[]): Float64Array => Float64Array.from(kept, (i) => list[i] as number);
  const labels = Int8Array.from(kept, (i) => y[i] as number);
  using plain = openResampler(pick(p), labels, 0.4);
  using heavy = openResampler(pick(p), labels, 0.4, { weights: pick(w) });
  const drawn = heavy.draw(1, 0, 3);
  expect(drawn).not.toEqual(plain.draw(1, 0, 3));
  // the same through repeated rows: both take the order of the draws from the seed
  const { values, resampled } = resampleMetrics(Float64Array.from(p), Int8Array.from(y), {
    threshold: 0.4,
    replicates: 3,
    weights: Float64Array.from(w),
  });
  expect(resampled).toEqual(drawn);
  expect(values).toEqual(heavy.values);
  const whole = resampleMetrics(Float64Array.from(repeat(p)), Int8Array.from(repeat(y)), {
    threshold: 0.4,
    replicates: 0,
  });
  whole.values.forEach((x, c) => {
    expect(values[c]).toBeCloseTo(x, 12);
  });
});

test.each([1, 3, 0.1])('equal weights of %d give the bits of no weights', async (weight) => {
  const { p, y } = drawRows(80, 5);
  const options = { threshold: 0.3, replicates: 30 };
  const weights = p.map(() => weight);
  expect(await evaluate(p, y, { ...options, weights })).toEqual(await evaluate(p, y, options));
  const [few, many] = [Float64Array.from(p), Int8Array.from(y)];
  expect(chooseThreshold(few, many, { weights })).toBe(chooseThreshold(few, many));
});

test('the unit of the weights does not matter', async () => {
  const { p, y, w } = drawRows(80, 6);
  const options = { threshold: 0.3, replicates: 30 };
  const [a, b] = [
    await evaluate(p, y, { ...options, weights: w }),
    await evaluate(p, y, { ...options, weights: w.map((x) => 1e6 * x) }),
  ];
  for (const name of METRICS)
    for (const end of ['value', 'low', 'high'] as const)
      expect(a.metrics[name][end], name).toBeCloseTo(b.metrics[name][end], 10);
});

test('a row of weight 0 has no influence, also on intervals', async () => {
  const { p, y, w } = drawRows(80, 7);
  const kept = [...w.keys()].filter((i) => (w[i] as number) > 0);
  const pick = <T>(list: readonly T[]): T[] => kept.map((i) => list[i] as T);
  const groups = [p.map((_, i) => `g=${i % 2}`)];
  const all = await evaluate(p, y, { weights: w, groups, replicates: 20 });
  const some = { weights: pick(w), groups: groups.map(pick), replicates: 20 };
  expect(all).toEqual(await evaluate(pick(p), pick(y), some));
  expect(groupBias(p, y, groups[0] as string[], { threshold: 0.5, weights: w })).toEqual(
    groupBias(pick(p), pick(y), pick(groups[0] as string[]), { threshold: 0.5, weights: pick(w) }),
  );
  expect(curves(p, y, w)).toEqual(curves(pick(p), pick(y), pick(w)));
});

test('weights that are no numbers from 0 are refused, and so are weights that are all 0', async () => {
  for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    await expect(evaluate([0.5, 0.5], [0, 1], { weights: [1, bad] })).rejects.toThrow(
      `evaluate: the weight of row 2 is ${bad}, expected a finite number from 0`,
    );
  await expect(evaluate([0.5], [0], { weights: [1, 1] })).rejects.toThrow(/2 weights for 1 rows/);
  await expect(evaluate([0.5], [0], { weights: [0] })).rejects.toThrow(/no labelled rows with a weight above 0/);
  expect(() => chooseThreshold(Float64Array.of(0.5), Int8Array.of(1), { weights: [-2] })).toThrow(/row 1 is -2/);
  expect(() => groupBias([0.5], [1], ['a'], { threshold: 0.5, weights: [-2] })).toThrow(/row 1 is -2/);
});

test("Wilson's interval takes the effective sample size for the number of rows", () => {
  // 20 rows of weight 1 and 20 of weight 3: (20 + 60)^2 / (20 + 180) = 32 rows
  const w = Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 3));
  const y = w.map(() => 1);
  // 10 of the light rows are predicted 0: 10 of 80
  const p = w.map((_, i) => (i < 10 ? 0.1 : 0.9));
  expect(effectiveRows(w)).toBe(32);
  const [weighted] = groupBias(
    p,
    y,
    w.map(() => 'all'),
    { threshold: 0.5, weights: w },
  );
  const equal = Array.from({ length: 32 }, (_, i) => (i < 4 ? 0.1 : 0.9));
  const [same] = groupBias(
    equal,
    equal.map(() => 1),
    equal.map(() => 'all'),
    0.5,
  );
  expect(weighted?.falseNegativeRate).toEqual(same?.falseNegativeRate);
});

test('the standard error of a weighted mean is that of a ratio of sums', () => {
  const [values, weights] = [
    [1, 2, 4, 7],
    [1, 2, 3, 0.5],
  ];
  const mean = (1 + 4 + 12 + 3.5) / 6.5;
  const squares = (values as number[]).reduce((sum, x, i) => sum + ((weights?.[i] as number) * (x - mean)) ** 2, 0);
  const found = meanWithError(values as number[], weights);
  expect(found.mean).toBeCloseTo(mean, 14);
  expect(found.error).toBeCloseTo(Math.sqrt((4 / 3) * squares) / 6.5, 14);
  const plain = meanWithError(values as number[]);
  const equal = meanWithError(
    values as number[],
    (values as number[]).map(() => 7),
  );
  expect(equal.mean).toBeCloseTo(plain.mean, 14);
  expect(equal.error).toBeCloseTo(plain.error, 14);
});

test('the interval of a weighted mean covers the truth, unlike that of repeated rows', () => {
  const d = dice(8);
  let [covered, tooNarrow] = [0, 0];
  const runs = 400;
  for (let run = 0; run < runs; run++) {
    const n = 150;
    const w = Array.from({ length: n }, () => (d.below(5) === 0 ? 10 : 1));
    const x = Array.from({ length: n }, () => d.real(0, 1) + d.real(0, 1) - 1);
    const { mean, error } = meanWithError(x, w);
    if (Math.abs(mean) <= 1.96 * error) covered++;
    // the usual standard error if each weight were a number of rows
    const total = w.reduce((sum, k) => sum + k, 0);
    const squares = x.reduce((sum, v, i) => sum + (w[i] as number) * (v - mean) ** 2, 0);
    if (Math.abs(mean) > 1.96 * Math.sqrt(squares / total / (total - 1))) tooNarrow++;
  }
  expect(covered / runs).toBeGreaterThan(0.91);
  expect(covered / runs).toBeLessThan(0.98);
  expect(tooNarrow / runs).toBeGreaterThan(0.15);
});

test('curves and histograms are weighted', () => {
  const [p, y] = [
    [0.9, 0.8, 0.2],
    [1, 0, 0],
  ] as [number[], number[]];
  const { roc, precisionRecall } = curves(p, y, [2, 1, 3]);
  expect(roc).toEqual([
    [0, 0],
    [0, 1],
    [0.25, 1],
    [1, 1],
  ]);
  expect(precisionRecall).toEqual([
    [1, 1],
    [1, 2 / 3],
    [1, 1 / 3],
  ]);
  const { negatives, positives } = histogram(Float64Array.of(0, 0, 1), Int8Array.of(1, 0, 0), Float64Array.of(2, 1, 3));
  expect(positives.filter((x) => x > 0)).toEqual([1]);
  expect(negatives.filter((x) => x > 0)).toEqual([0.5, 1.5]);
});
