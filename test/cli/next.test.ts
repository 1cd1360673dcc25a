// debkd next: which rows to label, from a teacher, from soft labels and from a student.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { mixedPreprocessing, randomTextStudent } from '../text-students.ts';
import { numberedPng } from '../tiny-image.ts';
import { debkd, modelPath, temporary, WDBC } from './run.ts';

const folder = temporary();
const [header = '', ...lines] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
const labelAt = header.split(',').indexOf('label');

/** Writes the rows with an id and a site, and the labels that are kept. */
function tableOf(name: string, keeps: (i: number, label: string) => boolean, withLabel = true): string {
  const path = join(folder, name);
  const cells = lines.map((line, i) => {
    const fields = line.split(',');
    if (!keeps(i, fields[labelAt] as string)) fields[labelAt] = '';
    if (!withLabel) fields.splice(labelAt, 1);
    return [`r${i + 1}`, i % 7 === 0 ? 'north' : 'south', ...fields].join(',');
  });
  const names = header.split(',').filter((one) => withLabel || one !== 'label');
  writeFileSync(path, `${['id', 'site', ...names].join(',')}\n${cells.join('\n')}\n`);
  return path;
}

const some = tableOf('some.csv', (i) => i % 10 === 0);
const drop = ['--drop', 'id,site'];
const teacher = [
  '--teacher',
  modelPath('wdbc-mlp-biased/teacher.onnx'),
  '--preprocessing',
  modelPath('wdbc/preprocessing.json'),
];
const next = (...args: readonly string[]) => debkd(['next', ...args]);
const student = join(folder, 'student');
debkd(['distill', ...WDBC, '--out', student]);

test('names rows without a label, with what is known of them', () => {
  const { status, stdout, stderr } = next(
    ...teacher,
    '--data',
    some,
    ...drop,
    '-n',
    '12',
    '--groups',
    'site',
    '--keep',
    'id',
  );
  expect(stderr).toContain('57 labelled rows, 512 without a label');
  expect(status).toBe(0);
  const [names, ...rows] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(names).toEqual(['id', 'place', 'row', 'teacher', 'corrected', 'reduction', 'reason', 'groups']);
  expect(rows).toHaveLength(12);
  expect(rows.map((row) => Number(row[1]))).toEqual(rows.map((_, k) => k + 1));
  const soft = debkd(['label', ...teacher, '--data', some, '--drop', 'id,site']).stdout.split('\n');
  for (const [id, , row, probability, , , , group] of rows) {
    expect(id).toBe(`r${row}`);
    expect(Number(row) % 10).not.toBe(1);
    expect(soft[Number(row)]?.split(',').at(-1)).toBe(probability);
    expect(group).toBe(Number(row) % 7 === 1 ? 'site=north' : 'site=south');
  }
  expect(rows.map((row) => row[6])).toEqual(rows.map((_, k) => (k % 4 === 3 ? 'random' : 'variance')));
  for (const row of rows) expect(Number(row[5])).toBeGreaterThan(0);
  // --count is the long form, and the same rows give the same bytes
  expect(next(...teacher, '--data', some, ...drop, '--count=12', '--groups', 'site', '--keep', 'id').stdout).toBe(
    stdout,
  );
});

test('--json says the same, and --out writes a file that is not overwritten', () => {
  const out = join(folder, 'next.json');
  const args = [...teacher, '--data', some, ...drop, '-n', '3', '--json', '--out', out];
  expect(next(...args).stdout).toBe('');
  const { schema, rows, labelled, unlabelled, expectedLoss } = JSON.parse(readFileSync(out, 'utf8'));
  expect([schema, labelled, unlabelled, rows.length]).toEqual(['debkd/next@1', 57, 512, 3]);
  expect(expectedLoss.after).toBeLessThan(expectedLoss.before);
  const [first] = next(...teacher, '--data', some, ...drop, '-n', '3')
    .stdout.split('\n')
    .slice(1);
  expect(first).toBe(Object.values(rows[0]).join(','));
  expect(next(...args).stderr).toMatch(/--out .*the file exists/);
  expect(next(...args, '--force').status).toBe(0);
});

test('a student alone is its own teacher; with a teacher, both answers are shown', () => {
  const unlabelled = tableOf('none.csv', () => false, false);
  const { stdout, status, stderr } = next('--student', student, '--data', unlabelled, '-n', '4');
  expect([status, stderr]).toEqual([0, expect.stringContaining('0 labelled rows, 569 without a label')]);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(rows[0]).toEqual(['place', 'row', 'student', 'corrected', 'reduction', 'reason']);
  const answers = debkd(['predict', '--student', student, '--data', unlabelled]).stdout.split('\n');
  for (const [, row, probability] of rows.slice(1))
    expect(Math.abs(Number(answers[Number(row)]?.split(',')[0]) - Number(probability))).toBeLessThan(1e-12);
  const both = next('--student', student, ...teacher, '--data', unlabelled, '-n', '4').stdout.split('\n')[0];
  expect(both).toBe('place,row,teacher,student,corrected,reduction,reason');
});

test('soft labels take the place of a teacher', () => {
  const path = join(folder, 'soft.csv');
  const rows = Array.from({ length: 200 }, (_, i) => [
    i % 10 === 0 ? i % 3 && 1 : '',
    (i % 17) - 8,
    i === 5 ? '' : ((i % 19) + 1) / 21,
  ]);
  writeFileSync(path, `label,x,p\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  const { stdout, status } = next('--soft-labels', 'p', '--data', path, '-n', '179');
  expect(status).toBe(0);
  expect(stdout.split('\n').some((line) => line.split(',')[1] === '6')).toBe(false);
});

const all = tableOf('all.csv', () => true);
const empty = tableOf('empty.csv', () => false);
test.each([
  [['--data', some], /--teacher T.onnx or --soft-labels COLUMN or --student DIR is missing/],
  [[...teacher], /--data D.csv is missing/],
  [[...teacher, '--data', all, ...drop], /active labelling: no row without a label/],
  [[...teacher, '--data', some, ...drop, '-n', '0'], /option --count: "0", expected a whole number from 1/],
  [[...teacher, '--data', some, ...drop, '-n', '513'], /512 of 569 rows without a label, expected at least 513/],
  [[...teacher, '--data', some, ...drop, '--groups', 'sites'], /no column "sites"; did you mean "site"\?/],
  [[...teacher, '--data', some, ...drop, '--target', 'labels'], /no column "labels" for the target/],
  [[...teacher, '--data', some, ...drop, '--keep', 'ids'], /no column "ids"; did you mean "id"\?/],
])('%j is refused in one line', (args, message) => {
  const out = join(folder, 'refused.csv');
  const { status, stderr, stdout } = next(...args, '--out', out);
  expect(stderr).toMatch(message);
  expect(stderr.split('\n').filter((line) => line.startsWith('debkd: '))).toHaveLength(1);
  expect([status, stdout, existsSync(out)]).toEqual([2, '', false]);
});

test('an empty label column and labels of one class are no mistakes here', () => {
  for (const path of [empty, tableOf('ones.csv', (i, label) => i < 40 && label === '1')])
    expect(next(...teacher, '--data', path, ...drop, '-n', '3').status).toBe(0);
  const { status, stderr } = debkd(['distill', ...teacher, '--data', empty, ...drop]);
  expect([status, stderr]).toEqual([2, expect.stringContaining('no row has a label')]);
});

test('students of texts and rows of images: the other columns, and how the images look, describe the rows', () => {
  const texts = join(folder, 'texts.debkd');
  writeFileSync(texts, encodeStudent(randomTextStudent(mixedPreprocessing(true), { hidden: [] }, 8)));
  const rows = Array.from(
    { length: 80 },
    (_, i) => `${20 + i},"good film ${i % 9}",${i % 2 ? 'red' : 'blue'},${i < 20 ? i % 2 : ''}`,
  );
  const comments = join(folder, 'texts.csv');
  writeFileSync(comments, `age,comment,colour,label\n${rows.join('\n')}\n`);
  const named = next('--student', texts, '--data', comments, '-n', '6', '--keep', 'comment', '--groups', 'colour');
  expect([named.status, named.stdout.split('\n').length]).toEqual([0, 8]);
  const photos = temporary();
  const places = Array.from({ length: 60 }, (_, k) => k);
  for (const k of places) writeFileSync(join(photos, `${k}.png`), numberedPng(k));
  const lines = places.map((k) => `${k}.png,${k % 3 ? 0.8 : 0.3},${k < 20 ? k % 2 : ''}`);
  writeFileSync(join(photos, 'rows.csv'), `photo,p,label\n${lines.join('\n')}\n`);
  const images = next(
    '--soft-labels',
    'p',
    '--data',
    join(photos, 'rows.csv'),
    '-n',
    '5',
    '--keep',
    'photo',
    '--image',
    'photo',
  );
  expect([images.status, images.stdout.split('\n').length]).toEqual([0, 7]);
  for (const line of images.stdout.trimEnd().split('\n').slice(1)) expect(line).toMatch(/^(\d+)\.png,\d,/);
});
