// Deferral: the promised error rate holds on new rows of the same kind, and fails where the rows have shifted.
import { expect, test } from 'vitest';
import { DebkdError } from '../../src/io/errors.ts';
import { chooseBand, type DeferralRule, type HeldOutRows } from '../../src/metrics/deferral.ts';
import { type DeferBand, isDeferred } from '../../src/student/decide.ts';
import { dice } from '../random.ts';

/** Rows of a student that is over-confident by a factor of its margins. */
function draw(
  n: number,
  { seed, noise = 0, slope = 1.5 }: { seed: number; noise?: number; slope?: number },
): HeldOutRows {
  const { real } = dice(seed);
  const margins = Float64Array.from({ length: n }, () => 2 * (real(-1, 1) + real(-1, 1) + real(-1, 1)) - 1);
  const labels = Int8Array.from(margins, (z) => {
    const truth = real(0, 1) < 1 / (1 + Math.exp(-z));
    return (truth ? 1 : 0) ^ (real(0, 1) < noise ? 1 : 0);
  });
  return { probabilities: margins.map((z) => 1 / (1 + Math.exp(-slope * z))), labels };
}

/** Error rates of the answered rows: of all, of class 0, of class 1. */
function rates(
  band: { from: number; to: number },
  threshold: number,
  { probabilities, labels }: HeldOutRows,
): number[] {
  const answered = [...probabilities.keys()].filter((i) => !isDeferred({ defer: band }, probabilities[i] as number));
  const isWrong = (i: number): boolean => (probabilities[i] as number) >= threshold !== (labels[i] === 1);
  return [answered, ...[0, 1].map((y) => answered.filter((i) => labels[i] === y))].map(
    (rows) => rows.filter(isWrong).length / rows.length,
  );
}

/** A band; one that defers everything where no target can be shown. */
function choose(rule: DeferralRule, rows: HeldOutRows): { band: DeferBand; deferred: number } {
  try {
    return chooseBand(rule, 0.4, rows);
  } catch (error) {
    if (!(error instanceof DebkdError)) throw error;
    return { band: { from: 0, to: 1 }, deferred: 1 };
  }
}

const DRAWS = 100;
const RULES: readonly [rule: DeferralRule, answered: number][] = [
  [{ target: 0.05 }, 0.05],
  [{ target: 0.1 }, 0.3],
  [{ target: 0.15, by: 'class' }, 0.2],
];

test.each(RULES)('%o holds on 95 % of new sets of rows as large', (rule, least) => {
  let [onNew, inTruth, answers] = [0, 0, 0];
  const truth = draw(50_000, { seed: 5000 });
  for (let seed = 1; seed <= DRAWS; seed++) {
    const { band, deferred } = choose(rule, draw(2000, { seed }));
    const holds = (rows: HeldOutRows): boolean => {
      const [all = 1, zeros = 1, ones = 1] = rates(band, 0.4, rows).map((rate) => rate || 0);
      const target = rule.target ?? 1;
      return rule.by ? Math.max(zeros, ones) <= target : all <= target;
    };
    if (holds(draw(2000, { seed: seed + 1000 }))) onNew++;
    if (seed <= 40 && holds(truth)) inTruth++;
    answers += (1 - deferred) / DRAWS;
  }
  expect(onNew).toBeGreaterThanOrEqual(0.95 * DRAWS);
  expect(inTruth).toBeGreaterThanOrEqual(38);
  // not by deferring nearly everything
  expect(answers).toBeGreaterThan(least);
});

test('shifted rows break the promise', () => {
  let broken = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const { band } = chooseBand({ target: 0.1 }, 0.5, draw(2000, { seed }));
    const [error = 0] = rates(band, 0.5, draw(2000, { seed: seed + 1000, noise: 0.08 }));
    if (error > 0.1) broken++;
  }
  expect(broken).toBeGreaterThan(15);
});

test('the student answers nearly as much as the true error rates allow', () => {
  const { band } = chooseBand({ target: 0.1 }, 0.5, draw(20_000, { seed: 3 }));
  const [error = 0] = rates(band, 0.5, draw(200_000, { seed: 4 }));
  expect(error).toBeGreaterThan(0.085);
  expect(error).toBeLessThan(0.1);
});

test('no band where the student is good enough alone', () => {
  const { band, deferred } = chooseBand({ target: 0.45 }, 0.3, draw(2000, { seed: 1 }));
  expect(band).toEqual({ from: 0.3, to: 0.3 });
  expect(deferred).toBe(0);
});

test('a share of rows', () => {
  const rows = draw(1000, { seed: 1 });
  const { band, deferred, counts } = chooseBand({ rate: 0.1 }, 0.5, rows);
  expect(deferred).toBeLessThanOrEqual(0.1);
  expect(deferred).toBeGreaterThan(0.08);
  expect(counts[0]?.answered).toBe(1000 - 1000 * deferred);
  expect(band.from).toBeLessThan(0.5);
  expect(band.to).toBeGreaterThan(0.5);
});

test('equal weights change nothing, and unequal ones count as fewer rows', () => {
  const rows = draw(2000, { seed: 2 });
  const plain = chooseBand({ target: 0.1 }, 0.5, rows);
  expect(chooseBand({ target: 0.1 }, 0.5, { ...rows, weights: new Float64Array(2000).fill(3) })).toEqual(plain);
  const { counts } = chooseBand({ target: 0.2 }, 0.5, {
    ...rows,
    weights: Float64Array.from(rows.labels, (_, i) => 1 + (i % 3)),
  });
  expect(counts[0]?.answered).toBeLessThan(2000 * 0.9);
});

test('too few rows, and an error rate that is out of reach', () => {
  expect(() => chooseBand({ target: 0.02 }, 0.5, draw(100, { seed: 1 }))).toThrow(
    '100 held-out labelled rows, expected at least 250 answered ones',
  );
  expect(() => chooseBand({ target: 0.05, by: 'class' }, 0.5, draw(60, { seed: 1 }))).toThrow('of each class');
  expect(() => chooseBand({ target: 0.02 }, 0.5, draw(3000, { seed: 1, noise: 0.2 }))).toThrow(
    /surest of.*ask for at least 0\.\d\d/,
  );
});

test('the search ends at the first band that fails, also where a wider one would pass', () => {
  // the student is sure of 500 rows; of the others it errs on the 60 that it is surest of, and on no more
  const errors = Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0.001 : 0.12 + 1e-6 * i));
  const rows = {
    probabilities: Float64Array.from(errors, (e) => 1 - e),
    labels: Int8Array.from(errors, (_, i) => (i >= 500 && i < 560 ? 0 : 1)),
  };
  const { deferred, counts } = chooseBand({ target: 0.1 }, 0.5, rows);
  expect(deferred).toBeGreaterThan(0.45);
  expect(counts[0]?.answered).toBeGreaterThan(500);
  expect(counts[0]?.answered).toBeLessThan(545);
});
