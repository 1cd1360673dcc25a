// Metrics against scikit-learn and SciPy (test/golden/measures.py), within 1e-12.
import { expect, test } from 'vitest';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { METRICS } from '../../src/metrics/metric.ts';
import { rocAuc } from '../../src/metrics/ranking.ts';
import { chooseThreshold } from '../../src/metrics/threshold.ts';
import golden from '../golden/measures.json' with { type: 'json' };

test.each(golden.metrics)('$name', async ({ y, p, threshold, metrics, accuracyAtHalf, bestF1 }) => {
  const result = await evaluate(p, y, { threshold, replicates: 50 });
  const isPrecise = p.some((q) => q >= threshold);
  for (const name of METRICS) {
    // scikit-learn's convention is 0
    if (name === 'precision' && !isPrecise)
      expect([result.metrics.precision.value, metrics.precision]).toEqual([NaN, 0]);
    else
      expect(Math.abs(result.metrics[name].value - metrics[name]), name).toBeLessThan(
        1e-12 * Math.max(1, metrics[name]),
      );
  }
  expect(rocAuc(Float64Array.from(p), Int8Array.from(y))).toBeCloseTo(metrics.auc, 12);
  expect(result.atHalf.accuracy.value).toBeCloseTo(accuracyAtHalf, 12);
  const chosen = chooseThreshold(Float64Array.from(p), Int8Array.from(y));
  expect((await evaluate(p, y, { threshold: chosen, replicates: 2 })).metrics.f1.value).toBeCloseTo(bestF1, 12);
});

test('intervals have the width that theory gives for a mean, and are seeded and ordered', async () => {
  const [{ p, y }] = golden.metrics as [(typeof golden.metrics)[number]];
  const a = await evaluate(p, y, { seed: 3 });
  expect(await evaluate(p, y, { seed: 3 })).toEqual(a);
  expect((await evaluate(p, y, { seed: 4 })).metrics.auc.low).not.toBe(a.metrics.auc.low);
  // Brier is a mean over rows: its bootstrap interval is close to mean +- 1.96 standard errors
  const squares = p.map((q, i) => (q - (y[i] as number)) ** 2);
  const mean = squares.reduce((s, x) => s + x / squares.length, 0);
  const error = Math.sqrt(squares.reduce((s, x) => s + (x - mean) ** 2, 0) / squares.length ** 2);
  const { low, high } = a.metrics.brier;
  expect(Math.abs((high - low) / (2 * 1.96 * error) - 1)).toBeLessThan(0.1);
  for (const { value, low: from, high: to } of Object.values(a.metrics)) {
    expect(from).toBeLessThanOrEqual(value);
    expect(value).toBeLessThanOrEqual(to);
  }
});

test('with one class, undefined metrics are NaN and the others are measured', async () => {
  const { metrics } = await evaluate([0.2, 0.9], [1, 1], { replicates: 20 });
  expect(metrics.auc.value).toBeNaN();
  expect(metrics.ks.value).toBeNaN();
  expect(metrics.recall.value).toBe(0.5);
  expect(metrics.prAuc.value).toBe(1);
});

test('a share of no rows is not defined: recall and F1 without class 1, precision without a row that is called 1', async () => {
  const values = async (p: number[], y: number[]) => {
    const { metrics, atHalf } = await evaluate(p, y, { replicates: 20 });
    expect(atHalf).toEqual({
      ...{ accuracy: metrics.accuracy, f1: metrics.f1 },
      ...{ precision: metrics.precision, recall: metrics.recall },
    });
    return [metrics.precision, metrics.recall, metrics.f1];
  };
  const [none, zero] = [
    { value: NaN, low: NaN, high: NaN },
    { value: 0, low: 0, high: 0 },
  ];
  expect(await values([0.2, 0.9], [0, 0])).toEqual([zero, none, none]);
  expect(await values([0.2, 0.3], [0, 0])).toEqual([none, none, none]);
  expect(await values([0.2, 0.3], [0, 1])).toEqual([none, zero, zero]);
});

test('unlabelled rows are ignored; invalid input is refused', async () => {
  const some = await evaluate([0.2, 0.9, 0.5], [0, 1, -1], { replicates: 5 });
  expect(some.rows).toBe(2);
  await expect(evaluate([0.5], [1, 0])).rejects.toThrow(/1 probabilities and 2 labels/);
  await expect(evaluate([0.5, 1.5], [1, 0])).rejects.toThrow(/row 2: probability 1.5/);
  await expect(evaluate([0.5], [-1])).rejects.toThrow(/no labelled rows/);
});

test('each group is measured separately', async () => {
  const p = [0.1, 0.9, 0.8, 0.3];
  const y = [0, 1, 0, 1];
  const { groups } = await evaluate(p, y, { groups: [['g=a', 'g=a', 'g=b', 'g=b']], replicates: 5 });
  expect(groups.map(({ group, rows, metrics }) => [group, rows, metrics.auc.value])).toEqual([
    ['g=a', 2, 1],
    ['g=b', 2, 0],
  ]);
});
