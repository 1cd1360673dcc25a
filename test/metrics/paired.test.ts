// Statistics of paired runs, compared with reference values.
import { expect, test } from 'vitest';
import { holm } from '../../src/metrics/holm.ts';
import { meanInterval, tQuantile, wilcoxon } from '../../src/metrics/paired.ts';
import golden from '../golden/paired.json' with { type: 'json' };

test.each(golden.t)('the t quantile for %i degrees of freedom (1e-6)', (n, want) => {
  expect(Math.abs(tQuantile(n as number) - (want as number))).toBeLessThan(1e-6);
});

test('means with their t intervals (1e-6)', () => {
  for (const { x, value, low, high } of golden.intervals) {
    const got = meanInterval(x);
    expect(Math.abs(got.value - value)).toBeLessThan(1e-12);
    expect(Math.abs(got.low - low)).toBeLessThan(1e-6);
    expect(Math.abs(got.high - high)).toBeLessThan(1e-6);
  }
  expect(meanInterval([3])).toEqual({ value: 3, low: NaN, high: NaN });
});

test.each(golden.wilcoxon)('the exact signed-rank test with ties and zeros (1e-12): p $p', ({ x, p }) => {
  expect(Math.abs((wilcoxon(x) as number) - p)).toBeLessThan(1e-12);
  expect(wilcoxon(x.map((v) => -v))).toBe(wilcoxon(x));
});

test('no p-value with too few pairs', () => {
  expect(wilcoxon([1, 2, 3, 4, 5])).toBeUndefined();
  expect(wilcoxon([1, 2, 3, 4, 5, 0, 0])).toBeUndefined();
  expect(wilcoxon([1, 2, 3, 4, 5, 6])).toBe(2 / 64);
});

test("Holm's adjustment", () => {
  const adjusted = holm([0.01, 0.04, 0.03, undefined, 0.005]);
  [0.03, 0.06, 0.06, undefined, 0.02].forEach((want, i) => {
    if (want === undefined) expect(adjusted[i]).toBeUndefined();
    else expect(adjusted[i]).toBeCloseTo(want, 12);
  });
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

test('the error of the t quantile for 31 degrees of freedom is the next term of the expansion', () => {
  const [z, n] = [1.959963984540054, 31];
  const next = 27 * z ** 11 + 339 * z ** 9 + 930 * z ** 7 - 1782 * z ** 5 - 765 * z ** 3 + 17955 * z;
  expect(Math.abs(tQuantile(n) + next / (368640 * n ** 5) - 2.039513446396408)).toBeLessThan(1e-9);
});

test('the width of an interval does not depend on the mean', () => {
  const { value, low, high } = meanInterval([2 ** 52, 2 ** 52 + 2]);
  expect(value - 2 ** 52).toBe(1);
  // 12.706 times halves and integers
  expect(Math.abs(high - value - 12.706)).toBeLessThan(1);
  expect(Math.abs(value - low - 12.706)).toBeLessThan(1);
});
