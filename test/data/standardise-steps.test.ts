// The student's preprocessing where the teacher's has steps, for tables in memory and in files.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import type { AnyDataset } from '../../src/data/dataset.ts';
import { denseRows, type Matrix, type StoredMatrix } from '../../src/data/matrix.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { type Preprocessing, parsePreprocessing } from '../../src/data/preprocessing.ts';
import { isInMemory, matrixRows } from '../../src/data/row-source.ts';
import { split } from '../../src/data/split.ts';
import { standardiseSteps } from '../../src/data/standardise-steps.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { dice } from '../random.ts';

const ROWS = 20_000; // more than a chunk of a stored table

/** Incomes, ordered words, flags, standardised and constant numbers. */
function csv(rows: number): Uint8Array {
  const d = dice(4);
  const lines = Array.from({ length: rows }, (_, i) => {
    const income = d.below(30) === 0 ? '' : Math.floor(1000 * Math.exp(d.real(0, 3.5) ** 2));
    return `${income},${['low', 'middle', 'high'][d.below(3)]},${d.below(5) === 0 ? 'yes' : 'no'},${d.real(-1.7, 1.7)},7,${i % 3 === 0 ? 1 : 0}`;
  });
  return new TextEncoder().encode(`income,level,owner,z,k,label\n${lines.join('\n')}\n`);
}

const columns = [
  { name: 'income', steps: [{ impute: 'median', value: 50_000 }] },
  { name: 'income', steps: [{ missing: true }] },
  { name: 'level', steps: [{ ordinal: ['low', 'middle', 'high'] }] },
  { name: 'owner', steps: [{ map: { yes: 1, no: 0 } }] },
  { name: 'z', steps: [] },
  { name: 'k', steps: [{ minMax: { min: 0, max: 10 } }] },
  { name: 'level', steps: [{ oneHot: { categories: ['low', 'high'] } }], width: 2 },
];
const teacher = parsePreprocessing(
  { columns: columns.map((column, offset) => ({ ...column, offset })), encodedWidth: 8 },
  'p',
);

const dense = (matrix: Matrix | StoredMatrix): Float32Array =>
  denseRows(isInMemory(matrix) ? matrix : matrixRows(matrix).read(0, matrix.rows), 0, matrix.rows);
const inputsOf = ({ features, teacherInputs }: AnyDataset): Float32Array[] =>
  [features, teacherInputs as Matrix].map(dense);

test('incomes, codes and ranges are standardised for the student; the teacher gets its own encoding', async () => {
  const table = await readCsv(csv(3000), { target: 'label' });
  const parts = split(table);
  const { train, test: held } = await encodeParts(table, parts, teacher);
  const steps = train.preprocessing.columns.map((column) => (column.kind === 'steps' ? column.steps : []));
  const added = steps.map((list, i) => list.slice(columns[i]?.steps.length).map((step) => Object.keys(step)[0]));
  expect(added).toEqual([
    ['symlog', 'standardise', 'clip'],
    [],
    ['standardise', 'clip'],
    [],
    [],
    ['standardise', 'clip'],
    [],
  ]);
  const width = 8;
  const [features, inputs] = inputsOf(train) as [Float32Array, Float32Array];
  const column = (x: Float32Array, j: number): number[] => [...x.filter((_, i) => i % width === j)];
  for (const j of [0, 2]) {
    const values = column(features, j);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(Math.abs(values.reduce((sum, x) => sum + x * x, 0) / values.length - 1)).toBeLessThan(1e-5);
  }
  expect(column(features, 5).every((x) => Math.abs(x) < 1e-6)).toBe(true); // constant
  expect(new Set(column(inputs, 2))).toEqual(new Set([0, 1, 2]));
  expect(Math.max(...column(inputs, 0))).toBeGreaterThan(1e6);
  for (const j of [1, 3, 4, 6, 7]) expect(column(features, j)).toEqual(column(inputs, j));
  expect(held.preprocessing).toEqual(train.preprocessing);
  // only the training rows count
  expect(standardiseSteps(table, teacher, parts.test)).not.toEqual(train.preprocessing);
});

test('a table in a file gives the same numbers, for the teacher and for the student', async () => {
  const table = await readCsv(csv(ROWS), { target: 'label' });
  using stored = await storeTable(csv(ROWS), { target: 'label' });
  const inMemory = await encodeParts(table, split(table), teacher);
  using inFiles = await encodeParts(stored, split(stored), teacher);
  for (const part of ['train', 'validation', 'test'] as const) {
    expect(inFiles[part].preprocessing).toEqual(inMemory[part].preprocessing);
    expect(inputsOf(inFiles[part])).toEqual(inputsOf(inMemory[part]));
    expect(inFiles[part].labels).toEqual(inMemory[part].labels);
  }
});

test('where nothing is added, both share one matrix', async () => {
  const plain: Preprocessing = {
    clip: 10,
    columns: [{ name: 'income', kind: 'numeric', transform: 'none', mean: 1, std: 2, offset: 0, width: 1 }],
    encodedWidth: 1,
  };
  const table = await readCsv(csv(300), { target: 'label' });
  const standardised = parsePreprocessing({ columns: [{ name: 'z', steps: [], offset: 0 }], encodedWidth: 1 }, 'p');
  for (const preprocessing of [plain, standardised]) {
    const { train } = await encodeParts(table, split(table), preprocessing);
    expect(train.teacherInputs).toBe(train.features);
    expect(train.preprocessing).toEqual(preprocessing);
    expect(standardiseSteps(table, preprocessing, split(table).train)).toBe(preprocessing);
  }
});

test('a missing number without impute is refused with its row', async () => {
  const table = await readCsv(csv(300), { target: 'label' });
  const p = parsePreprocessing({ columns: [{ name: 'income', steps: [], offset: 0 }], encodedWidth: 1 }, 'p');
  await expect(encodeParts(table, split(table), p)).rejects.toThrow(
    /column "income", row \d+: the value is missing, and no step imputes it; give the column an impute step/,
  );
});
