// Texts in files give the same rows, choices and students as texts in memory, bit for bit.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { concatRows, type Dataset, encode, type StoredDataset, selectRows } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { fitText } from '../../src/data/fit-text.ts';
import { keepRows } from '../../src/data/keep-rows.ts';
import { denseRows, type Matrix, type StoredMatrix } from '../../src/data/matrix.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { matrixRows } from '../../src/data/row-source.ts';
import { withColumns } from '../../src/data/select-columns.ts';
import { split } from '../../src/data/split.ts';
import { encodeToFiles } from '../../src/data/stored-dataset.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { dispose } from '../../src/io/dispose.ts';
import { debiasParts } from '../../src/labels/debias-parts.ts';
import { distillation } from '../../src/loss/distillation.ts';
import { fit as train } from '../../src/student/fit.ts';
import { textEntries } from '../../src/student/placed-rows.ts';
import { debiasedSelection } from '../../src/student/selection.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { chooseTextWeights } from '../../src/student/text-weights.ts';
import { temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { weighByRarity, withWeights } from '../text-idf.ts';
import { textCsv, textRows } from '../texts.ts';

const folder = temporary();
const options = { target: 'label', positive: 'yes', drop: ['p'] };
// some of the texts are empty or repeat
const rows = textRows(68000).map((row, i) =>
  i % 16 === 0 ? { ...row, note: '' } : i % 16 === 1 ? { ...row, note: 'the same words in many rows' } : row,
);
const path = join(folder, 'texts.csv');
writeFileSync(path, textCsv(rows));
const table = await readTable(path, options);
const stored = await storeTable(path, { ...options, folder });
const range = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i);
// the training part is larger than a shuffle block of 65,536 rows; few n-grams keep the fits short
const parts = { train: range(500, 67000), validation: range(67000, 68000), test: range(0, 500) };
const form = { buckets: 1024, words: [1, 2], characters: [0, 0] } as const;
const plain = fitPreprocessing(table, { rows: range(0, 20000) });
const preprocessing = withColumns(
  plain,
  plain.columns.map((column) =>
    column.kind === 'text' ? { ...fitText(table, 'note', { rows: range(0, 20000), form }), offset: 0 } : column,
  ),
);
const part = (list: Uint32Array): Dataset => encode(table, preprocessing, { rows: list });
const memory = { train: part(parts.train), validation: part(parts.validation), test: part(parts.test) };
const file = await encodeToFiles(stored, parts, preprocessing, { teachers: [preprocessing] });
afterAll(() => {
  for (const one of [file, stored]) one[dispose]();
});

/** The teacher's margins of some rows. */
const marginsOf = ({ rowNumbers }: Pick<Dataset, 'rowNumbers'>): Float64Array =>
  Float64Array.from(rowNumbers as Uint32Array, (row) => {
    const { p } = rows[row] as (typeof rows)[number];
    return Math.log(p / (1 - p));
  });
const dense = (matrix: Matrix): Float32Array => denseRows(matrix, 0, matrix.rows);

test('blocks have the texts of their rows, and entries counts their columns', () => {
  const [one, other] = [memory.train.features, file.train.features];
  expect(fitPreprocessing(stored, { rows: range(0, 20000) })).toEqual(plain);
  expect(preprocessing.columns.map(({ kind }) => kind)).toEqual(['text', 'numeric', 'categorical']);
  for (const [from, to] of [
    [0, 300],
    [16300, 16500],
    [66499, 66500],
    [5, 5],
  ] as const) {
    const [rowsOfOne, rowsOfOther] = [matrixRows(one).read(from, to), other.read(from, to)];
    expect(dense(rowsOfOther)).toEqual(dense(rowsOfOne));
    expect(other.entries?.(from, to)).toBe(textEntries(rowsOfOne));
    expect(textEntries(rowsOfOther)).toBe(textEntries(rowsOfOne));
    const unseen = ({ texts, data, fields }: Matrix): number[] =>
      Array.from({ length: to - from }, (_, i) => texts?.unseen[data[i * fields] as number] as number);
    expect(unseen(rowsOfOther)).toEqual(unseen(rowsOfOne));
  }
});

test('rows are selected in any order, twice, and through views; weights by rarity apply to all of them', () => {
  const d = dice(3);
  const [one, other] = [memory.train, file.train];
  const chosen = Uint32Array.from({ length: 60 }, () => d.below(other.rows));
  chosen[7] = chosen[3] as number;
  expect(dense(selectRows(other, chosen).features)).toEqual(dense(selectRows(one, chosen).features));
  const ascending = chosen.slice().sort((a, b) => a - b);
  const view = keepRows(other, ascending).features as StoredMatrix;
  const expected = selectRows(one, ascending).features;
  expect(dense(view.read(0, 60))).toEqual(dense(expected));
  expect([view.entries?.(0, 60), view.entries?.(10, 11)]).toEqual([
    textEntries(expected),
    textEntries(selectRows(one, ascending.subarray(10, 11)).features),
  ]);
  const rarity = weighByRarity(one);
  expect(weighByRarity(other)).toEqual(rarity);
  const [a, b] = [withWeights(one, rarity), withWeights(other, rarity)];
  const weighed = dense(selectRows(a, chosen).features);
  expect(dense(selectRows(b, chosen).features)).toEqual(weighed);
  expect(weighed).not.toEqual(dense(selectRows(one, chosen).features));
  const two = (data: typeof a): Matrix => concatRows(selectRows(data, chosen), selectRows(data, ascending)).features;
  expect(dense(two(b))).toEqual(dense(two(a)));
});

test('columns above 65,536 keep their numbers', async () => {
  const some = range(0, 20000);
  const column = { ...fitText(table, 'note', { rows: range(0, 100), form }), offset: 2 ** 16 };
  const wide = { clip: 10, columns: [column], encodedWidth: column.offset + column.width };
  const all = { train: some, validation: range(20000, 20001), test: range(20001, 20002) };
  using encoded = await encodeToFiles(stored, all, wide, { teachers: [wide] });
  const picked = Uint32Array.of(1, 17000, 19999);
  const [one, other] = [matrixRows(encode(table, wide, { rows: some }).features), matrixRows(encoded.train.features)];
  expect(dense(other.select(picked))).toEqual(dense(one.select(picked)));
});

test.each([
  { hidden: [], weights: 'equal' },
  { hidden: [8], weights: 'equal' },
  { hidden: [], weights: 'rarity' },
  { hidden: [8], weights: 'rarity' },
])('students with $hidden and $weights weights are the same', async ({ hidden, weights }) => {
  const students = [];
  for (const given of [memory, file]) {
    const rarity = weights === 'rarity' ? weighByRarity(given.train) : undefined;
    const [training, validation, test] = [given.train, given.validation, given.test].map((part) =>
      rarity ? withWeights(part, rarity) : part,
    ) as [Dataset, Dataset, Dataset];
    const student = await train({ hidden }, training, { margins: marginsOf(training) }, distillation(), {
      ...{ seed: 2, batchSize: 100, dropout: hidden.length > 0 ? 0.1 : 0 },
      ...(hidden.length > 0 && { epochs: 2 }),
      validation: debiasedSelection(validation, marginsOf(validation)),
    });
    students.push({
      bytes: encodeStudent(student),
      training: student.training,
      answers: student.predictProba(test),
    });
  }
  expect(students[1]).toEqual(students[0]);
});

test('the choice of weights, and de-biasing with groups, are the same', async () => {
  const few = join(folder, 'few.csv');
  writeFileSync(few, textCsv(rows.slice(0, 2000)));
  const [small, smallFile] = [await readTable(few, options), await storeTable(few, { ...options, folder })];
  const inMemory = await encodeParts(small, split(small), undefined, { groups: ['town'] });
  using inFile = await encodeParts(smallFile, split(small), undefined, { groups: ['town'] });
  expect(inFile.train.groups).toEqual(inMemory.train.groups);
  expect(inFile.train.groups?.preprocessing.columns.map(({ name }) => name)).toEqual(['town']);
  expect(inFile.train.preprocessing.columns.map(({ name }) => name)).toEqual(['note', 'age']);
  const run = async ({ train, validation }: Record<'train' | 'validation', Dataset | StoredDataset>) => {
    const margins = { train: marginsOf(train), validation: marginsOf(validation) };
    const { textWeights } = await chooseTextWeights({ train, validation }, margins);
    const debiased = await debiasParts(
      { data: train, margins: margins.train },
      { data: validation, margins: margins.validation },
      { method: 'auto' },
    );
    return { textWeights, debiased };
  };
  expect(await run(inFile)).toEqual(await run(inMemory));
  smallFile[dispose]();
});
