// The figures of docs/losses.md: losses of other libraries on one batch (test/golden/conventions.py), those of debkd, and the
// settings with equal gradients.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import golden from '../golden/conventions.json' with { type: 'json' };
import { lossOf } from '../kernels/reference.ts';

const { z, v, y, temperature: T, share: s, conventions } = golden;
const docs = readFileSync(new URL('../../docs/losses.md', import.meta.url), 'utf8');
const of = (name: string): (typeof conventions)[number] => conventions.find((one) => one.name === name) as never;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** debkd's loss of the batch: the mean, and the derivative of each row. */
function ours(alpha: number, t: number, matching = false): { loss: number; gradient: number[] } {
  const rows = z.map((margin, i) => {
    const q = sigmoid((v[i] as number) / t);
    const example = matching
      ? { x: [], y: y[i] as number, q: v[i] as number, entropy: 0 }
      : { x: [], y: y[i] as number, q, entropy: -q * Math.log(q) - (1 - q) * Math.log(1 - q) };
    return lossOf(margin, example, alpha, t, matching);
  });
  return {
    loss: rows.reduce((sum, { value }) => sum + value, 0) / rows.length,
    gradient: rows.map(({ slope }) => slope),
  };
}

const close = (got: readonly number[], want: readonly number[]): void => {
  for (const [i, value] of want.entries()) expect(Math.abs((got[i] as number) - value)).toBeLessThan(1e-12);
};

test('T^2 KL equals the distillation loss, in value and gradient', () => {
  const { two } = of('kl-t2');
  const { loss, gradient } = ours(s, T);
  close([loss, ...gradient], [two.loss, ...two.gradient]);
});

test.each([
  ['kl', s / (s + (1 - s) * T * T), false],
  ['ce', s / (s + (1 - s) * T * T), false],
  ['kl-element', s / (s + 2 * (1 - s)), false],
  ['mse-logits', (4 * s) / (4 * s + (1 - s) * T * T), true],
] as const)('%s: the setting of the docs has its gradient, up to a factor', (name, alpha, matching) => {
  const { two } = of(name);
  const factor = (1 - s) / (1 - alpha);
  close(
    ours(alpha, T, matching).gradient.map((slope) => factor * slope),
    two.gradient,
  );
});

test('with one logit every softmax loss has no gradient, and cross-entropy refuses', () => {
  const label = z.map((margin, i) => (1 - s) * (sigmoid(margin) - (y[i] as number)));
  for (const { name, one } of conventions) {
    if (name === 'mse-logits') continue; // no softmax in it
    expect(Math.abs(one.soft), name).toBe(0);
    expect(one.softGradient.every((slope) => slope === 0)).toBe(true);
    close(one.gradient, label);
  }
  expect(golden.crossEntropyOfOneLogit).toMatch(/^Target 1 is out of bounds/);
});

describe('the table', () => {
  const rows = [...docs.matchAll(/^\| (.+?) \| (.*?) ?\| ([−\d.]+), ([−\d.]+) \| ([−\d.]+), ([−\d.]+) \|$/gm)].map(
    (row) => row.slice(3).map((cell) => Number(cell.replace('−', '-'))),
  );
  const six = (numbers: readonly number[]): number[] => numbers.map((value) => Number(value.toFixed(6)) + 0);

  test('has the reference values', () => {
    expect(rows).toHaveLength(conventions.length + 1);
    for (const [i, { two, one }] of conventions.entries())
      expect(rows[i]).toEqual(six([two.loss, two.gradient[2] as number, one.soft, one.gradient[2] as number]));
  });

  test('has the values of debkd', () => {
    const { loss, gradient } = ours(s, T);
    expect(rows.at(-1)).toEqual(six([loss, gradient[2] as number, ours(1, T).loss, gradient[2] as number]));
  });
});
