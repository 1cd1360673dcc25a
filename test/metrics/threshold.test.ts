// Thresholds with the highest F1, by hand.
import { expect, test } from 'vitest';
import { chooseThreshold, expectedF1Threshold } from '../../src/metrics/threshold.ts';

const choose = (p: number[], labels: number[]): number => chooseThreshold(Float64Array.from(p), Int8Array.from(labels));

test('131,072 separable rows: midway between the classes', () => {
  const n = 2 ** 17;
  const p = Float64Array.from({ length: n }, (_, i) => ((7919 * i) % n) / n);
  expect(
    chooseThreshold(
      p,
      Int8Array.from(p, (share) => (share >= 0.75 ? 1 : 0)),
    ),
  ).toBe(0.75 - 0.5 / n);
});

test('midway between two probabilities, the highest on ties', () => {
  expect(choose([0.875, 0.25, 0.625], [1, 0, 1])).toBe(0.4375);
  // F1 is 2 / 3 for class 1 from 0.875 up, and for all four rows
  expect(choose([0.875, 0.75, 0.5, 0.25], [1, 0, 0, 1])).toBe(0.8125);
});

test('unlabelled rows are ignored', () => {
  expect(choose([0.875, 0.75, 0.25], [1, -1, 0])).toBe(0.5625);
  expect(choose([0.875, 0.25], [1, -1])).toBe(0.5);
});

test('0.5 with one class or no labels', () => {
  expect(choose([0.875, 0.25], [0, 0])).toBe(0.5);
  expect(choose([0.875, 0.25], [1, 1])).toBe(0.5);
  expect(choose([0.875], [-1])).toBe(0.5);
  expect(choose([], [])).toBe(0.5);
});

test('with probabilities as targets, the best F1 of the expected counts', () => {
  const expected = (p: number[], q: number[], w?: number[]): number =>
    expectedF1Threshold(Float64Array.from(p), Float64Array.from(q), w && Float64Array.from(w));
  // 2 · .9 / (1 + 1.5), 2 · 1.4 / (2 + 1.5), 2 · 1.5 / (3 + 1.5): .72, .8, .67
  expect(expected([0.875, 0.75, 0.25], [0.9, 0.5, 0.1])).toBe(0.5);
  // a weight is as many rows
  expect(expected([0.875, 0.75, 0.25], [0.9, 0.5, 0.1], [1, 1, 3])).toBe(
    expected([0.875, 0.75, 0.25, 0.25, 0.25], [0.9, 0.5, 0.1, 0.1, 0.1]),
  );
  expect(expected([0.875, 0.75], [0.2, 0.2], [1, 0])).toBe(0.8125);
  const labels = [1, 0, 1, 1, 0, 0, 1];
  const p = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];
  expect(expected(p, labels)).toBe(choose(p, labels));
  expect(expected([], [])).toBe(0.5);
});
