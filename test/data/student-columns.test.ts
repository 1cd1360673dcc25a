// The student's columns: what `features` and `exclude` give it, while the teacher takes what it takes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Dataset, encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { denseRows, type Matrix } from '../../src/data/matrix.ts';
import { encodeParts } from '../../src/data/parts.ts';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { readTable } from '../../src/data/read-table.ts';
import { selectColumns } from '../../src/data/select-columns.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table } from '../../src/data/table.ts';
import { distill } from '../../src/distill.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { teacherColumns } from '../../src/teacher/binding.ts';
import { modelColumns, withheldColumns } from '../../src/teacher/model-columns.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

const PARTS = ['train', 'validation', 'test'] as const;
const d = dice(4);
const HEADER = 'age,sex,colour,income,label';
const lines = Array.from({ length: 20000 }, () => {
  const [age, sex] = [18 + d.below(60), ['f', 'm', ''][d.below(3)]];
  return `${age},${sex},${['red', 'green', 'blue'][d.below(3)]},${Math.floor(10 ** d.real(2, 6))},${d.below(60) < age - 18 ? 1 : 0}`;
});
const folder = temporary();
const path = join(folder, 'rows.csv');
writeFileSync(path, `${HEADER}\n${lines.join('\n')}\n`);
const options = { target: 'label' };
const table = await readTable(path, options);
const stored = await storeTable(path, { ...options, folder });
const parts = split(table);
const whole = fitPreprocessing(table, { rows: parts.train });
const names = ({ columns }: Preprocessing): string[] => columns.map(({ name }) => name);
const dense = (matrix: Matrix): Float32Array => denseRows(matrix, 0, matrix.rows);

/** The encoded columns of some raw columns. */
function denseColumns(matrix: Matrix, preprocessing: Preprocessing, wanted: readonly string[]): Float32Array {
  const all = dense(matrix);
  const places = preprocessing.columns
    .filter(({ name }) => wanted.includes(name))
    .flatMap(({ offset, width }) => Array.from({ length: width }, (_, k) => offset + k));
  return Float32Array.from({ length: matrix.rows * places.length }, (_, i) => {
    const row = Math.floor(i / places.length);
    return all[row * matrix.width + (places[i % places.length] as number)] as number;
  });
}

describe('without a preprocessing', () => {
  test('the student is fitted on the given columns, and the teacher takes all raw columns', async () => {
    const { train } = await encodeParts(table, parts, undefined, { exclude: ['sex', 'colour'] });
    const kept = await encodeParts(table, parts, undefined, { features: ['income', 'age'] });
    expect(kept.train).toEqual(train);
    expect(names(train.preprocessing)).toEqual(['age', 'income']);
    expect('columns' in train.teacherInputs && train.teacherInputs.columns.map(({ name }) => name)).toEqual(
      HEADER.split(',').slice(0, 4),
    );
    // as if the other columns were not there
    const dropped = await readTable(path, { ...options, drop: ['sex', 'colour'] });
    const alone = fitPreprocessing(dropped, { rows: parts.train });
    expect(train.preprocessing).toEqual(alone);
    expect(train.features).toEqual(encode(dropped, alone, { rows: parts.train }).features);
  });

  test('without a choice nothing changes', async () => {
    const plain = await encodeParts(table, parts, undefined);
    expect(plain.train.preprocessing).toEqual(whole);
    expect(await encodeParts(table, parts, undefined, { exclude: [] })).toEqual(plain);
    const shared = await encodeParts(table, parts, whole, { exclude: [] });
    expect(shared.train.teacherInputs).toBe(shared.train.features);
  });
});

describe('with a preprocessing', () => {
  test("the student's is the subset of the teacher's, whose matrix stays whole", async () => {
    const { train } = await encodeParts(table, parts, whole, { exclude: ['sex'] });
    const full = encode(table, whole, { rows: parts.train });
    expect(names(train.preprocessing)).toEqual(['age', 'colour', 'income']);
    expect(train.preprocessing.encodedWidth).toBe(5);
    expect(train.preprocessing.columns.map(({ offset }) => offset)).toEqual([0, 1, 4]);
    expect(train.teacherInputs).toEqual(full.features);
    expect(dense(train.features)).toEqual(denseColumns(full.features, whole, ['age', 'colour', 'income']));
  });

  test('a feature that it lacks is fitted on the training rows and appended', async () => {
    const teacher = selectColumns(whole, ['age', 'sex']) as Preprocessing;
    const { train, validation } = await encodeParts(table, parts, teacher, { features: ['income', 'age', 'colour'] });
    expect(names(train.preprocessing)).toEqual(['age', 'colour', 'income']);
    expect(dense(validation.features)).toEqual(
      denseColumns(encode(table, whole, { rows: parts.validation }).features, whole, ['age', 'colour', 'income']),
    );
    expect((train.teacherInputs as Matrix).width).toBe(teacher.encodedWidth);
    // none of its columns
    const other = await encodeParts(table, parts, teacher, { features: ['income'] });
    expect(names(other.train.preprocessing)).toEqual(['income']);
    // exclude adds no columns
    const less = await encodeParts(table, parts, teacher, { exclude: ['sex'] });
    expect(names(less.train.preprocessing)).toEqual(['age']);
  });

  test('columns that the teacher never takes may be excluded: both share one matrix', async () => {
    const teacher = selectColumns(whole, ['age', 'sex']) as Preprocessing;
    const { train } = await encodeParts(table, parts, teacher, { exclude: ['income'] });
    expect(train.teacherInputs).toBe(train.features);
  });

  test("appended columns take the preprocessing's spellings of a missing value", async () => {
    const text = lines.slice(0, 400).map((line, i) => (i % 10 === 0 ? line.replace(/,\d+,(\d)$/, ',-,$1') : line));
    const dashes = await readTable(new TextEncoder().encode(`${HEADER}\n${text.join('\n')}\n`), options);
    const { train } = split(dashes);
    const teacher: Preprocessing = { ...(selectColumns(whole, ['age']) as Preprocessing), missing: ['-'] };
    const encoded = await encodeParts(dashes, split(dashes), teacher, { features: ['age', 'income'] });
    expect(encoded.train.preprocessing.columns[1]?.kind).toBe('numeric');
    expect(encoded.train.rows).toBe(train.length);
    await expect(encodeParts(dashes, split(dashes), whole, { features: ['income'] })).rejects.toThrow(/"-" is text/);
  });

  test('columns are selected by name, whatever their kind and however many have it', () => {
    const column = (name: string, offset: number, width: number) => ({ name, kind: 'other', offset, width });
    const odd = {
      clip: 1,
      encodedWidth: 6,
      columns: [column('a', 0, 2), column('b', 2, 1), column('a', 3, 1), column('c', 4, 2)],
    } as unknown as Preprocessing;
    expect(selectColumns(odd, ['c', 'a'])).toEqual({
      clip: 1,
      encodedWidth: 5,
      columns: [column('a', 0, 2), column('a', 2, 1), column('c', 3, 2)],
    });
    expect(selectColumns(odd, ['x'])).toBeUndefined();
  });
});

test.each<[string, Preprocessing | undefined]>([
  ['raw columns', undefined],
  ['a preprocessing', whole],
])('a table in files gives the same matrices as in memory, for a teacher that takes %s', async (_, preprocessing) => {
  const choice = { exclude: ['sex', 'income'] };
  const memory = await encodeParts(table, parts, preprocessing, choice);
  using files = await encodeParts(stored, parts, preprocessing, choice);
  for (const part of PARTS) {
    const [a, b] = [memory[part], files[part]];
    expect(b.features.read(0, b.rows).data).toEqual(a.features.data);
    expect([b.preprocessing, b.labels, b.folds]).toEqual([a.preprocessing, a.labels, a.folds]);
    if ('data' in a.teacherInputs) {
      const matrix = b.teacherInputs as { read(from: number, to: number): Matrix };
      expect(matrix.read(0, b.rows).data).toEqual(a.teacherInputs.data);
      expect(b.teacherInputs).not.toBe(b.features);
    }
  }
});

test('the teacher gives the same margins, and the student is the one of a table without the column', async () => {
  const teacherOf = selectColumns(whole, ['age', 'income']) as Preprocessing;
  using teacher = await loadTeacher(tinyOnnx({ weights: [2, 0.5] }), { preprocessing: teacherOf });
  const all = await encodeParts(table, parts, teacherOf);
  const some = await encodeParts(table, parts, teacherOf, { exclude: ['income'] });
  const common = {
    student: { hidden: [4] },
    seed: 1,
    epochs: 2,
    debias: 'platt' as const,
    infusion: { form: 'mix' as const, strength: 0 },
  };
  const one = await distill({ ...common, teacher, train: some.train, validation: some.validation });
  const soft = await softLabels(teacher, all.train);
  expect(one.soft.train.margins).toEqual(soft.margins);
  expect(one.student.preprocessing.columns.map(({ name }) => name)).toEqual(['age']);
  using files = await encodeParts(stored, parts, teacherOf, { exclude: ['income'] });
  const other = await distill({ ...common, teacher, train: files.train, validation: files.validation });
  expect(encodeStudent(other.student)).toEqual(encodeStudent(one.student));
  expect(modelColumns(teacher, table, { preprocessing: teacherOf, student: one.student.preprocessing })).toEqual({
    teacher: ['age', 'income'],
    student: ['age'],
  });
  // records with and without the column
  const [with_, without] = [{ age: 40, income: 5 }, { age: 40 }];
  expect(one.student.predictRecord(with_)).toEqual(one.student.predictRecord(without));
});

test('a leak warning has the threshold of columns that the teacher does not take, where only the student takes it', async () => {
  const d = dice(9);
  const leaky = Array.from({ length: 3000 }, () => {
    const [x, label] = [d.real(-1, 1), d.below(2)];
    return `${x},${d.below(200) === 0 ? 1 - label : label},${label}`;
  });
  const data = await readTable(new TextEncoder().encode(`x,code,label\n${leaky.join('\n')}\n`), options);
  const fitted = fitPreprocessing(data, { rows: split(data).train });
  const common = { student: { hidden: [2] }, seed: 1, epochs: 2, debias: 'none' as const };
  const warningsOf = async (teacherOf: Preprocessing, weights: number[]): Promise<string[]> => {
    using teacher = await loadTeacher(tinyOnnx({ inputs: weights.length, weights }), { preprocessing: teacherOf });
    const { train, validation } = await encodeParts(data, split(data), teacherOf, { features: ['x', 'code'] });
    const { warnings } = await distill({ ...common, teacher, train, validation });
    return warnings.filter((text) => text.startsWith('column "code"'));
  };
  expect(await warningsOf(selectColumns(fitted, ['x']) as Preprocessing, [1])).toHaveLength(1);
  expect(await warningsOf(fitted, [1, 1])).toEqual([]);
});

describe('a teacher with named inputs, numbers and text', async () => {
  const place = new URL('../teacher/tiny/pipeline.csv', import.meta.url);
  const text = readFileSync(place, 'utf8').trim().split('\n');
  const header = text[0] as string;
  const columns = header.split(',').filter((name) => name !== 'label');
  // an identifier and a date that neither model takes, and a note that the student cannot learn from
  const rows = text.slice(1).map((line, i) => `${line},id-${i},2024-01-${String((i % 28) + 1).padStart(2, '0')} ${i}`);
  const wide = await readTable(new TextEncoder().encode(`${header},id,note\n${rows.join('\n')}\n`), {
    target: 'label',
  });

  test('columns withheld from the student still reach the teacher; others need not be dropped', async () => {
    using teacher = await loadTeacher(new URL('../teacher/tiny/pipeline.onnx', import.meta.url));
    const narrow = await readTable(place, { target: 'label' });
    const byHash = split(narrow);
    const all = encode(narrow, fitPreprocessing(narrow, { rows: byHash.train }), {
      rows: byHash.train,
      teacher: 'raw',
    });
    const expected = await softLabels(teacher, all);
    const [first, second] = columns as [string, string];
    const optional = teacherColumns(teacher, columns);
    const { train } = await encodeParts(wide, byHash, undefined, { optional, exclude: [first, 'id', 'note'] });
    expect((await softLabels(teacher, train)).margins).toEqual(expected.margins);
    expect(names(train.preprocessing)).toEqual(columns.filter((name) => name !== first));
    const only = await encodeParts(wide, byHash, undefined, { optional, features: [second] });
    expect((await softLabels(teacher, only.train)).margins).toEqual(expected.margins);
    expect(names(only.train.preprocessing)).toEqual([second]);
    expect(
      withheldColumns(modelColumns(teacher, wide, { preprocessing: undefined, student: only.train.preprocessing })),
    ).toEqual(optional.filter((name) => name !== second));
    // an identifier as a feature of the student is refused as before
    await expect(encodeParts(wide, byHash, undefined, { optional, features: ['id'] })).rejects.toThrow(
      /as identifiers have/,
    );
  });

  test('with a preprocessing, text that it does not list is no feature of anyone', async () => {
    const fitted = fitPreprocessing(await readTable(place, { target: 'label' }), { rows: split(wide).train });
    const { train } = await encodeParts(wide, split(wide), fitted, { exclude: [columns[0] as string] });
    expect(names(train.preprocessing)).toEqual(names(fitted).slice(1));
  });
});

test.each<[string, { features?: string[]; exclude?: string[] }, string]>([
  ['both', { features: ['age'], exclude: ['sex'] }, 'both the features and those to exclude are given'],
  ['a wrong name', { exclude: ['seks'] }, 'no column "seks" to exclude; did you mean "sex"?'],
  ['a wrong feature', { features: ['agee'] }, 'no column "agee" to give to the student; did you mean "age"?'],
  [
    'all',
    { exclude: ['age', 'sex', 'colour', 'income'] },
    'no column is left for the student, expected at least one of "age"',
  ],
  ['none', { features: [] }, 'no column is left for the student'],
  ['a text', { exclude: 'sex' as unknown as string[] }, 'columns of the student: "sex", expected a list of names'],
  ['the label', { features: ['label'] }, 'column "label" is the label, expected a feature'],
])('%s: refused', async (_, choice, message) => {
  await expect(encodeParts(table, parts, undefined, choice)).rejects.toThrow(message);
  await expect(encodeParts(table, parts, whole, choice)).rejects.toThrow(message);
});

test('a dropped column cannot be a feature; it and the label may be excluded, which changes nothing', async () => {
  const dropped: Table = await readTable(path, { ...options, drop: ['sex'] });
  await expect(encodeParts(dropped, parts, undefined, { features: ['sex'] })).rejects.toThrow(
    'column "sex" is dropped, expected a feature; leave out drop',
  );
  const excluded: Dataset = (await encodeParts(dropped, parts, undefined, { exclude: ['sex', 'label'] })).train;
  expect(excluded.preprocessing).toEqual((await encodeParts(dropped, parts, undefined)).train.preprocessing);
});
