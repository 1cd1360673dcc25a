// Published variants that degenerate with two classes (docs/method-trials.md), by their definitions.
import { describe, expect, test } from 'vitest';
import { dice } from '../random.ts';

const d = dice(12);
const rows = Array.from({ length: 200 }, () => ({ z: d.real(-6, 6), v: d.real(-6, 6), y: d.below(2) as 0 | 1 }));
const softmax = (logits: readonly number[], t = 1): number[] => {
  const e = logits.map((x) => Math.exp(x / t));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((x) => x / sum);
};
const kl = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, x, i) => sum + (x > 0 ? x * Math.log(x / (q[i] as number)) : 0), 0);
const pair = (margin: number): [number, number] => [0, margin];

describe('with two classes', () => {
  test('decoupled distillation (Zhao et al. 2022) is plain distillation, because the term of non-target classes is 0', () => {
    for (const { z, v, y } of rows) {
      const [p, q] = [softmax(pair(v)), softmax(pair(z))];
      const target = (s: readonly number[]): number[] => [s[y] as number, 1 - (s[y] as number)];
      // there is only one non-target class, and its share is 1 for teacher and student
      const others = kl([1], [1]);
      expect(others).toBe(0);
      expect(kl(target(p), target(q))).toBeCloseTo(kl(p, q), 12);
    }
  });

  test('DIST (Huang et al. 2022): the correlation of classes is 1 or -1 and has no gradient', () => {
    const correlation = (a: readonly number[], b: readonly number[]): number => {
      const centre = (x: readonly number[]): number[] =>
        x.map((value) => value - (x[0] as number) / 2 - (x[1] as number) / 2);
      const [u, w] = [centre(a), centre(b)];
      const dot = (x: readonly number[], y: readonly number[]): number =>
        x.reduce((s, value, i) => s + value * (y[i] as number), 0);
      return dot(u, w) / Math.sqrt(dot(u, u) * dot(w, w));
    };
    for (const { z, v } of rows) {
      const r = correlation(softmax(pair(v)), softmax(pair(z)));
      expect(Math.abs(Math.abs(r) - 1)).toBeLessThan(1e-9);
      expect(Math.abs(r - correlation(softmax(pair(v)), softmax(pair(z * 1.01))))).toBeLessThan(1e-9);
    }
  });

  test('logit standardisation (Sun et al. 2024): two standardised logits give the class but no confidence', () => {
    const standardise = ([a, b]: readonly [number, number]): number[] => {
      const mean = (a + b) / 2;
      const deviation = Math.sqrt(((a - mean) ** 2 + (b - mean) ** 2) / 2);
      return [(a - mean) / deviation, (b - mean) / deviation];
    };
    const seen = new Set(
      rows.map(({ v }) =>
        standardise(pair(v))
          .map((x) => x.toFixed(9))
          .join(),
      ),
    );
    expect(seen.size).toBe(2);
  });

  test('a softmax over a single logit is always 1, and its distillation loss is constant', () => {
    for (const { z, v } of rows) expect(kl(softmax([v], 4), softmax([z], 4))).toBe(0);
  });
});
