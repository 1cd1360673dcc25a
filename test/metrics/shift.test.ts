// The measures of shift against SciPy (test/golden/shift.py).
import { expect, test } from 'vitest';
import { chiSquaredTail, chiSquaredTest, upperGamma } from '../../src/metrics/chi-squared.ts';
import { holm } from '../../src/metrics/holm.ts';
import { logGamma } from '../../src/metrics/log-gamma.ts';
import { readStability, stabilityIndex } from '../../src/metrics/stability.ts';
import golden from '../golden/shift.json' with { type: 'json' };

/** Checks a relative difference. */
function close(seen: number, wanted: number, tolerance: number, message: string): void {
  expect(Math.abs(seen - wanted), message).toBeLessThanOrEqual(tolerance * Math.abs(wanted) + 1e-300);
}

test('the log of the gamma function', () => {
  for (const { x, value } of golden.logs)
    expect(Math.abs(logGamma(x) - value), `x ${x}`).toBeLessThan(4e-15 * Math.max(1, value));
});

test('the upper incomplete gamma function, also far in the tail', () => {
  expect(upperGamma(3, 0)).toBe(1);
  for (const { a, x, q } of golden.gammas) close(upperGamma(a, x), q, 1e-11, `Q(${a}, ${x})`);
  for (const { x, degrees, p } of golden.tails) close(chiSquaredTail(x, degrees), p, 1e-11, `${x}, ${degrees} degrees`);
});

test('the two-sample test and the stability index', () => {
  for (const { a, b, statistic, degrees, p, psi } of golden.counts) {
    const seen = chiSquaredTest(a, b);
    expect(seen.degrees).toBe(degrees);
    close(seen.statistic, statistic, 1e-12, `${a}`);
    close(seen.p, p, 1e-11, `${a}`);
    close(stabilityIndex(a, b), psi, 1e-11, `${a}`);
  }
});

test('one bin has nothing to test', () => {
  expect(chiSquaredTest([50, 0], [40, 0])).toEqual({ statistic: 0, degrees: 0, p: 1 });
  expect(chiSquaredTest([], [])).toEqual({ statistic: 0, degrees: 0, p: 1 });
  expect(chiSquaredTest([50, 2], [0, 0])).toEqual({ statistic: 0, degrees: 0, p: 1 });
  expect(stabilityIndex([5, 5], [0, 0])).toBe(0);
});

test("Holm's adjustment", () => {
  for (const { p, adjusted } of golden.holm)
    for (const [i, value] of holm(p).entries()) close(value, adjusted[i] as number, 1e-15, `${p}`);
  expect(holm([])).toEqual([]);
});

test('the usual reading of the index', () => {
  expect([0.0999, 0.1, 0.2499, 0.25].map(readStability)).toEqual(['stable', 'some shift', 'some shift', 'large shift']);
});
