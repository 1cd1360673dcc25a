// Row weights by class, against their definition.
import { expect, test } from 'vitest';
import { type ClassWeight, checkClassWeight, rowWeights } from '../../src/student/class-weight.ts';

test('accepts balanced, a number above 0 and up to a million, and none', () => {
  for (const weight of [undefined, 'balanced', 1e-9, 1, 1e6] as const) expect(checkClassWeight(weight)).toBeUndefined();
  for (const weight of [0, -1, 1e6 + 1, Infinity, NaN, 'even' as ClassWeight]) {
    const message = `training: class weight ${weight}, expected balanced or a number above 0, at most 1e6`;
    expect(() => checkClassWeight(weight)).toThrow(expect.objectContaining({ code: 'value', message }));
  }
});

const labels = Int8Array.of(1, 0, -1, 0, 0);

test('returns no weights where all are 1', () => {
  expect(rowWeights(labels, undefined)).toBeUndefined();
  expect(rowWeights(labels, 1)).toBeUndefined();
});

test('applies a number only to labelled rows of class 1', () => {
  expect(rowWeights(labels, 2.5)).toEqual(Float64Array.of(2.5, 1, 1, 1, 1));
});

test('balanced gives each class half of the total weight; unlabelled rows have weight 1', () => {
  expect(rowWeights(labels, 'balanced')).toEqual(Float64Array.of(2, 2 / 3, 1, 2 / 3, 2 / 3));
  expect(rowWeights(Int8Array.of(1, 1, -1), 'balanced')).toEqual(Float64Array.of(0.5, 0.5, 1));
  expect(rowWeights(Int8Array.of(0, 0, -1), 'balanced')).toEqual(Float64Array.of(0.5, 0.5, 1));
});
