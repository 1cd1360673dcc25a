import { expect, test } from 'vitest';
import { hintFactor, isFew, rarerLabels } from '../../src/labels/few-labels.ts';

test('counts the labels of the rarer class of all parts, without rows of weight 0', () => {
  const train = { labels: Int8Array.of(1, 0, 0, -1, 1) };
  const validation = { labels: Int8Array.of(0, 0, 1), weights: Float64Array.of(1, 1, 0) };
  expect(rarerLabels([train])).toBe(2);
  expect(rarerLabels([train, validation])).toBe(2);
  expect(rarerLabels([validation])).toBe(0);
});

test('a hint has its own weight from 250 labels of the rarer class on, and at most five times as much', () => {
  expect([0, 1, 50, 100, 125, 250, 1000].map(hintFactor)).toEqual([5, 5, 5, 2.5, 2, 1, 1]);
  expect([99, 100].map(isFew)).toEqual([true, false]);
});
