// The maps of each method, the components of an ablation, and the labels required.
import { expect, test } from 'vitest';
import { checkLabels, isOf, mapsOf } from '../../src/labels/candidates.ts';
import { ABLATION_COMPONENTS, type AblationComponent } from '../../src/labels/debias-names.ts';
import type { DebiasMap } from '../../src/labels/maps/map.ts';

const SIMPLE = ['none', 'prior', 'temperature', 'platt', 'beta', 'isotonic'].map((method) => ({ method }));
const onInputs = [3000, 1000, 300, 100, 30, 10, 3].map((penalty) => ({ method: 'residual', penalty, on: 'inputs' }));
const hinges = { method: 'residual', on: 'inputs' };
const onFeatures = [3000, 1000, 300, 100, 30].map((penalty) => ({ method: 'residual', penalty, on: 'features' }));
const trees = [20, 40, 80, 160].map((count) => ({ method: 'trees', count }));

test.each(['auto', 'stack'] as const)(
  '%s tries all maps, from simple to rich; none and platt on few labels',
  (method) => {
    expect(mapsOf(method, true, ['inputs', 'features'], 512)).toEqual([
      ...[...SIMPLE, ...onInputs, hinges],
      ...[...onFeatures, ...trees],
    ]);
    expect(mapsOf(method, true, ['inputs'], 512)).toEqual([...SIMPLE, ...onInputs, hinges, ...trees]);
    expect(mapsOf(method, true, [], 512)).toEqual([...SIMPLE, ...trees]);
    expect(mapsOf(method, false, ['inputs', 'features'], 512)).toEqual([{ method: 'none' }, { method: 'platt' }]);
  },
);

test('a named method tries its maps with any number of labels', () => {
  for (const rich of [true, false]) {
    expect(mapsOf('residual', rich, ['inputs'], 512)).toEqual([{ method: 'platt' }, ...onInputs, hinges]);
    expect(mapsOf('trees', rich, ['inputs'], 512)).toEqual([{ method: 'platt' }, ...trees]);
    for (const { method } of SIMPLE as DebiasMap[]) expect(mapsOf(method, rich, ['inputs'], 512)).toEqual([{ method }]);
  }
});

test('above 512 columns no map takes the square of the columns', () => {
  expect(mapsOf('residual', true, ['inputs'], 513)).toEqual([{ method: 'platt' }, ...onInputs]);
});

test.each<[AblationComponent, readonly object[]]>([
  ['residual', [...onInputs, hinges, ...onFeatures]],
  ['features', onFeatures],
  ['hinges', [hinges]],
  ['trees', trees],
  ['stack', []],
  ['selection', []],
])('leaving out %s takes these maps away and no others', (part, maps) => {
  const all = mapsOf('auto', true, ['inputs', 'features'], 512);
  expect(all.filter((map) => isOf(map, part))).toEqual(maps);
});

test('every component can be left out', () => {
  expect(ABLATION_COMPONENTS).toEqual(['residual', 'features', 'hinges', 'trees', 'stack', 'selection']);
});

const labelled = (ones: number, zeros: number, unlabelled = 3) => ({
  labels: Int8Array.from([...Array(ones).fill(1), ...Array(unlabelled).fill(-1), ...Array(zeros).fill(0)]),
});

test('counts labelled rows and those of the rarer class', () => {
  for (const method of ['auto', 'none'] as const) {
    expect(checkLabels(labelled(7, 4), method)).toEqual({ rows: 11, rarer: 4 });
    expect(checkLabels(labelled(2, 9), method)).toEqual({ rows: 11, rarer: 2 });
  }
});

test('five labelled rows are enough, four are refused; the method none needs no labels', () => {
  expect(checkLabels(labelled(1, 4), 'platt')).toEqual({ rows: 5, rarer: 1 });
  expect(() => checkLabels(labelled(2, 2), 'platt')).toThrow(
    'label de-biasing: 4 labelled rows, expected at least 5, one for each fold of cross-fitting; give more labelled rows, or turn off',
  );
  expect(() => checkLabels(labelled(2, 2), 'auto')).toThrow(expect.objectContaining({ code: 'rows' }));
  expect(checkLabels(labelled(2, 2), 'none')).toEqual({ rows: 4, rarer: 2 });
  expect(checkLabels(labelled(0, 0), 'none')).toEqual({ rows: 0, rarer: 0 });
});

test.each([
  [0, 6],
  [1, 6],
] as const)('labels of only class %i are refused by name; the method none accepts them', (label, rows) => {
  const one = label ? labelled(rows, 0) : labelled(0, rows);
  expect(() => checkLabels(one, 'auto')).toThrow(
    `label de-biasing: all 6 labelled rows are of class ${label}, expected both classes; give rows of the other class, or turn off`,
  );
  expect(() => checkLabels(one, 'platt')).toThrow(expect.objectContaining({ code: 'rows' }));
  expect(checkLabels(one, 'none')).toEqual({ rows, rarer: 0 });
});
