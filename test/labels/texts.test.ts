// Label de-biasing with texts and groups: the fit on n-grams, what it may see, and the columns of groups.
import { expect, test } from 'vitest';
import { type Dataset, encode, selectRows } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { fitGroups } from '../../src/data/group-features.ts';
import { denseRows } from '../../src/data/matrix.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { split } from '../../src/data/split.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { debiasParts } from '../../src/labels/debias-parts.ts';
import { debiasedWithout } from '../../src/labels/debias-without.ts';
import { fitDebias } from '../../src/labels/label-debiasing.ts';
import { calibrationFeatures, calibrationWidth, withGroupSlopes } from '../../src/labels/maps/calibration-features.ts';
import { applyMap, fitMap } from '../../src/labels/maps/maps.ts';
import { placeProblem } from '../../src/labels/maps/problem.ts';
import { textCsv, textRows } from '../texts.ts';

const ROWS = 1200;
const rows = textRows(ROWS, { seed: 12, words: 60 });
const table = await readTable(new TextEncoder().encode(textCsv(rows)), {
  target: 'label',
  positive: 'yes',
  drop: ['p', 'town'],
});
const range = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i);
const data = encode(table, fitPreprocessing(table, { rows: range(0, ROWS) }));
const marginsOf = (list: ArrayLike<number>): Float64Array =>
  Float64Array.from(list, (row) => {
    const { p } = rows[row] as (typeof rows)[number];
    return Math.log(p / (1 - p));
  });
const margins = marginsOf(range(0, ROWS));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const MAP = { method: 'residual', on: 'texts', penalty: 3 } as const;

test('the fit on n-grams is the minimum of its penalised loss, and applies to every row', () => {
  using arena = openArena();
  const problem = placeProblem(arena, margins, data);
  const parameters = fitMap(problem, MAP, -1);
  const [b = 0, a = 0] = parameters;
  const w = parameters.subarray(2);
  const { width } = data.features;
  expect(parameters).toHaveLength(2 + width + 1);
  // the n-grams, then the plain columns: the age
  const x = denseRows(data.features, 0, ROWS);
  const age = data.preprocessing.columns[1]?.offset as number;
  const row = (i: number): Float64Array =>
    Float64Array.of(
      ...x.subarray(i * width, (i + 1) * width).map((v, j) => (j === age ? 0 : v)),
      x[i * width + age] as number,
    );
  const labelled = [...data.labels.keys()].filter((i) => (data.labels[i] as number) >= 0);
  const counts = new Uint32Array(width);
  for (const i of labelled)
    for (let j = 0; j < width; j++) if (x[i * width + j] !== 0) counts[j] = (counts[j] as number) + 1;
  const all = Array.from({ length: ROWS }, (_, i) => row(i));
  const d = all.map((r, i) => b + a * (margins[i] as number) + r.reduce((sum, v, j) => sum + v * (w[j] as number), 0));
  applyMap(problem, MAP, parameters).forEach((z, i) => {
    expect(z).toBeCloseTo(d[i] as number, 5);
  });
  const gradient = new Float64Array(width + 1);
  let [ofB, ofA] = [0, a - 1];
  for (const i of labelled) {
    const gap = sigmoid(d[i] as number) - (data.labels[i] as number);
    ofB += gap;
    ofA += gap * (margins[i] as number);
    (all[i] as Float64Array).forEach((v, j) => {
      gradient[j] = (gradient[j] as number) + gap * v;
    });
  }
  let [rare, used] = [0, 0];
  w.forEach((weight, j) => {
    if (j < width && j !== age && (counts[j] as number) < 3) {
      rare++;
      // too few rows have it
      expect(weight).toBe(0);
      return;
    }
    used += weight === 0 ? 0 : 1;
    expect(Math.abs((gradient[j] as number) + 3 * weight)).toBeLessThan(0.05);
  });
  expect([rare > 20, used > 300]).toEqual([true, true]);
  expect([Math.abs(ofB), Math.abs(ofA)].every((g) => g < 0.05)).toBe(true);
  const most = gradient.reduce((high, g) => Math.max(high, Math.abs(g)), 0);
  expect(most).toBeGreaterThan(0.25);
});

test("a fit without a fold does not see the fold's labels", () => {
  const fitWithout = (labels: Int8Array): Float64Array => {
    using arena = openArena();
    return fitMap(placeProblem(arena, margins, { ...data, labels }), MAP, 2);
  };
  const plain = fitWithout(data.labels);
  const flip = (fold: number): Int8Array => data.labels.map((y, i) => (data.folds[i] === fold && y >= 0 ? 1 - y : y));
  expect(fitWithout(flip(2))).toEqual(plain);
  expect(fitWithout(flip(3))).not.toEqual(plain);
});

test("targets without a fold do not see the fold's labels", async () => {
  const part = (from: number, to: number, change: (y: number, fold: number) => number) => {
    const some = selectRows(data, range(from, to)) as Dataset;
    const labels = some.labels.map((y, i) => change(y, some.folds[i] as number));
    return { data: { ...some, labels }, margins: margins.slice(from, to) };
  };
  const run = async (change: (y: number, fold: number) => number) => {
    const [train, validation] = [part(0, 900, change), part(900, ROWS, change)];
    const fitted = await debiasParts(train, validation, { method: 'residual' });
    return { fitted, train, validation, without: debiasedWithout(fitted, train, validation) };
  };
  const plain = await run((y) => y);
  const before = plain.without?.(1) as Float64Array;
  const { labels } = plain.train.data;
  const [kept, fresh] = [
    [...labels.keys()].filter((i) => (labels[i] as number) >= 0),
    [...labels.keys()].filter((i) => labels[i] === -1),
  ];
  expect([kept.length > 300, fresh.length > 100]).toEqual([true, true]);
  expect(kept.some((i) => before[i] !== plain.fitted.debiased.train[i])).toBe(true);
  expect(fresh.some((i) => before[i] !== plain.fitted.debiased.train[i])).toBe(true);
  // the same maps, with the labels of a fold flipped
  const flipped = (fold: number): Float64Array => {
    const change = (y: number, of: number): number => (of === fold && y >= 0 ? 1 - y : y);
    return debiasedWithout(plain.fitted, part(0, 900, change), part(900, ROWS, change))?.(1) as Float64Array;
  };
  const [same, other] = [flipped(1), flipped(3)];
  for (const i of [...kept, ...fresh]) expect(same[i]).toBe(before[i]);
  expect(fresh.some((i) => other[i] !== before[i])).toBe(true);
});

test('groups: numbers, yes and no, categories; products with the margin', () => {
  const groups = fitGroups(table, ['town', 'age'], range(0, 500));
  const { matrix, preprocessing } = groups(range(500, ROWS));
  expect(preprocessing.columns.map(({ name, kind, width }) => [name, kind, width])).toEqual([
    ['town', 'categorical', 3],
    ['age', 'numeric', 1],
  ]);
  const town = denseRows(matrix, 0, matrix.rows);
  const names = ['Ayr', 'Bern', 'Cork'];
  for (let i = 0; i < matrix.rows; i++)
    expect([...town.subarray(4 * i, 4 * i + 3)]).toEqual(names.map((name) => (rows[500 + i]?.town === name ? 1 : 0)));
  const some = selectRows(data, range(500, ROWS));
  const given = { ...some, groups: { matrix, preprocessing } };
  const own = calibrationFeatures(given);
  // without the text: the age of the student's inputs, then the groups
  expect([own.width, calibrationWidth(given)]).toEqual([5, 9]);
  const z = marginsOf(range(500, ROWS));
  const wide = withGroupSlopes(own, z, given);
  const values = denseRows(wide, 0, wide.rows);
  for (let i = 0; i < wide.rows; i++) {
    const row = [...values.subarray(9 * i, 9 * i + 9)];
    expect(row.slice(1, 5)).toEqual([...town.subarray(4 * i, 4 * i + 4)]);
    expect(row.slice(5)).toEqual(row.slice(1, 5).map((v) => Math.fround(v * (z[i] as number))));
  }
  expect(() => fitGroups(table, ['towns'], range(0, 500))).toThrow(/no column "towns"/);
});

test('auto takes a map of the groups where the teacher is wrong about one, and the student is not given the group', async () => {
  const parts = split(table);
  const inputs = await encodeParts(table, parts, undefined, { groups: ['town'] });
  const feature = await readTable(new TextEncoder().encode(textCsv(rows)), {
    target: 'label',
    positive: 'yes',
    drop: ['p'],
  });
  const asFeature = await encodeParts(feature, parts, undefined, { groups: ['town'] });
  for (const { train } of [inputs, asFeature]) {
    expect(train.preprocessing.columns.map(({ name }) => name)).toEqual(['note', 'age']);
    expect(train.groups?.preprocessing.columns.map(({ name }) => name)).toEqual(['town']);
  }
  const asked = await encodeParts(feature, parts, undefined, { groups: ['town'], features: ['note', 'town'] });
  expect(asked.train.preprocessing.columns.map(({ name }) => name)).toEqual(['note', 'town']);
  // a group that the student is given is corrected by itself, too
  expect(asked.train.groups?.preprocessing.columns.map(({ name }) => name)).toEqual(['town']);
  const margins = marginsOf(inputs.train.rowNumbers as Uint32Array);
  const debias = await fitDebias(margins, inputs.train, { method: 'auto' });
  expect(debias.parts.map(({ method }) => method)).toContain('residual');
  // with texts, auto is the stack of all maps
  const stack = await fitDebias(margins, inputs.train, { method: 'stack' });
  expect(debias.parts.map(({ weight }) => weight)).toEqual(stack.parts.map(({ weight }) => weight));
  const isCork = (i: number): boolean => rows[inputs.train.rowNumbers?.[i] as number]?.town === 'Cork';
  // mean probability minus share of class 1
  const gap = (of: ArrayLike<number>, group: boolean): number => {
    const list = range(0, inputs.train.rows).filter(
      (i) => isCork(i) === group && (inputs.train.labels[i] as number) >= 0,
    );
    return (
      list.reduce((sum, i) => sum + sigmoid(of[i] as number) - (inputs.train.labels[i] as number), 0) / list.length
    );
  };
  // the teacher is too high by 1 in Cork
  expect(gap(margins, true)).toBeGreaterThan(0.05);
  for (const group of [true, false]) expect(Math.abs(gap(debias.crossFitted, group))).toBeLessThan(0.03);
});
