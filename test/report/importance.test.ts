// Permutation importance: against scikit-learn, exact zeros, the order of a linear student's columns, and texts as a whole.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type AnyDataset, type Dataset, encode } from '../../src/data/dataset.ts';
import { hardLabels, readCsv, Student, fit as train } from '../../src/index.ts';
import { permutationImportance } from '../../src/report/importance.ts';
import { importanceLines } from '../../src/report/importance-words.ts';
import { drawImages, inFiles } from '../image-students.ts';
import { mixedPreprocessing, randomTextStudent } from '../text-students.ts';

interface Golden {
  readonly columns: Readonly<Record<'strong' | 'twin' | 'idle', number[]>> & { readonly colour: string[] };
  readonly y: number[];
  readonly weights: number[];
  readonly bias: number;
  readonly importance: Readonly<Record<string, Record<'logLoss' | 'auc', { mean: number; std: number }>>>;
}
const golden = JSON.parse(readFileSync(new URL('../golden/importance.json', import.meta.url), 'utf8')) as Golden;
const NUMBERS = ['strong', 'twin', 'idle'] as const;

async function linear(): Promise<{ student: Student; data: Dataset }> {
  const preprocessing = {
    clip: 100,
    columns: [
      ...NUMBERS.map((name, offset) => ({
        ...({ name, kind: 'numeric', transform: 'none', mean: 0, std: 1, width: 1 } as const),
        offset,
      })),
      { name: 'colour', kind: 'categorical', categories: ['blue', 'green', 'red'], offset: 3, width: 3 } as const,
    ],
    encodedWidth: 6,
  };
  const lines = golden.y.map((label, i) =>
    [...NUMBERS.map((name) => golden.columns[name][i]), golden.columns.colour[i], label].join(','),
  );
  const csv = [[...NUMBERS, 'colour', 'label'].join(','), ...lines].join('\n');
  const table = await readCsv(new TextEncoder().encode(csv), { target: 'label' });
  const student = new Student({
    architecture: { hidden: [] },
    parameters: Float32Array.of(...golden.weights, golden.bias),
    preprocessing,
    threshold: 0.5,
    provenance: {},
    training: undefined,
  });
  return { student, data: encode(table, preprocessing) };
}

test('the same importance as scikit-learn, within the error of the permutations', async () => {
  const { student, data } = await linear();
  const permutations = 200;
  const found = await permutationImportance(student, data, { permutations, replicates: 50 });
  expect(found).toMatchObject({ rows: 300, of: 300, permutations });
  const by = new Map(found?.columns.map((one) => [one.column, one]));
  expect([...by.keys()].sort()).toEqual(Object.keys(golden.importance).sort());
  for (const [name, { logLoss, auc }] of Object.entries(golden.importance)) {
    const error = (std: number): number => 1e-6 + 4 * std * Math.sqrt(1 / permutations + 1 / 2000);
    expect(Math.abs((by.get(name)?.logLoss.value as number) - logLoss.mean)).toBeLessThan(error(logLoss.std));
    expect(Math.abs((by.get(name)?.auc.value as number) - auc.mean)).toBeLessThan(error(auc.std));
  }
});

test('a column of weight 0 has importance 0, with an interval of 0; the strongest column comes first', async () => {
  const { student, data } = await linear();
  const { columns = [] } = (await permutationImportance(student, data)) ?? {};
  expect(columns.map(({ column }) => column)).toEqual(['strong', 'colour', 'twin', 'idle']);
  const none = { value: 0, low: 0, high: 0 };
  expect(columns.at(-1)).toEqual({ column: 'idle', logLoss: none, auc: none });
  for (const { logLoss, auc } of columns.slice(0, -1))
    for (const { value, low, high } of [logLoss, auc]) expect(low < value && value < high).toBe(true);
  expect(columns[0]?.logLoss.low).toBeGreaterThan(0);
});

test('the same seed gives the same figures, another seed others; a sample is drawn from many rows', async () => {
  const { student, data } = await linear();
  const [one, again, other] = await Promise.all(
    [1, 1, 2].map((seed) => permutationImportance(student, data, { seed })),
  );
  expect(again).toEqual(one);
  expect(other?.columns[0]?.logLoss.value).not.toBe(one?.columns[0]?.logLoss.value);
  const sampled = await permutationImportance(student, data, { rows: 100 });
  expect(sampled).toMatchObject({ rows: 100, of: 300 });
  expect(importanceLines(sampled as NonNullable<typeof sampled>).at(-1)).toContain('100 of 300 labelled rows');
});

test('rows without a label or of weight 0 do not count; weights change the figures', async () => {
  const { student, data } = await linear();
  const half = { ...data, labels: data.labels.map((y, i) => (i % 2 === 0 ? y : -1)) };
  const zeros = { ...data, weights: Float64Array.from(data.labels, (_, i) => (i % 2 === 0 ? 2 : 0)) };
  const byLabels = await permutationImportance(student, half);
  expect(byLabels?.rows).toBe(150);
  expect(await permutationImportance(student, zeros)).toEqual(byLabels);
  expect(await permutationImportance(student, { ...data, labels: data.labels.map(() => -1) })).toBeUndefined();
});

test('texts are permuted as a whole, for students with a hidden layer too', async () => {
  const preprocessing = mixedPreprocessing(false);
  const student = randomTextStudent(preprocessing, { hidden: [7] }, 4);
  const n = 120;
  const texts = Array.from({ length: n }, (_, i) =>
    i % 3 === 0 ? 'free prize money' : `note ${i % 7} of the meeting`,
  );
  const lines = texts.map((text, i) => `40,${text},red,${i % 3 === 0 ? 1 : 0}`);
  const csv = ['age,comment,colour,label', ...lines].join('\n');
  const table = await readCsv(new TextEncoder().encode(csv), { target: 'label' });
  const data = encode(table, student.preprocessing);
  const { columns = [] } = (await permutationImportance(student, data)) ?? {};
  // columns with one value cannot matter
  expect(columns.filter(({ logLoss }) => logLoss.value !== 0).map(({ column }) => column)).toEqual(['comment']);
});

test('images are permuted as a whole, in memory and in files; a number that the classes do not depend on hardly matters', async () => {
  const { dataset, margins } = drawImages(200, 5);
  const shape = { hidden: [], conv: { channels: [4] } };
  const student = await train(shape, dataset, { margins }, hardLabels(), { seed: 1, epochs: 40 });
  const found = await permutationImportance(student, dataset);
  const by = new Map(found?.columns.map(({ column, logLoss }) => [column, logLoss.value]));
  expect(by.get('image')).toBeGreaterThan(10 * Math.abs(by.get('age') as number));
  const stored = { ...dataset, features: inFiles(dataset.features) } as unknown as AnyDataset;
  expect(await permutationImportance(student, stored)).toEqual(found);
});
