// A deferral band in words: one that is chosen by a rate promises nothing.
import { expect, test } from 'vitest';
import { aimWords, bandWords, type DeferralPromise, shiftNote } from '../../src/report/decision-words.ts';

const shared = { confidence: 0.95, rows: 190 };

test('a target is a promise', () => {
  const promise = { ...shared, target: 0.05, by: 'class' } as const;
  const aim = 'at most 5 % of the rows of each class that it answers are wrong, with 95 % confidence';
  expect(aimWords(promise)).toBe(aim);
  expect(bandWords(promise)).toBe(`promise: ${aim}, shown on 190 held-out validation rows`);
  expect(shiftNote(promise)).toMatch(/^The promise is for rows of the same kind/);
});

test('a rate is none', () => {
  const chosen: DeferralPromise = { ...shared, rate: 0.1 };
  expect(bandWords(chosen)).toBe('chosen to defer at most 10 % of the 190 held-out validation rows');
  expect(shiftNote(chosen)).toBeUndefined();
});
