// AUC by hand.
import { expect, test } from 'vitest';
import { evaluate } from '../../src/metrics/evaluation.ts';
import { rocAuc } from '../../src/metrics/ranking.ts';

const auc = (scores: number[], labels: number[]): number => rocAuc(Float64Array.from(scores), Int8Array.from(labels));

test('200,000 rows, every second of class 1: one pair in 200,000 above half', () => {
  const scores = Float64Array.from({ length: 200_000 }, (_, i) => (7919 * i) % 200_000);
  const labels = Int8Array.from(scores, (score) => score % 2);
  expect(rocAuc(scores, labels)).toBeCloseTo(100_001 / 200_000, 12);
});

test('the share of ordered pairs, ties count half', () => {
  expect(auc([0.1, 0.9], [0, 1])).toBe(1);
  expect(auc([0.9, 0.1], [0, 1])).toBe(0);
  expect(auc([5, 5, 5], [0, 1, 1])).toBe(0.5);
  expect(auc([3, 2, 2, 1], [1, 1, 0, 0])).toBe(3.5 / 4);
  expect(auc([-1, -2, -3, -4], [0, 1, 1, 0])).toBe(0.5);
});

test('unlabelled rows are ignored', () => {
  expect(auc([3, 2, 1, 4, 0], [1, 0, 1, -1, 0])).toBe(3 / 4);
  expect(auc([3, 2], [1, -1])).toBeNaN();
  expect(auc([3, 2], [-1, 0])).toBeNaN();
});

test('a NaN score is refused if its row is labelled', async () => {
  expect(() => auc([NaN, 1], [1, 0])).toThrow('AUC: the score of row 1 is NaN, expected a number');
  expect(auc([NaN, 1, 0], [-1, 1, 0])).toBe(1);
  const scores = Float64Array.of(0, NaN);
  await expect(evaluate([0.1, 0.2], [0, 1], { scores })).rejects.toThrow('evaluate: the score of row 2 is NaN');
});

test('scores of a wrong length are refused', () => {
  expect(() => auc([1], [1, 0])).toThrow('AUC: 1 scores for 2 rows');
});
