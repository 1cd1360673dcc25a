// Metrics against naive implementations of their definitions, with tied and constant probabilities and with only one class.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { rocAuc } from '../../src/metrics/ranking.ts';
import { chooseThreshold } from '../../src/metrics/threshold.ts';

/** Often one of a few fixed probabilities, including 0 and 1, to give many ties. */
const probability = fc.oneof(
  fc.constantFrom(0, 1, 0.5, 0.1, 0.9, 0.3, 1e-300, 1 - 2 ** -53),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const rows = fc.array(fc.record({ p: probability, y: fc.constantFrom(0, 1) }), { minLength: 1, maxLength: 60 });
type Row = { readonly p: number; readonly y: number };

const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const ones = (list: readonly Row[]): Row[] => list.filter(({ y }) => y === 1);
const zeros = (list: readonly Row[]): Row[] => list.filter(({ y }) => y === 0);
/** Distinct probabilities, in descending order. */
const steps = (list: readonly Row[]): number[] => [...new Set(list.map(({ p }) => p))].sort((a, b) => b - a);
const share = (list: readonly Row[], t: number): number => list.filter(({ p }) => p >= t).length / list.length;

const definitions: Readonly<Record<string, (list: readonly Row[], threshold: number) => number>> = {
  auc: (list) => mean(ones(list).flatMap((a) => zeros(list).map((b) => (a.p > b.p ? 1 : a.p === b.p ? 0.5 : 0)))),
  logLoss: (list) =>
    mean(
      list.map(({ p, y }) => {
        const q = Math.min(Math.max(p, 2 ** -52), 1 - 2 ** -52);
        return -Math.log(y ? q : 1 - q);
      }),
    ),
  brier: (list) => mean(list.map(({ p, y }) => (p - y) ** 2)),
  ece: (list) => {
    const bins = Array.from({ length: 10 }, (_, b) => list.filter(({ p }) => Math.min(9, Math.floor(p * 10)) === b));
    return sum(bins.map((bin) => Math.abs(sum(bin.map(({ p, y }) => p - y))))) / list.length;
  },
  accuracy: (list, t) => mean(list.map(({ p, y }) => (p >= t === (y === 1) ? 1 : 0))),
  precision: (list, t) => {
    const called = list.filter(({ p }) => p >= t);
    return called.length > 0 ? mean(called.map(({ y }) => y)) : NaN;
  },
  recall: (list, t) => (ones(list).length > 0 ? share(ones(list), t) : NaN),
  f1: (list, t) => {
    const hits = ones(list).filter(({ p }) => p >= t).length;
    const called = list.filter(({ p }) => p >= t).length;
    return ones(list).length > 0 ? (2 * hits) / (called + ones(list).length) : NaN;
  },
  ks: (list) => Math.max(...steps(list).map((t) => Math.abs(share(ones(list), t) - share(zeros(list), t)))),
  prAuc: (list) => {
    let before = 0;
    return sum(
      steps(list).map((t) => {
        const recall = share(ones(list), t);
        const step = recall - before;
        before = recall;
        return step * mean(list.filter(({ p }) => p >= t).map(({ y }) => y));
      }),
    );
  },
};

test('every metric equals its definition (1e-12) and does not depend on the order of rows (1e-13)', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.double({ min: 0, max: 1, noNaN: true }), async (list, threshold) => {
      const measure = async (order: readonly Row[]) =>
        (
          await evaluate(
            order.map(({ p }) => p),
            order.map(({ y }) => y),
            { threshold, replicates: 2 },
          )
        ).metrics;
      const forward = await measure(list);
      const reversed = await measure([...list].reverse());
      for (const [name, define] of Object.entries(definitions)) {
        const { value } = forward[name as keyof typeof forward];
        const expected = define(list, threshold);
        if (Number.isNaN(expected)) expect(value, name).toBeNaN();
        else expect(Math.abs(value - expected), name).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)));
        const other = reversed[name as keyof typeof reversed].value;
        if (!Number.isNaN(value))
          expect(Math.abs(other - value), name).toBeLessThan(1e-13 * Math.max(1, Math.abs(value)));
      }
    }),
    { numRuns: 500 },
  );
});

test('swapping the classes keeps AUC, log-loss, Brier score and KS', async () => {
  // sixteenths have exact complements
  const exact = fc.array(
    fc.record({ p: fc.integer({ min: 0, max: 16 }).map((k) => k / 16), y: fc.constantFrom(0, 1) }),
    { minLength: 2, maxLength: 50 },
  );
  await fc.assert(
    fc.asyncProperty(exact, async (list) => {
      fc.pre(ones(list).length > 0 && zeros(list).length > 0);
      const of = async (p: number[], y: number[]) => (await evaluate(p, y, { replicates: 2 })).metrics;
      const original = await of(
        list.map(({ p }) => p),
        list.map(({ y }) => y),
      );
      const swapped = await of(
        list.map(({ p }) => 1 - p),
        list.map(({ y }) => 1 - y),
      );
      for (const name of ['auc', 'logLoss', 'brier', 'ks'] as const)
        expect(Math.abs(swapped[name].value - original[name].value), name).toBeLessThan(1e-12);
    }),
    { numRuns: 300 },
  );
});

test('an increasing map of the scores keeps AUC; negated scores give 1 - AUC', () => {
  fc.assert(
    fc.property(rows, (list) => {
      const labels = Int8Array.from(list, ({ y }) => y);
      const scores = Float64Array.from(list, ({ p }) => Math.round(p * 8));
      const auc = rocAuc(scores, labels);
      expect(
        rocAuc(
          scores.map((s) => s ** 3 - 5),
          labels,
        ),
      ).toEqual(auc);
      if (!Number.isNaN(auc))
        expect(
          rocAuc(
            scores.map((s) => -s),
            labels,
          ),
        ).toBeCloseTo(1 - auc, 14);
    }),
    { numRuns: 300 },
  );
});

test('no threshold has a higher F1 than the chosen one', () => {
  fc.assert(
    fc.property(rows, (list) => {
      fc.pre(ones(list).length > 0 && zeros(list).length > 0);
      const chosen = chooseThreshold(
        Float64Array.from(list, ({ p }) => p),
        Int8Array.from(list, ({ y }) => y),
      );
      const f1 = definitions['f1'] as (list: readonly Row[], t: number) => number;
      const best = Math.max(...steps(list).map((t) => f1(list, t)));
      expect(f1(list, chosen)).toBeCloseTo(best, 12);
    }),
    { numRuns: 500 },
  );
});
