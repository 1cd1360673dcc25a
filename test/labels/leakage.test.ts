// The leakage test on losses summed by hand: for large margins of the wrong sign, the loss equals |margin|.
import { expect, test } from 'vitest';
import { detectLeakage, meanLoss } from '../../src/labels/leakage.ts';

const side = (label: 0 | 1, ...margins: number[]) => ({
  margins: Float64Array.from(margins),
  labels: new Int8Array(margins.length).fill(label),
});
/** The next number above a positive one. */
const next = (x: number): number => {
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  return new Float64Array(BigInt64Array.of((bits[0] as bigint) + 1n).buffer)[0] as number;
};

test.each([0, 1] as const)('rows of only class %i count as labelled', (label) => {
  const s = label ? -1 : 1;
  const { trainLoss, heldOutLoss, z, leaked } = detectLeakage(
    side(label, 100 * s, 104 * s),
    side(label, 121 * s, 127 * s),
  );
  // standard errors of the means: 2 and 3
  expect([trainLoss, heldOutLoss]).toEqual([102, 124]);
  expect(z).toBe(22 / Math.sqrt(13));
  expect(leaked).toBe(true);
});

test('a teacher that is better on held-out rows is not leaked', () => {
  const { z, leaked } = detectLeakage(side(0, 121, 127), side(0, 100, 104));
  expect([z, leaked]).toEqual([-22 / Math.sqrt(13), false]);
});

test('z equal to the critical value is no leakage, the next larger number is', () => {
  // training losses of 0, and two held-out losses 31 above and below their mean
  const heldOut = (mean: number) => side(0, mean - 31, mean + 31);
  const mean = 3.0902 * 31;
  expect(detectLeakage(side(0, -1000, -1000), heldOut(mean))).toMatchObject({ z: 3.0902, leaked: false });
  const above = detectLeakage(side(0, -1000, -1000), heldOut(next(mean)));
  expect(above.z).toBeCloseTo(3.0902, 12);
  expect(above.leaked).toBe(true);
});

test('z is 0 for a teacher without any loss', () => {
  const perfect = side(0, -1000, -1000, -1000);
  expect(detectLeakage(perfect, perfect)).toEqual({ trainLoss: 0, heldOutLoss: 0, z: 0, leaked: false });
});

test('a standard error of at most a billionth of the losses is rounding', () => {
  // both means have this standard error and differ by twice as much
  const z = (apart: number): number => {
    const at = (mean: number) => side(0, mean - apart, mean + apart);
    return detectLeakage(at(1000), at(1000 + 2 * apart)).z;
  };
  expect(z(1e-6)).toBe(0);
  expect(z(1e-5)).toBeCloseTo(Math.SQRT2, 6);
});

test('losses of 1e-6 that differ in the second digit are not rounding', () => {
  // softplus(x) is close to exp(x) for very negative x
  const at = (...losses: number[]) => side(0, ...losses.map(Math.log));
  const { z } = detectLeakage(at(1e-6, 1.02e-6), at(1.03e-6, 1.05e-6));
  expect(z).toBeCloseTo(3 / Math.SQRT2, 4);
});

test('a mean over more rows than the initial memory holds', () => {
  const rows = 300_000;
  const labels = Int8Array.from({ length: rows }, (_, i) => (i % 3) - 1);
  const [mean, error] = meanLoss(new Float64Array(rows), labels);
  expect(mean).toBeCloseTo(Math.LN2, 10);
  expect(error).toBeLessThan(1e-10);
});
