// Row weights from a column: reading, errors, and the same datasets from tables in memory and in files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Dataset, encode, selectRows } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { type EncodeOptions, encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { matrixRows, teacherRows } from '../../src/data/row-source.ts';
import {
  checkPartWeights,
  effectiveRows,
  labelledMeanOne,
  meanOne,
  readWeights,
  summariseWeights,
} from '../../src/data/row-weights.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { AnyTable, TableOptions } from '../../src/data/table.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { dice } from '../random.ts';

const folder = mkdtempSync(join(tmpdir(), 'debkd-weights-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** More rows than a stored chunk. Rows 3 k and 3 k + 1 have equal features and different weights. */
const ROWS = 17000;
function bigFile(): string {
  const d = dice(1);
  const lines = ['age,w,job,label'];
  let features = '';
  for (let i = 0; i < ROWS; i++) {
    if (i % 3 !== 1) features = `${20 + d.below(4000) / 50},W,${['a', 'b', 'c'][d.below(3)]}`;
    lines.push(`${features.replace('W', String(d.below(50) / 10))},${d.below(2)}`);
  }
  const path = join(folder, 'big.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
const big = bigFile();

const csv = (text: string): Blob => new Blob([text]);
const rowsOf = (table: AnyTable): Uint32Array => Uint32Array.from({ length: table.rows }, (_, i) => i);

/** Everything of a dataset that later steps read. */
function contents(data: Awaited<ReturnType<typeof encodeParts>>['train']) {
  const { rows, labels, folds, weights, weightColumn, preprocessing } = data;
  const features = matrixRows(data.features).read(0, rows);
  const teacher = teacherRows(data.teacherInputs).read(0, 50);
  const columns = 'columns' in teacher ? teacher.columns.map(({ name }) => name) : [];
  return { rows, labels, folds, weights, weightColumn, preprocessing, words: [...features.data], columns };
}

test('a table in memory and one in a file give the same parts, and the column is no feature, whether dropped or not', async () => {
  const read = async (options: TableOptions, stored: boolean, encodeOptions: EncodeOptions) => {
    const table = stored
      ? await storeTable(big, { target: 'label', ...options })
      : await readTable(big, { target: 'label', ...options });
    // one split for all, because the hashes of a table that does not drop the weights differ
    const parts = split(await readTable(big, { target: 'label', drop: ['w'] }));
    const data = await encodeParts(table, parts, undefined, encodeOptions);
    return [data.train, data.validation, data.test].map(contents);
  };
  const wanted = await read({ weights: 'w' }, false, { weights: 'w' });
  expect(wanted[0]?.weights?.length).toBe(wanted[0]?.rows);
  expect(wanted[0]?.columns).toEqual(['age', 'job']);
  expect(wanted[0]?.preprocessing.columns.map(({ name }) => name)).toEqual(['age', 'job']);
  for (const options of [{ weights: 'w' }, { drop: ['w'] }, {}])
    for (const stored of [false, true]) expect(await read(options, stored, { weights: 'w' })).toEqual(wanted);
  // without weights the dataset has none, and is otherwise the same
  const [bare] = await read({ drop: ['w'] }, false, {});
  expect({ ...bare, weights: wanted[0]?.weights, weightColumn: 'w' }).toEqual(wanted[0]);
  expect(bare).not.toHaveProperty('weights', expect.anything());
});

test('weights named when reading give the split and the hashes of a dropped column', async () => {
  const [named, dropped] = [
    await readTable(big, { target: 'label', weights: 'w' }),
    await readTable(big, { target: 'label', drop: ['w'] }),
  ];
  expect(named).toEqual(dropped);
  using stored = await storeTable(big, { target: 'label', weights: 'w' });
  expect(stored.hashes).toEqual(named.hashes);
  expect(split(stored)).toEqual(split(dropped));
});

test('encode and selectRows give the weights of their rows', async () => {
  const table = await readTable(csv('x,w,label\n1,0.5,0\n2,3,1\n3,0,0\n4,1e2,1\n'), { target: 'label', weights: 'w' });
  const preprocessing = fitPreprocessing(table, { rows: rowsOf(table) });
  const data = encode(table, preprocessing, { rows: Uint32Array.of(3, 0, 1), weights: 'w' });
  expect(data.weights).toEqual(Float64Array.of(100, 0.5, 3));
  expect(data.weightColumn).toBe('w');
  expect(selectRows(data, Uint32Array.of(2, 2, 0)).weights).toEqual(Float64Array.of(3, 3, 100));
  expect(encode(table, preprocessing)).not.toHaveProperty('weights');
  expect(selectRows(encode(table, preprocessing), Uint32Array.of(1))).not.toHaveProperty('weights');
});

const refused = async (text: string, options: { read?: TableOptions; weights?: string } = {}): Promise<DebkdError> => {
  const attempt = async (): Promise<void> => {
    const table = await readTable(csv(text), { target: 'label', ...options.read });
    const parts = { train: rowsOf(table), validation: new Uint32Array(0), test: new Uint32Array(0) };
    await encodeParts(table, parts, undefined, { weights: options.weights ?? 'w' });
  };
  const error = await attempt().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DebkdError);
  return error as DebkdError;
};

test.each([
  ['-1', /row 2: "-1" is negative, expected a finite number from 0; correct it, or leave out weights/],
  ['heavy', /row 2: "heavy" is not a number/],
  ['inf', /row 2: "inf" is not a number|not finite/],
  ['1e999', /row 2: "1e999" is too large/],
  ['1e300', /row 2: "1e300" is too large, expected 0, or a number from 1e-100 to 1e100; correct it/],
  ['1e-300', /row 2: "1e-300" is too small/],
  [
    '',
    /row 2: it is empty, expected a finite number from 0; give the row a weight, 0 to ignore it, or leave out weights/,
  ],
  ['?', /row 2: "\?" counts as missing/],
  ['1,5', /./],
])('the weight %j is refused with its row', async (weight, message) => {
  const cell = weight.includes(',') ? `"${weight}"` : weight;
  const error = await refused(`x,w,label\n1,1,0\n2,${cell},1\n3,1,0\n`);
  expect(error.code).toBe('column');
  expect(error.message).toMatch(message);
  expect(error.message).toMatch(/weights "w", row 2/);
});

test('a weight in a file is refused with its row in the file', async () => {
  const lines = ['x,w,label', ...Array.from({ length: 17000 }, (_, i) => `${i},${i === 16999 ? -2 : 1},${i % 2}`)];
  const path = join(folder, 'bad.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  using table = await storeTable(path, { target: 'label', weights: 'w' });
  expect(() => readWeights(table, 'w', rowsOf(table))).toThrow(/row 17000: "-2" is negative/);
  // rows that are not used are not checked
  expect(readWeights(table, 'w', Uint32Array.of(0, 16500))).toEqual(Float64Array.of(1, 1));
});

test('weights of a part or a class that are all 0 are refused', async () => {
  const all = await refused('x,w,label\n1,0,0\n2,0,1\n3,0,0\n');
  expect(all).toMatchObject({ code: 'rows' });
  expect(all.message).toMatch(/weights "w", training part: all 3 rows have weight 0/);
  const one = await refused('x,w,label\n1,1,0\n2,0,1\n3,2,0\n4,0,1\n');
  expect(one.message).toMatch(/training part: all 2 rows of class 1 have weight 0, expected a weight above 0/);
  const table = await readTable(csv('x,w,label\n1,0,0\n2,1,1\n'), { target: 'label', weights: 'w' });
  const preprocessing = fitPreprocessing(table, { rows: rowsOf(table) });
  expect(() => encode(table, preprocessing, { weights: 'w' })).toThrow(/the only row of class 0 has weight 0/);
});

test('a column that is not there, that is the label, or that a model takes, is refused', async () => {
  const text = 'x,weight,label\n1,1,0\n2,2,1\n3,1,0\n';
  expect((await refused(text, { weights: 'wieght' })).message).toMatch(
    /no column "wieght" for the weights; did you mean "weight"/,
  );
  expect((await refused(text, { read: { weights: 'wieght' } })).message).toMatch(
    /no column "wieght" for the weights; did you mean "weight"/,
  );
  expect((await refused(text, { weights: 'label' })).message).toMatch(/weights "label": it is the label column/);
  expect((await refused(text, { read: { weights: 'label' } })).message).toMatch(
    /weights "label": it is the label column/,
  );
  expect((await refused('w,label\n1,0\n2,1\n')).message).toMatch(/no feature column is left besides the weights "w"/);
  const table = await readTable(csv(text), { target: 'label' });
  const preprocessing = fitPreprocessing(table, { rows: rowsOf(table) });
  const seen = /weights "weight": the preprocessing has this column as a feature/;
  expect(() => encode(table, preprocessing, { weights: 'weight' })).toThrow(seen);
  const parts = { train: rowsOf(table), validation: rowsOf(table), test: rowsOf(table) };
  await expect(encodeParts(table, parts, preprocessing, { weights: 'weight' })).rejects.toThrow(seen);
});

test('means, effective sample sizes and summaries', () => {
  expect(meanOne(Float64Array.of(1, 2, 3))).toEqual(Float64Array.of(0.5, 1, 1.5));
  expect(meanOne(new Float64Array(7).fill(0.1))).toEqual(new Float64Array(7).fill(1));
  expect(() => meanOne(new Float64Array(3))).toThrow(/all 3 weights are 0/);
  expect(labelledMeanOne(Float64Array.of(2, 100, 6), Int8Array.of(1, -1, 0))).toEqual(Float64Array.of(0.5, 25, 1.5));
  expect(effectiveRows([1, 1, 1])).toBe(3);
  expect(effectiveRows([1, 1, 0])).toBe(2);
  expect(effectiveRows([3, 1])).toBe(1.6);
  expect(effectiveRows([])).toBe(0);
  expect(summariseWeights(Float64Array.of(3, 1))).toEqual({ sum: 4, smallest: 1, largest: 3, effectiveRows: 1.6 });
  expect(summariseWeights(new Float64Array(0))).toEqual({ sum: 0, smallest: 0, largest: 0, effectiveRows: 0 });
});

test('parts of a run have weights in all parts or in none, one for each row', () => {
  const part = (weights?: number[]): Pick<Dataset, 'rows' | 'labels'> & { weights?: Float64Array } => ({
    rows: 2,
    labels: Int8Array.of(0, 1),
    ...(weights && { weights: Float64Array.from(weights) }),
  });
  expect(() => checkPartWeights({ train: part([1, 2]), validation: part([3, 1]) })).not.toThrow();
  expect(() => checkPartWeights({ train: part(), validation: part() })).not.toThrow();
  expect(() => checkPartWeights({ train: part([1, 2]), validation: part() })).toThrow(
    /train has weights, and validation has none/,
  );
  expect(() => checkPartWeights({ train: part([1, 2, 3]) })).toThrow(/3 weights for 2 rows/);
  expect(() => checkPartWeights({ train: part([1, -2]) })).toThrow(/the weight of row 2 is -2/);
  expect(() => checkPartWeights({ train: part([1, 0]) })).toThrow(/the only row of class 1 has weight 0/);
});
