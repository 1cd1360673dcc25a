// Ranges of a loss's parameters, and the hint and derivative of a custom loss.
import { expect, test } from 'vitest';
import { customLoss } from '../../src/loss/custom-loss.ts';
import { checkLoss, type Hint, type Loss } from '../../src/loss/loss.ts';

const base: Loss = { name: 'distillation', temperature: 1, alpha: 0.5 };
const hint = (weight: number): Hint => ({ kind: 'regression', weight });

test.each<Partial<Loss>>([
  { temperature: 5e-324 },
  { temperature: 100 },
  { alpha: 0 },
  { alpha: 1 },
  { hint: hint(5e-324) },
  { hint: hint(1e4) },
])('%j is accepted and returned', (part) => {
  const loss = { ...base, ...part };
  expect(checkLoss(loss)).toBe(loss);
});

const above = (x: number): number => x * (1 + Number.EPSILON);
test.each<[Partial<Loss>, string]>([
  ...[0, -1, above(100), Infinity, Number.NaN].map((temperature): [Partial<Loss>, string] => [
    { temperature },
    `loss: temperature ${temperature}, expected a number above 0 and at most 100`,
  ]),
  ...[-5e-324, above(1), -Infinity, Number.NaN].map((alpha): [Partial<Loss>, string] => [
    { alpha },
    `loss: alpha ${alpha}, expected a number from 0 to 1`,
  ]),
  ...[0, -1, above(1e4), Number.NaN].map((weight): [Partial<Loss>, string] => [
    { hint: hint(weight) },
    `loss: hint weight ${weight}, expected a number above 0 and at most 10000`,
  ]),
])('%o is refused', (part, message) => {
  expect(() => checkLoss({ ...base, ...part })).toThrow(expect.objectContaining({ code: 'value', message }));
});

const line = (slope: number, derivative = slope) => customLoss((z) => ({ value: slope * z, derivative }));

test('a custom loss has the given hint or none', () => {
  const compute = () => ({ value: 0, derivative: 0 });
  const plain = { name: 'own', temperature: 1, alpha: 1, compute };
  expect(customLoss(compute, { hint: hint(2) })).toStrictEqual({ ...plain, hint: hint(2) });
  expect(customLoss(compute)).toStrictEqual(plain);
  expect(() => customLoss(compute, { hint: hint(0) })).toThrow('hint weight 0');
});

test('the derivative of a flat loss may be off by .001', () => {
  expect(line(0, 1e-3).name).toBe('own');
  expect(() => line(0, above(1e-3))).toThrow(
    /the derivative is 0\.001.*, the finite difference of the values 0\.00000/,
  );
  expect(() => line(0, -1.01e-3)).toThrow('the derivative is -0.00101');
});

test('the derivative of a steep loss may be off by .001 of the slope', () => {
  expect(line(100, 100.1).name).toBe('own');
  expect(line(-100, -99.9).name).toBe('own');
  expect(() => line(100, 100.11)).toThrow('the derivative is 100.11');
  expect(() => line(-100, -100.11)).toThrow('the derivative is -100.11');
});
