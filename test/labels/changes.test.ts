// The record of changes, compared with counts by hand: rows, means and groups.
import { expect, test } from 'vitest';
import type { AnyDataset } from '../../src/data/dataset.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { SHUFFLE_BLOCK_ROWS } from '../../src/kernels/shuffle-block.ts';
import { type GroupShift, recordChanges } from '../../src/labels/changes.ts';
import { rowsOf } from '../encoded-rows.ts';
import { asStored } from '../stored-matrix.ts';

/** Rows in runs, each with a category and a shift; returns the groups found. */
function groupsOf(...runs: [rows: number, shift: number][]): readonly GroupShift[] {
  const places = runs.flatMap(([rows], k) => new Array<number>(rows).fill(k));
  const categories = runs.map((_, k) => `run ${k}`);
  const data = rowsOf(places.length, { name: 'run', categories, of: (i) => places[i] as number });
  const soft = new Float64Array(places.length);
  const debiased = Float64Array.from(places, (k) => (runs[k] as [number, number])[1]);
  return recordChanges(soft, debiased, debiased, data).groups;
}

test('means and counts of rows by hand', () => {
  const third = Math.log(3);
  // probabilities of 1/4, 1/2 and 3/4
  const soft = Float64Array.of(-third, third, third, -third, 0, -third);
  const debiased = Float64Array.of(third, third, 0, -third, -third, -third);
  const targets = Float64Array.of(third, Infinity, third, -third, -Infinity, 0);
  const changes = recordChanges(soft, debiased, targets, rowsOf(6));
  // 1/2 counts as class 1
  expect(changes).toMatchObject({ rows: 6, moved: 3, flipped: 2, groups: [] });
  expect(changes.meanShift).toBeCloseTo((2 * third - third - third) / 6, 12);
  expect(changes.meanProbabilityShift).toBeCloseTo((0.5 + 0.25 + 0.25) / 6, 12);
  expect(changes.meanInfusion).toBeCloseTo((0.25 + 0.25 + 0.25 + 0.25) / 6, 12);
});

test('a probability counts as moved if it changes by more than .01', () => {
  const hundredth = -Math.log(99);
  expect([sigmoid(-1000), sigmoid(hundredth)]).toEqual([0, 0.01]);
  const none = new Float64Array(2).fill(-1000);
  const some = Float64Array.of(hundredth, hundredth + 1e-12);
  expect(recordChanges(none, some, some, rowsOf(2)).moved).toBe(1);
});

test('without rows every mean is 0', () => {
  const none = new Float64Array(0);
  expect(recordChanges(none, none, none, rowsOf(0, { name: 'x', of: () => 0 }))).toEqual({
    ...{ rows: 0, moved: 0, flipped: 0, meanShift: 0, meanProbabilityShift: 0, meanInfusion: 0, groups: [] },
  });
});

test('groups of categories and of numbers have rows and mean shifts; an unknown category is in no group', () => {
  const town = (i: number): number => (i < 40 ? 0 : i < 80 ? 1 : -1);
  const data = rowsOf(
    100,
    { name: 'age', of: (i) => (i % 2 ? -1 : 1) },
    { name: 'town', categories: ['north', 'south', 'west'], of: town },
  );
  const soft = Float64Array.from({ length: 100 }, (_, i) => i / 4);
  const debiased = soft.map((v, i) => v + (i % 2 ? 0 : 0.5) + (i < 40 ? 1 : i < 80 ? -0.5 : 0));
  expect(recordChanges(soft, debiased, debiased, data).groups).toEqual([
    { column: 'town', value: 'north', rows: 40, meanShift: 1.25 },
    { column: 'age', value: 'above mean', rows: 50, meanShift: 0.7 },
    { column: 'town', value: 'south', rows: 40, meanShift: -0.25 },
    { column: 'age', value: 'below mean', rows: 50, meanShift: 0.2 },
  ]);
});

test('a number equal to the mean counts as below it', () => {
  const data = rowsOf(90, { name: 'x', of: (i) => (i < 30 ? -2 : i < 60 ? 0 : 3) });
  const debiased = Float64Array.from({ length: 90 }, (_, i) => (i < 60 ? 1 : 0));
  expect(recordChanges(new Float64Array(90), debiased, debiased, data).groups).toEqual([
    { column: 'x', value: 'below mean', rows: 60, meanShift: 1 },
    { column: 'x', value: 'above mean', rows: 30, meanShift: 0 },
  ]);
});

test('30 rows are a group, 29 are not', () => {
  const groups = groupsOf([29, 4], [30, 2], [31, -2]);
  expect(groups.map(({ value, rows }) => [value, rows])).toEqual([
    ['run 2', 31],
    ['run 1', 30],
  ]);
});

test('reports a group that moved in the other direction, but not one that moved like all rows', () => {
  // the mean of all is 1
  const groups = groupsOf([40, 1], [40, 3], [40, -1]);
  expect(groups.map(({ value, meanShift }) => [value, meanShift])).toEqual([
    ['run 1', 3],
    ['run 2', -1],
  ]);
});

test('all rows are not a group, even if their sum rounds differently', () => {
  const data = rowsOf(30, { name: 'x', of: () => 1 });
  // next to 2 ** 53 a sum of 1 is lost
  const soft = Float64Array.from({ length: 30 }, (_, i) => (i ? 2 ** 53 : 0));
  const debiased = Float64Array.from({ length: 30 }, (_, i) => (i ? 2 ** 53 : 1));
  expect(recordChanges(soft, debiased, debiased, data)).toMatchObject({ meanShift: 1 / 30, groups: [] });
});

test('reports a group whose mean shift differs by more than .01 from that of all rows', () => {
  const named = (one: number): string[] => {
    const data = rowsOf(64, { name: 'run', categories: ['up', 'down'], of: (i) => i >> 5 });
    // one row in 32 moves: the means are one / 32, -one / 32, and 0 for all rows
    const debiased = Float64Array.from({ length: 64 }, (_, i) => (i === 3 ? one : i === 40 ? -one : 0));
    return recordChanges(new Float64Array(64), debiased, debiased, data).groups.map(({ value }) => value);
  };
  expect(named(32 * 0.01)).toEqual([]);
  expect(named(32 * 0.0101)).toEqual(['up', 'down']);
});

test('reports five groups by descending |mean shift| times the square root of their rows', () => {
  // 5, 10, 9, 8, 4, 7 and 6
  const groups = groupsOf([100, 0.5], [100, 1], [36, 1.5], [64, -1], [64, 0.5], [49, 1], [36, -1]);
  expect(groups.map(({ value }) => value)).toEqual(['run 1', 'run 2', 'run 3', 'run 5', 'run 6']);
});

test.each([
  [SHUFFLE_BLOCK_ROWS, [[0, SHUFFLE_BLOCK_ROWS]]],
  [
    SHUFFLE_BLOCK_ROWS + 40,
    [
      [0, SHUFFLE_BLOCK_ROWS],
      [SHUFFLE_BLOCK_ROWS, SHUFFLE_BLOCK_ROWS + 40],
    ],
  ],
])('%i rows of a file are read once, block by block', (rows, blocks) => {
  const data = rowsOf(rows, { name: 'x', of: (i) => (i < rows - 35 ? -1 : 1) });
  const { stored, read } = asStored(data.features);
  const debiased = Float64Array.from({ length: rows }, (_, i) => (i < rows - 35 ? 1 : -2));
  const changes = recordChanges(new Float64Array(rows), debiased, debiased, {
    ...data,
    features: stored,
  } as AnyDataset);
  expect(read).toEqual(blocks);
  expect(changes.groups).toEqual([{ column: 'x', value: 'above mean', rows: 35, meanShift: -2 }]);
});
