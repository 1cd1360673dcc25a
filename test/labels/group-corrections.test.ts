// Corrections by group: golden values, the rows that count, cases without an answer, and runs of distill in memory and from files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AnyDataset } from '../../src/data/dataset.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { AnyTable } from '../../src/data/table.ts';
import { distill } from '../../src/distill.ts';
import type { Distillation } from '../../src/distill-options.ts';
import { type CorrectedPart, type GroupCorrection, groupCorrections } from '../../src/labels/group-corrections.ts';
import { givenSoftLabels } from '../../src/teacher/given-soft-labels.ts';
import { temporary } from '../cli/run.ts';
import { type Field, rowsOf } from '../encoded-rows.ts';
import { dice } from '../random.ts';

/** Rows of [v, d, label, weight?], in groups. */
type Row = readonly [v: number, d: number, label: number, weight?: number];

const ONE_GROUP: Field = { name: 'sex', categories: ['F'], of: () => 0 };

function part(rows: readonly Row[], fields: readonly Field[] = [ONE_GROUP]): CorrectedPart {
  const { features, preprocessing } = rowsOf(rows.length, ...fields);
  const data: AnyDataset = {
    ...rowsOf(rows.length, { name: 'x', of: () => 1 }),
    labels: Int8Array.from(rows, ([, , label]) => label),
    ...(rows[0]?.[3] !== undefined && { weights: Float64Array.from(rows, ([, , , weight]) => weight as number) }),
    groups: { matrix: features, preprocessing },
  };
  return { data, margins: Float64Array.from(rows, ([v]) => v), debiased: Float64Array.from(rows, ([, d]) => d) };
}

const only = (rows: readonly Row[]): GroupCorrection => {
  const found = groupCorrections([part(rows)]) as GroupCorrection[];
  expect(found).toHaveLength(1);
  return found[0] as GroupCorrection;
};

const ROWS: readonly Row[] = [
  ...([
    [-2, -1, 0],
    [-1.5, -1, 1],
    [-1, 0.5, 0],
    [-0.5, 0, 1],
  ] as const),
  ...([
    [0, 1, 1],
    [0.5, 1, 0],
    [1, 1.5, 1],
    [2, 3, 1],
  ] as const),
];
const WEIGHTS = [1, 2, 0.5, 3, 1, 1, 2, 0.25];
const weigh = (weights: readonly number[]): Row[] =>
  ROWS.map(([v, d, label], i) => [v, d, label, weights[i] as number]);

// scipy.optimize.brentq on sum w sigmoid(v + u) = sum w t, with t = y and t = sigmoid(d)
test.each([
  ['without weights', ROWS, [0.8939549742338117, 0.8351612297223474, 0.8193901223997129, 0.8125]],
  ['with weights', weigh(WEIGHTS), [1.8311219491713007, 1.0819372641543825, 0.6509052002054269, 0.6511627906976745]],
] as const)('the shifts and the standard error are those of scipy, %s', (_, rows, [own, error, made, meanShift]) => {
  const found = only(rows);
  expect(found).toMatchObject({ column: 'sex', value: 'F', labels: 8, positives: 5 });
  expect(found.own).toBeCloseTo(own, 12);
  expect(found.standardError).toBeCloseTo(error, 12);
  expect(found.made).toBeCloseTo(made, 12);
  expect(found.meanShift).toBeCloseTo(meanShift, 12);
});

test('the shift maximises the likelihood, and its curvature gives the standard error', () => {
  const { own = NaN, standardError = NaN } = only(ROWS);
  const logLikelihood = (u: number): number =>
    ROWS.reduce((sum, [v, , label]) => sum - Math.log1p(Math.exp(label === 1 ? -v - u : v + u)), 0);
  const [below, here, above] = [-1e-3, 0, 1e-3].map((step) => logLikelihood(own + step)) as [number, number, number];
  expect(here).toBeGreaterThan(Math.max(below, above));
  expect(1 / Math.sqrt((2 * here - below - above) / 1e-6)).toBeCloseTo(standardError, 5);
});

test('equal weights change nothing, whatever their unit; whole weights move the shift as repeated rows do', () => {
  const plain = only(ROWS);
  for (const unit of [1, 0.001, 7]) expect(only(weigh(ROWS.map(() => unit)))).toEqual(plain);
  const counts = [1, 2, 1, 3, 1, 1, 2, 4];
  const repeated = only(ROWS.flatMap((row, i) => new Array<Row>(counts[i] as number).fill(row)));
  for (const unit of [1, 1e-6, 1000]) {
    const weighted = only(weigh(counts.map((count) => unit * count)));
    expect(weighted.own).toBeCloseTo(repeated.own as number, 12);
    expect(weighted.made).toBeCloseTo(repeated.made as number, 12);
    expect(weighted.meanShift).toBeCloseTo(repeated.meanShift, 12);
  }
});

test('a class of little weight has its share exactly', () => {
  // the mean of sigmoid(u) is .001 / 2.001
  const { own } = only([
    [0, 0, 1, 0.001],
    [0, 0, 0, 1],
    [0, 0, 0, 1],
  ]);
  expect(own).toBeCloseTo(Math.log(0.001 / 2), 10);
});

test('a shift of all margins is made and is the mean shift; a slope is told apart', () => {
  const shifted = only(ROWS.map(([v, , label]) => [v, v + 1.25, label]));
  expect(shifted.made).toBeCloseTo(1.25, 12);
  expect(shifted.meanShift).toBeCloseTo(1.25, 12);
  // margins of -4 and 4 halved: no shift on average
  const halved = only([
    [-4, -2, 0],
    [4, 2, 1],
    [4, 2, 0],
    [-4, -2, 1],
  ]);
  expect(halved.made).toBeCloseTo(0, 12);
  // far margins hardly count
  const far = only([
    [30, 15, 1],
    [30, 15, 1],
    [0, 0, 0],
    [0, 0, 1],
  ]);
  expect(far.meanShift).toBe(-7.5);
  expect(Math.abs(far.made as number)).toBeLessThan(1e-5);
});

test('labels of one class have no shift of their own, but a correction', () => {
  for (const label of [0, 1]) {
    const found = only([
      [-1, 0, label],
      [1, 2, label],
    ]);
    expect(found).toEqual({
      ...{ column: 'sex', value: 'F', labels: 2, positives: 2 * label },
      made: expect.closeTo(1, 12),
      meanShift: 1,
    });
  }
});

test('a teacher that separates the classes leaves the shift open', () => {
  expect(
    only([
      [-60, -60, 0],
      [60, 60, 1],
    ]),
  ).toEqual({
    ...{ column: 'sex', value: 'F', labels: 2, positives: 1, meanShift: 0 },
  });
  expect(
    only([
      [-5, -5, 0],
      [5, 5, 1],
    ]).standardError,
  ).toBeCloseTo(1 / Math.sqrt(2 * 0.006648056670790155), 10);
});

test('rows without a label, a soft label, a weight or a category take no part; groups without rows are left out', () => {
  const fields: Field[] = [
    { name: 'age', of: (i) => (i % 2 ? 2 : -1) },
    { name: 'sex', categories: ['F', 'M', 'X'], of: (i) => [0, 1, 0, 2, 0, -1, 1, 0][i] as number },
  ];
  const rows: Row[] = [
    ...([
      [1, 2, 1, 1],
      [0, 1, 0, 1],
      [9, 0, -1, 1],
      [NaN, NaN, 1, 1],
    ] as const),
    ...([
      [9, 0, 1, 0],
      [2, 2, 1, 1],
      [0, 3, 1, 3],
      [1, 1, 0, 1],
    ] as const),
  ];
  const found = groupCorrections([part(rows, fields)]) as GroupCorrection[];
  expect(found.map(({ column, value, labels, positives }) => [column, value, labels, positives])).toEqual([
    ['age', 'below mean', 2, 2],
    ['age', 'above mean', 3, 1],
    ['sex', 'F', 2, 1],
    ['sex', 'M', 2, 1],
  ]);
  expect(found.map(({ meanShift }) => meanShift)).toEqual([2.5, 1 / 3, 0.5, 2.5]);
});

test('the parts count together', () => {
  const { data, ...rest } = part(ROWS.slice(3));
  expect(groupCorrections([part(ROWS.slice(0, 3)), { data, ...rest }])).toEqual([only(ROWS)]);
  const { groups: _, ...unnamed } = data;
  expect(groupCorrections([part(ROWS), { data: unnamed, ...rest }])).toBeUndefined();
  expect(groupCorrections([])).toBeUndefined();
  expect(() => groupCorrections([part(ROWS), { data, ...rest, debiased: new Float64Array(4) }])).toThrow(
    'group corrections: 4 de-biased labels for 5 rows, expected one per row',
  );
});

const folder = temporary();
const path = join(folder, 'rows.csv');
const d = dice(5);
const softLabels: number[] = [];
const lines = Array.from({ length: 900 }, (_, i) => {
  const x = d.real(-2, 2);
  const sex = d.below(4) === 0 ? 'F' : 'M';
  const label = d.real(0, 1) < 1 / (1 + Math.exp(-x)) ? 1 : 0;
  // the teacher understates women
  softLabels.push(i % 10 === 0 ? NaN : 1 / (1 + Math.exp((sex === 'F' ? 1.5 : 0) - x)));
  return `${x.toFixed(4)},${sex},${20 + d.below(50)},${1 + d.below(3)},${i % 3 === 0 ? '' : label}`;
});
writeFileSync(path, `x,sex,age,w,label\n${lines.join('\n')}\n`);

/** Distils a logistic student. */
async function run(
  table: AnyTable,
  soft: readonly number[],
  groups?: readonly string[],
): Promise<{ distillation: Distillation; parts: readonly AnyDataset[] }> {
  const { train, validation } = await encodeParts(table, split(table), undefined, {
    ...{ groups, exclude: ['age'], weights: 'w' },
  });
  const teacher = givenSoftLabels(soft);
  const student = { hidden: [] };
  const distillation = await distill({
    ...{ teacher, train, validation, student, seed: 1, debias: 'residual', infusion: { form: 'none' } },
  });
  return { distillation, parts: [train, validation] };
}

const options = { target: 'label' };

test('distill gives the corrections of the named groups, from a file as in memory', async () => {
  const table = await readTable(path, options);
  const { distillation, parts } = await run(table, softLabels, ['sex', 'age', 'x']);
  const { groupCorrections: found = [], soft, debiased } = distillation;
  const of = (name: 'train' | 'validation', k: number): CorrectedPart => ({
    ...{ data: parts[k] as AnyDataset, margins: soft[name].margins, debiased: debiased[name] },
  });
  expect(found).toEqual(groupCorrections([of('train', 0), of('validation', 1)]));
  // x is a number that the student is given
  expect(found.map(({ column, value }) => `${column} ${value}`)).toEqual([
    ...['sex F', 'sex M', 'age below mean', 'age above mean'],
  ]);
  const numbers = parts.flatMap(({ rowNumbers = [] }) => [...rowNumbers]);
  const known = numbers.filter((i) => i % 3 !== 0 && i % 10 !== 0).map((i) => lines[i] as string);
  const positives = (rows: readonly string[]): number => rows.filter((line) => line.endsWith(',1')).length;
  for (const [k, sex] of ['F', 'M'].entries()) {
    const rows = known.filter((line) => line.includes(`,${sex},`));
    expect(found[k]).toMatchObject({ labels: rows.length, positives: positives(rows) });
  }
  const [women, men] = found as [GroupCorrection, GroupCorrection];
  expect(Math.abs((women.own as number) - 1.5)).toBeLessThan(2 * (women.standardError as number));
  expect(women.made).toBeGreaterThan(0.8);
  expect(Math.abs(men.made as number)).toBeLessThan(0.4);
  using stored = await storeTable(path, { ...options, folder });
  expect((await run(stored, softLabels, ['sex', 'age', 'x'])).distillation.groupCorrections).toEqual(found);
  expect((await run(table, softLabels)).distillation.groupCorrections).toBeUndefined();
});

test('of a teacher that was fitted on the training rows, only the validation rows count', async () => {
  const table = await readTable(path, options);
  const { train } = split(table);
  const rows = new Set(train);
  const leaky = softLabels.map((p, i) =>
    rows.has(i) && (table.labels[i] as number) >= 0 ? 0.01 + 0.98 * (table.labels[i] as number) : p,
  );
  const { distillation, parts } = await run(table, leaky, ['sex']);
  expect(distillation.leakage.leaked).toBe(true);
  const { soft, debiased, groupCorrections: found } = distillation;
  const [, data] = parts as [AnyDataset, AnyDataset];
  expect(found).toEqual(groupCorrections([{ data, margins: soft.validation.margins, debiased: debiased.validation }]));
});
