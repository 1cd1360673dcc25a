// Rows in files: the same table, the same numbers, the same student as in memory, to the bit.
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
import { measureDistilled } from '../../src/report/measure.ts';
import { fit as train } from '../../src/student/fit.ts';
import { debiasedSelection } from '../../src/student/selection.ts';
import { encodeStudent } from '../../src/student/student-file.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { debkd, temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

/** Numbers, skewed numbers with missing ones, a category, a label; so many that pieces, and blocks of the order, are several. */
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

const sameRows = (there: Dataset, here: StoredDataset): void => {
  expect([here.rows, here.preprocessing]).toEqual([there.rows, there.preprocessing]);
  expect(here.labels).toEqual(there.labels);
  expect(here.folds).toEqual(there.folds);
  expect(here.features.read(0, here.rows).data).toEqual(there.features.data);
};

test('the table: labels, hashes, parts, missing values, groups, preprocessing; and no file is left in the folder', () => {
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
  const there = fitPreprocessing(table, { rows });
  expect(fitPreprocessing(stored, { rows })).toEqual(there);
  expect(there.columns.map((c) => (c.kind === 'numeric' ? c.transform : c.width))).toEqual([
    'none',
    'none',
    'symlog',
    5,
  ]);
  expect(readdirSync(folder)).toEqual(['rows.csv']);
});

test.each(['csv.gz', 'ndjson', 'parquet'])('from %s: the same table', async (format) => {
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
  const there = await readTable(file, options);
  using here = await storeTable(file, options);
  expect([here.rows, here.hashes, here.labels]).toEqual([there.rows, there.hashes, there.labels]);
  const { train } = split(there);
  expect(fitPreprocessing(here, { rows: train })).toEqual(fitPreprocessing(there, { rows: train }));
});

test('encoded rows, the teacher on raw columns, students of every loss: the same to the bit', async () => {
  // a part of the rows without text, for a teacher that takes the columns as they are
  const plain = { ...options, drop: ['colour', 'amount'] };
  const [there, here] = [await readTable(path, plain), await storeTable(path, plain)];
  using teacher = await loadTeacher(tinyOnnx({ weights: [1.5, -0.5] }));
  const mine = await encodeParts(there, parts, undefined);
  using theirs = await encodeParts(here, parts, undefined);
  for (const part of ['train', 'validation', 'test'] as const) sameRows(mine[part], theirs[part]);
  const rows = Uint32Array.of(70001, 3, 16384, 16383);
  const [some, others] = [selectRows(mine.train, rows), selectRows(theirs.train, rows)];
  expect([others.features, others.labels, others.folds]).toEqual([some.features, some.labels, some.folds]);
  expect(await teacher.margins(others.teacherInputs)).toEqual(await teacher.margins(some.teacherInputs));
  const soft = await softLabels(teacher, mine.train);
  expect(await softLabels(teacher, theirs.train)).toEqual(soft);
  const targets = infuse(soft, mine.train, { form: 'mix', strength: 0.3 });
  const { margins } = await softLabels(teacher, mine.validation);
  const weights = Float64Array.from(mine.train.labels, (y) => (y > 0 ? 2 : 1));
  for (const loss of [
    debiasedDistillation({ temperature: 2, alpha: 0.7 }),
    hardLabels(),
    weightedSoftLabels({ temperature: 1, alpha: 0.5 }),
  ]) {
    // a batch that does not divide a block of the order, and dropout, which depends on a row's place in the epoch
    const common = { seed: 3, epochs: 2, batchSize: 100, dropout: 0.2, weights };
    const one = await train({ hidden: [6] }, mine.train, targets, loss, {
      ...common,
      validation: debiasedSelection(mine.validation, margins),
    });
    const other = await train({ hidden: [6] }, theirs.train, targets, loss, {
      ...common,
      validation: debiasedSelection(theirs.validation, margins),
    });
    expect(other.parameters).toEqual(one.parameters);
    expect(other.training).toEqual(one.training);
    expect(other.predictProba(theirs.test)).toEqual(one.predictProba(mine.test));
  }
});

test('a whole distillation and its record, beyond the rows that maps are fitted on', async () => {
  const plain = { ...options, drop: ['colour', 'amount'] };
  const [there, here] = [await readTable(path, plain), await storeTable(path, plain)];
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
    const { result } = await measureDistilled(done, teacher, { data, missing: [] });
    return { bytes: encodeStudent(done.student), result: { ...result, timing: undefined }, debiased: done.debiased };
  };
  const mine = await run(await encodeParts(there, parts, undefined));
  expect(mine.result.warnings.filter((warning) => /fault/.test(warning))).toEqual([]);
  expect(await run(await encodeParts(here, parts, undefined))).toEqual(mine);
});

test('the command line: --temp-dir gives the bytes of a run in memory, and an error its row', () => {
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
  const [mine, theirs] = [args, [...args, '--temp-dir', '.']].map((list) => debkd(list, { cwd }));
  expect([mine?.status, theirs?.status]).toEqual([0, 0]);
  const record = (stdout = '') => ({ ...JSON.parse(stdout), timing: undefined, command: undefined });
  expect(record(theirs?.stdout)).toEqual(record(mine?.stdout));
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
    expect.stringMatching(/"nowhere": cannot be written \(ENOENT\)/),
  ]);
});
