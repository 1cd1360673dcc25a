// Distributions of counts against SciPy (test/golden/counts.py).
import { expect, test } from 'vitest';
import { binomialCdf, hypergeometricCdf, lowerBound, upperBound } from '../../src/metrics/binomial.ts';
import { logGamma } from '../../src/metrics/log-gamma.ts';
import golden from '../golden/counts.json' with { type: 'json' };

const close = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThan(1e-9 * Math.max(1e-3, Math.abs(expected)));

test('log-gamma', () => {
  for (const { x, value } of golden.gamma) close(logGamma(x), value);
});
test('binomial, also between whole numbers', () => {
  for (const { k, n, p, value } of golden.binomial) close(binomialCdf(k, n, p), value);
  expect(binomialCdf(-1, 10, 0.5)).toBe(0);
  expect(binomialCdf(10, 10, 0.5)).toBe(1);
});
test('hypergeometric', () => {
  for (const { value, k, ...of } of golden.hypergeometric) close(hypergeometricCdf(k, of), value);
});
test('upper bounds of Clopper and Pearson', () => {
  for (const { k, n, value } of golden.bounds) close(upperBound(k, n, 0.95), value);
  expect(upperBound(5, 5, 0.95)).toBe(1);
  // scipy.stats.beta.ppf(.025, 7, 94)
  close(lowerBound(7, 100, 0.975), 0.028605288907438704);
  expect(lowerBound(0, 5, 0.95)).toBe(0);
});
