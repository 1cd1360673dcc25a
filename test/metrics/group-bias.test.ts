// Bias by group: rates, gaps and intervals by hand.
import { expect, test } from 'vitest';
import { groupBias } from '../../src/metrics/group-bias.ts';

test('rates equal counts by hand, with textbook Wilson intervals', () => {
  const p = [0.9, 0.2, 0.6, 0.1, 0.7, 0.3];
  const y = [1, 1, 0, 0, 0, -1];
  const [a, b] = groupBias(p, y, ['a', 'a', 'a', 'a', 'b', 'b'], 0.5);
  expect(a).toMatchObject({ group: 'a', rows: 4, positives: 2 });
  expect(a?.falseNegativeRate.value).toBe(0.5);
  expect(a?.falsePositiveRate.value).toBe(0.5);
  // 1 of 2: Wilson (0.0945, 0.9055)
  expect(a?.falseNegativeRate.low).toBeCloseTo(0.0945, 4);
  expect(a?.falseNegativeRate.high).toBeCloseTo(0.9055, 4);
  expect(a?.calibrationGap.value).toBeCloseTo((-0.1 - 0.8 + 0.6 + 0.1) / 4, 12);
  expect(b).toMatchObject({ rows: 1, positives: 0 });
  expect(b?.falseNegativeRate.value).toBeNaN();
  expect(b?.falsePositiveRate.value).toBe(1);
});

test('an interval covers the truth about as often as its level', () => {
  let covered = 0;
  for (let seed = 1; seed <= 400; seed++) {
    let state = seed * 2654435761;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const y = Array.from({ length: 80 }, () => 1);
    const p = y.map(() => (random() < 0.2 ? 0.1 : 0.9));
    const [group] = groupBias(
      p,
      y,
      y.map(() => 'g'),
      0.5,
    );
    const { low = 1, high = 0 } = group?.falseNegativeRate ?? {};
    if (low <= 0.2 && high >= 0.2) covered++;
  }
  expect(covered / 400).toBeGreaterThan(0.92);
  expect(covered / 400).toBeLessThan(0.98);
});

test('a probability equal to the threshold is class 1; rates are shares of one class', () => {
  const [group] = groupBias([0.5, 0.25, 0.5, 0.25, 0.25, 0.75], [1, 1, 0, 0, 0, 1], new Array(6).fill('g'), 0.5);
  expect(group?.falseNegativeRate.value).toBe(1 / 3);
  expect(group?.falsePositiveRate.value).toBe(1 / 3);
});

test('the calibration gap is the mean +- 1.96 standard errors; one row has no interval', () => {
  // gaps 0.1, 0.3 and 0.8: mean 0.4, variance (0.09 + 0.01 + 0.16) / 2
  const [three, one] = groupBias([0.1, 0.3, 0.8, 0.75], [0, 0, 0, 1], ['a', 'a', 'a', 'b'], 0.5);
  const half = 1.959963984540054 * Math.sqrt(0.13 / 3);
  expect(three?.calibrationGap.value).toBeCloseTo(0.4, 12);
  expect(three?.calibrationGap.low).toBeCloseTo(0.4 - half, 12);
  expect(three?.calibrationGap.high).toBeCloseTo(0.4 + half, 12);
  expect(one?.calibrationGap).toEqual({ value: -0.25, low: NaN, high: NaN });
});

test('equal gaps have an interval of width 0', () => {
  const [group] = groupBias([0.1, 0.1, 0.1], [0, 0, 0], ['a', 'a', 'a'], 0.5);
  expect(group?.calibrationGap.low).toBeCloseTo(0.1, 12);
  expect(group?.calibrationGap.high).toBeCloseTo(0.1, 12);
});

test('groups are ordered by their numbers, missing values last; groups of only unlabelled rows are dropped', () => {
  const groups = ['age=', 'age 28 .. 90', 'age 9 .. <28', 'age 28 .. 90', 'town=A'];
  const found = groupBias([0.5, 0.5, 0.5, 0.5, 0.5], [1, 0, 1, 1, -1], groups, 0.5);
  expect(found.map(({ group, rows }) => [group, rows])).toEqual([
    ['age 9 .. <28', 1],
    ['age 28 .. 90', 2],
    ['age=', 1],
  ]);
});
