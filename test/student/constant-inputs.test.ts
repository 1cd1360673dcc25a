// Columns that are the same in all training rows: a student with hidden layers answers as if they were not there.
import { expect, test } from 'vitest';
import { constantColumns } from '../../src/data/constant-columns.ts';
import { readCsv } from '../../src/data/csv.ts';
import { type Dataset, encode } from '../../src/data/dataset.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { debiasedDistillation } from '../../src/loss/debiased-distillation.ts';
import { hardLabels } from '../../src/loss/distillation.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { labelSelection } from '../../src/student/selection.ts';
import { constantWarnings } from '../../src/warnings/constant-warnings.ts';
import { asStored } from '../stored-matrix.ts';
import { tinyDataset, tinyRecord } from '../tiny-images.ts';

const LOSS = debiasedDistillation({ temperature: 1, alpha: 1 });
const lines = Array.from({ length: 120 }, (_, i) => {
  const a = ((i * 37) % 100) / 10;
  return `${a},${i % 3 ? 'red' : 'blue'},0,,x,7,${a + (i % 3) > 5 ? 1 : 0}`;
});
const table = await readCsv(new TextEncoder().encode(`a,c,flag,sensor,one,seven,label\n${lines.join('\n')}\n`), {
  target: 'label',
});
const numeric = (name: string, offset: number, mean = 0): object => ({
  ...{ name, kind: 'numeric', transform: 'none', mean, std: 1, offset, width: 1 },
});
const categorical = (name: string, offset: number, ...categories: string[]): object => ({
  ...{ name, kind: 'categorical', categories, offset, width: categories.length },
});
// with categories that no row has, and a constant number whose encoding is not 0
const preprocessing = parsePreprocessing(
  {
    columns: [
      numeric('a', 0, 5),
      categorical('c', 1, 'blue', 'green', 'red'),
      numeric('flag', 4),
      numeric('sensor', 5),
      categorical('one', 6, 'x', 'y'),
      numeric('seven', 8),
    ],
    encodedWidth: 9,
  },
  'test',
);
const data = encode(table, preprocessing);
const targets = { margins: Float64Array.from(data.labels, (y) => 3 * y - 1.5) };
const options = { seed: 3, epochs: 4, validation: labelSelection(data) };
const usual = { a: 4, c: 'red', flag: 0, sensor: null, one: 'x', seven: 7 };

test('constant columns are found, in memory and in blocks', () => {
  const found = [
    { column: 2, value: 0 },
    { column: 4, value: 0 },
    { column: 5, value: 0 },
    { column: 6, value: 1 },
    { column: 7, value: 0 },
    { column: 8, value: 7 },
  ];
  expect(constantColumns(data.features, preprocessing)).toEqual(found);
  const { stored } = asStored(data.features as Dataset['features']);
  expect(constantColumns(stored, preprocessing)).toEqual(found);
});

test.each<Architecture>([{ hidden: [6] }, { hidden: [6, 6], residual: true, activation: 'tanh' }])(
  '%j: other values of constant columns change no bit',
  async (architecture) => {
    const student = await fitStudent(architecture, data, targets, LOSS, options);
    const { probability } = student.predictRecord(usual);
    expect(student.predictRecord({ ...usual, a: 9 }).probability).not.toBe(probability);
    for (const other of [{ flag: 1 }, { flag: -40 }, { sensor: 25 }, { one: 'y' }, { one: 'z' }, { seven: 100 }])
      expect(student.predictRecord({ ...usual, ...other }).probability).toBe(probability);
    // a category that no training row has is like one that is not listed
    expect(student.predictRecord({ ...usual, c: 'green' }).probability).toBe(
      student.predictRecord({ ...usual, c: 'grey' }).probability,
    );
    const stored = { ...data, features: asStored(data.features as Dataset['features']).stored } as never;
    const again = await fitStudent(architecture, stored, targets, LOSS, options);
    expect(again.parameters).toEqual(student.parameters);
  },
);

/** The rows with other values of "flag". */
function varied(): Dataset {
  const words = data.features.data.slice();
  const numbers = new Float32Array(words.buffer);
  for (let i = 0; i < data.rows; i += 2) numbers[i * data.features.fields + 2] = 1;
  return { ...data, features: { ...data.features, data: words } };
}

test('the selection loss is that of the student', async () => {
  const held = varied();
  const student = await fitStudent({ hidden: [6] }, data, targets, LOSS, {
    ...options,
    validation: labelSelection(held),
  });
  const losses = Array.from(student.margins(held), (z, i) => Math.log1p(Math.exp(data.labels[i] === 1 ? -z : z)));
  expect(student.training?.selectionLoss).toBeCloseTo(losses.reduce((sum, x) => sum + x, 0) / data.rows, 6);
});

test('a student that goes on keeps what it knows of a column', async () => {
  const flags = { ...usual, flag: 1 };
  const first = await fitStudent({ hidden: [6] }, varied(), targets, LOSS, options);
  expect(first.predictRecord(flags).probability).not.toBe(first.predictRecord(usual).probability);
  const second = await fitStudent({ hidden: [6] }, data, targets, LOSS, { ...options, initial: first.parameters });
  expect(second.predictRecord(flags).probability).not.toBe(second.predictRecord(usual).probability);
});

test('other columns of a student of images', async () => {
  const form = { size: [8, 8], channels: 3, others: true } as const;
  const made = tinyDataset(form, 40, 1);
  const words = made.features.data.slice();
  const numbers = new Float32Array(words.buffer);
  for (let i = 0; i < made.rows; i++) numbers[3 * i] = 1.5;
  const images = { ...made, features: { ...made.features, data: words } };
  const labels = { margins: Float64Array.from(made.labels, (y) => 4 * y - 2) };
  const student = await fitStudent({ hidden: [4], conv: { channels: [4] } }, images, labels, hardLabels(), {
    ...{ seed: 1, epochs: 2, batchSize: 8, validation: labelSelection(images) },
  });
  const record = tinyRecord(form, 3);
  const { probability } = student.predictRecord({ ...record, age: 55, colour: 'red' });
  expect(student.predictRecord({ ...record, age: 20, colour: 'red' }).probability).toBe(probability);
  expect(student.predictRecord({ ...record, age: 55, colour: 'blue' }).probability).not.toBe(probability);
});

test('a warning names the columns whose encodings are all constant', () => {
  expect(constantWarnings(data)).toEqual([
    'columns "flag", "sensor", "one", "seven": each has the same value, or none, in all 120 training rows, so the student ignores them. Train on rows where they vary if they matter',
  ]);
  expect(constantWarnings(tinyDataset({ size: [8, 8], channels: 1 }, 10, 1))).toEqual([]);
});
