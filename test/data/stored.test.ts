// Rows in files give the same table, numbers and student as rows in memory, bit for bit.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { countMissing } from '../../src/data/count-missing.ts';
import type { StoredDataset } from '../../src/data/dataset.ts';
import { type Dataset, selectRows } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { distill } from '../../src/distill.ts';
import { infuse } from '../../src/labels/knowledge-infusion.ts';
import { debiasedDistillation } from '../../src/loss/debiased-distillation.ts';
import { hardLabels, weightedSoftLabels } from '../../src/loss/distillation.ts';
import { groupRows } from '../../src/metrics/groups.ts';
import { measureDistillation } from '../../src/report/measure.ts';
import { fit as train } from '../../src/student/fit.ts';
import { debiasedSelection } from '../../src/student/selection.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { debkd, temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

/** Rows of numbers, skewed numbers with missing values, a category and a label; enough for several chunks and shuffle blocks. */
function rowsOf(rows: number): string[] {
  const d = dice(5);
  const names = ['red', 'green', 'blue', 'a "quoted", one', ''];
  return Array.from({ length: rows }, (_, i) => {
    const [x, y] = [d.real(-2, 2), d.real(-2, 2)];
    const amount = d.below(20) === 0 ? 'NA' : String(Math.floor(10 ** d.real(0, 8)));
    const colour = names[d.below(5)] as string;
    const label = i % 7 === 3 ? '' : x - 0.5 * y + (colour === 'red' ? 1 : 0) + d.real(-1, 1) > 0 ? 'yes' : 'no';
    return [
      x.toFixed(6),
      y.toFixed(6),
      amount,
      colour.includes('"') ? `"${colour.replaceAll('"', '""')}"` : colour,
      label,
    ].join(',');
  });
}
const HEADER = 'x,y,amount,colour,label\n';
const ROWS = 150000;
const folder = temporary();
const path = join(folder, 'rows.csv');
writeFileSync(path, `${HEADER}${rowsOf(ROWS).join('\n')}\n`);
const options = { target: 'label' };
const table = await readTable(path, options);
const stored = await storeTable(path, { ...options, folder });
const parts = split(table);

const sameRows = (inMemory: Dataset, inFile: StoredDataset): void => {
  expect([inFile.rows, inFile.preprocessing]).toEqual([inMemory.rows, inMemory.preprocessing]);
  expect(inFile.labels).toEqual(inMemory.labels);
  expect(inFile.folds).toEqual(inMemory.folds);
  expect(inFile.features.read(0, inFile.rows).data).toEqual(inMemory.features.data);
};

test('the table has the same labels, hashes, parts, missing values, groups and preprocessing; no file is left in the folder', () => {
  expect([stored.rows, stored.target, stored.columns]).toEqual([
    table.rows,
    table.target,
    table.columns.map((c) => c.name),
  ]);
  expect(stored.labels).toEqual(table.labels);
  expect(stored.hashes).toEqual(table.hashes);
  expect(split(stored)).toEqual(parts);
  expect(countMissing(stored)).toEqual(countMissing(table));
  expect(groupRows(stored, 'colour', parts.test)).toEqual(groupRows(table, 'colour', parts.test));
  const rows = parts.train;
  const inMemory = fitPreprocessing(table, { rows });
  expect(fitPreprocessing(stored, { rows })).toEqual(inMemory);
  expect(inMemory.columns.map((c) => (c.kind === 'numeric' ? c.transform : c.width))).toEqual([
    'none',
    'none',
    'symlog',
    5,
  ]);
  expect(readdirSync(folder)).toEqual(['rows.csv']);
});

test.each(['csv.gz', 'ndjson', 'parquet'])('%s gives the same table', async (format) => {
  const list = rowsOf(40000)
    .map((line) => line.split(','))
    .filter((cells) => cells.length === 5);
  const records = list.map(([x, y, amount, colour, label]) => ({
    x: Number(x),
    y: Number(y),
    amount,
    colour,
    label: label || null,
  }));
  const column = (name: 'x' | 'y' | 'amount' | 'colour' | 'label') => ({
    name,
    data: records.map((row) => row[name]),
    nullable: true,
  });
  const content = {
    'csv.gz': () => gzipSync(`${HEADER}${list.map((cells) => cells.join(',')).join('\n')}`),
    ndjson: () => records.map((row) => JSON.stringify(row)).join('\n'),
    parquet: () =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: (['x', 'y', 'amount', 'colour', 'label'] as const).map(column),
          rowGroupSize: 15000,
        }),
      ),
  }[format] as () => Uint8Array | string;
  const file = join(temporary(), `rows.${format}`);
  writeFileSync(file, content());
  const inMemory = await readTable(file, options);
  using inFile = await storeTable(file, options);
  expect([inFile.rows, inFile.hashes, inFile.labels]).toEqual([inMemory.rows, inMemory.hashes, inMemory.labels]);
  const { train } = split(inMemory);
  expect(fitPreprocessing(inFile, { rows: train })).toEqual(fitPreprocessing(inMemory, { rows: train }));
});

test('encoded rows, margins from raw columns and students of every loss are the same, bit for bit', async () => {
  // only numeric columns, for a teacher that takes raw columns
  const plain = { ...options, drop: ['colour', 'amount'] };
  const [inMemory, inFile] = [await readTable(path, plain), await storeTable(path, plain)];
  using teacher = await loadTeacher(tinyOnnx({ weights: [1.5, -0.5] }));
  const ofMemory = await encodeParts(inMemory, parts, undefined);
  using ofFile = await encodeParts(inFile, parts, undefined);
  for (const part of ['train', 'validation', 'test'] as const) sameRows(ofMemory[part], ofFile[part]);
  const rows = Uint32Array.of(70001, 3, 16384, 16383);
  const [some, others] = [selectRows(ofMemory.train, rows), selectRows(ofFile.train, rows)];
  expect([others.features, others.labels, others.folds]).toEqual([some.features, some.labels, some.folds]);
  expect(await teacher.margins(others.teacherInputs)).toEqual(await teacher.margins(some.teacherInputs));
  const soft = await softLabels(teacher, ofMemory.train);
  expect(await softLabels(teacher, ofFile.train)).toEqual(soft);
  const targets = infuse(soft, ofMemory.train, { form: 'mix', strength: 0.3 });
  const { margins } = await softLabels(teacher, ofMemory.validation);
  const weights = Float64Array.from(ofMemory.train.labels, (y) => (y > 0 ? 2 : 1));
  for (const loss of [
    debiasedDistillation({ temperature: 2, alpha: 0.7 }),
    hardLabels(),
    weightedSoftLabels({ temperature: 1, alpha: 0.5 }),
  ]) {
    // the batch size does not divide a shuffle block; dropout depends on a row's position in the epoch
    const common = { seed: 3, epochs: 2, batchSize: 100, dropout: 0.2, weights };
    const one = await train({ hidden: [6] }, ofMemory.train, targets, loss, {
      ...common,
      validation: debiasedSelection(ofMemory.validation, margins),
    });
    const other = await train({ hidden: [6] }, ofFile.train, targets, loss, {
      ...common,
      validation: debiasedSelection(ofFile.validation, margins),
    });
    expect(other.parameters).toEqual(one.parameters);
    expect(other.training).toEqual(one.training);
    expect(other.predictProba(ofFile.test)).toEqual(one.predictProba(ofMemory.test));
  }
});

test('a distillation and its record are the same, with more rows than the debiasing maps are fitted on', async () => {
  const plain = { ...options, drop: ['colour', 'amount'] };
  const [inMemory, inFile] = [await readTable(path, plain), await storeTable(path, plain)];
  using teacher = await loadTeacher(tinyOnnx({ weights: [2.5, -1.5] }));
  const run = async (data: Record<'train' | 'validation' | 'test', Dataset | StoredDataset>) => {
    const { train, validation } = data;
    const done = await distill({
      teacher,
      train,
      validation,
      student: { hidden: [4] },
      epochs: 1,
      seed: 1,
      debias: 'platt',
    });
    const { result } = await measureDistillation(done, teacher, { data, missing: [] });
    return { bytes: encodeStudent(done.student), result: { ...result, timing: undefined }, debiased: done.debiased };
  };
  const ofMemory = await run(await encodeParts(inMemory, parts, undefined));
  expect(ofMemory.result.warnings.filter((warning) => /fault/.test(warning))).toEqual([]);
  expect(await run(await encodeParts(inFile, parts, undefined))).toEqual(ofMemory);
});

test('the command line: --temp-dir gives the record of a run in memory, and errors name the same row', () => {
  const cwd = temporary();
  writeFileSync(join(cwd, 'rows.csv'), `${HEADER}${rowsOf(20000).join('\n')}\n`);
  writeFileSync(join(cwd, 'teacher.onnx'), tinyOnnx({ weights: [2.5, -1.5] }));
  const args = [
    'distill',
    '--teacher',
    'teacher.onnx',
    '--data',
    'rows.csv',
    '--drop',
    'colour,amount',
    '--epochs',
    '1',
    '--json',
    '--groups',
    'colour',
  ];
  const [ofMemory, ofFile] = [args, [...args, '--temp-dir', '.']].map((list) => debkd(list, { cwd }));
  expect([ofMemory?.status, ofFile?.status]).toEqual([0, 0]);
  const record = (stdout = '') => ({ ...JSON.parse(stdout), timing: undefined, command: undefined });
  expect(record(ofFile?.stdout)).toEqual(record(ofMemory?.stdout));
  expect(readdirSync(cwd).sort()).toEqual(['rows.csv', 'teacher.onnx']);
  writeFileSync(
    join(cwd, 'odd.csv'),
    `x,y,label\n${rowsOf(18000)
      .map((line) =>
        line
          .split(',')
          .filter((_, j) => [0, 1].includes(j))
          .join(','),
      )
      .map((line, i) => `${line},${i % 2}`)
      .join('\n')}\n5,oops,1\n`,
  );
  const odd = args
    .map((arg) => (arg === 'rows.csv' ? 'odd.csv' : arg))
    .filter((arg) => !['--drop', 'colour,amount', '--groups', 'colour'].includes(arg));
  for (const list of [odd, [...odd, '--temp-dir', '.']]) {
    const { status, stderr } = debkd(list, { cwd });
    expect([status, stderr.split('\n').at(-2)]).toEqual([
      2,
      expect.stringMatching(/row 18001: "oops" (is text in a numeric column|cannot go into the teacher)/),
    ]);
  }
  const nowhere = debkd([...args, '--temp-dir', 'nowhere'], { cwd });
  expect([nowhere.status, nowhere.stderr]).toEqual([
    2,
    expect.stringMatching(/"nowhere": cannot be written \(there is no such folder\)/),
  ]);
});
