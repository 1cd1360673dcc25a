// Rows are ranked by margins, because probabilities that round to 1 lose their order.
import { expect, test } from 'vitest';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { resampleMetrics } from '../../src/metrics/resample.ts';
import { dice } from '../random.ts';

const d = dice(3);
const margins = Float64Array.from({ length: 400 }, () => d.real(38, 60));
const labels = Int8Array.from(margins, (z) => (z + d.real(-8, 8) > 49 ? 1 : 0));
const p = margins.map((z) => 1 / (1 + Math.exp(-z)));

test('AUC, average precision and KS of saturated probabilities are computed from the margins', async () => {
  expect(new Set(p)).toEqual(new Set([1]));
  const flat = (await evaluate(p, labels)).metrics;
  const ranked = (await evaluate(p, labels, { scores: margins })).metrics;
  expect([flat.auc.value, flat.ks.value]).toEqual([0.5, 0]);
  const scale = margins.map((z) => (z - 30) / 40);
  const plain = (await evaluate(scale, labels)).metrics;
  for (const metric of ['auc', 'prAuc', 'ks'] as const) expect(ranked[metric]).toEqual(plain[metric]);
  expect(ranked.auc.value).toBeGreaterThan(0.85);
  // metrics of probabilities do not change
  for (const metric of ['logLoss', 'brier', 'ece', 'accuracy'] as const) expect(ranked[metric]).toEqual(flat[metric]);
});

test('scores of a wrong length are refused; scores of unlabelled rows are ignored', async () => {
  await expect(evaluate(p, labels, { scores: margins.subarray(1) })).rejects.toThrow(/399 scores for 400 rows/);
  const some = labels.map((y, i) => (i % 3 ? y : -1));
  const kept = [...some.keys()].filter((i) => (some[i] as number) >= 0);
  const of = (list: Float64Array): Float64Array => Float64Array.from(kept, (i) => list[i] as number);
  const whole = resampleMetrics(p, some, { threshold: 0.5, replicates: 3, scores: margins });
  const part = resampleMetrics(
    of(p),
    Int8Array.from(kept, (i) => some[i] as number),
    { threshold: 0.5, replicates: 3, scores: of(margins) },
  );
  expect(whole).toEqual(part);
});
