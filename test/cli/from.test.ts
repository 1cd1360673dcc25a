// distill --from: new rows for an earlier student, the chain of parents, and what is refused.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { loadStudent } from '../../src/student/student-file.ts';
import { dice } from '../random.ts';
import { debkd, modelPath, temporary, WDBC } from './run.ts';

const folder = temporary();
const [first, second, third] = ['first', 'second', 'third'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const data = join(folder, 'new.csv');
const { real } = dice(3);

/** Rows of WDBC that moved, some without a label, some with a missing or an unknown value. */
const [header = '', ...lines] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
const names = header.split(',');
const rows = lines.map((line, i) => {
  const values = line.split(',');
  const moved = values.map((value, k) =>
    names[k] === 'label' ? (i % 3 === 0 ? '' : value) : `${Number(value) * real(0.9, 1.3)}`,
  );
  if (i === 5) moved[0] = '';
  return moved.join(',');
});
writeFileSync(data, [header, ...rows].join('\n'));

const digest = (path: string): string =>
  createHash('sha256')
    .update(readFileSync(join(path, 'student.debkd')))
    .digest('hex');
const from = (...args: readonly string[]) => debkd(['distill', '--from', first, '--data', data, ...args]);

test('a chain of students', async () => {
  expect(debkd(['distill', ...WDBC, '--out', first]).status).toBe(0);
  const run = from('--out', second);
  expect(run.stderr).not.toMatch(/^debkd:/m);
  expect(run.status).toBe(0);
  expect(run.stdout).toMatch(/of the way from the earlier student|the earlier student is kept/);
  const again = debkd([
    ...['distill', '--from', second, '--data', data, '--replay', modelPath('wdbc/data.csv'), '--seed', '2'],
    ...['--teacher', modelPath('wdbc-mlp-biased/teacher.onnx')],
    ...['--preprocessing', modelPath('wdbc/preprocessing.json'), '--out', third],
  ]);
  expect(again.status, again.stderr).toBe(0);
  expect(again.stderr).toContain('teacher 2 of 2: "the earlier student"');
  const [one, two] = [await loadStudent(join(first, 'student.debkd')), await loadStudent(join(third, 'student.debkd'))];
  expect(two.architecture).toEqual(one.architecture);
  expect(two.preprocessing).toEqual(one.preprocessing);
  expect(two.provenance['parents']).toEqual([digest(second), digest(first)]);
  const result = JSON.parse(readFileSync(join(third, 'result.json'), 'utf8'));
  expect(result.from.parents).toEqual([digest(second), digest(first)]);
  // the same bytes again, and the report reads the record
  const same = join(folder, 'same');
  expect(from('--out', same, '--threads', '2').status).toBe(0);
  expect(digest(same)).toBe(digest(second));
  expect(debkd(['report', join(third, 'result.json'), '--out', join(folder, 'again.html')]).status).toBe(0);
});

const changed = (name: string, change: (line: string, i: number) => string): string => {
  const path = join(folder, name);
  writeFileSync(path, [header, ...rows].map(change).join('\n'));
  return path;
};

test.each<[string, () => string[], RegExp]>([
  [
    'a column is missing',
    () => ['--data', changed('narrow.csv', (line) => line.split(',').slice(1).join(','))],
    /^debkd: data ".*narrow\.csv": no column "mean_radius", which the preprocessing needs/m,
  ],
  [
    'classes have other names',
    () => ['--data', changed('named.csv', (line) => line.replace(/,0$/, ',benign').replace(/,1$/, ',malignant'))],
    /^debkd: data ".*named\.csv", target "label": .*expected the classes of the student of --from: class 1 is "1", class 0 "0"/m,
  ],
  ['an architecture', () => ['--data', data, '--student', '4'], /^debkd: option --student: the student of --from/m],
  [
    'a withheld column',
    () => ['--data', data, '--withhold', 'mean_radius'],
    /^debkd: option --withhold: the student of --from/m,
  ],
  [
    'features',
    () => ['--data', data, '--features', 'mean_radius'],
    /^debkd: option --features: the student of --from/m,
  ],
])('refused with exit code 2: %s', (_, args, message) => {
  const out = join(folder, 'refused');
  const run = debkd(['distill', '--from', first, ...args(), '--out', out]);
  expect(run.stderr).toMatch(message);
  expect(run.stderr.match(/^debkd: /gm)).toHaveLength(1);
  expect(run.status).toBe(2);
  expect(existsSync(out)).toBe(false);
});

test('a rule of the threshold goes on, and a deferral band does not', async () => {
  const student = (await loadStudent(join(first, 'student.debkd'))).with({ threshold: 0.4 });
  const decided = student.with({
    defer: { from: 0.2, to: 0.6 },
    provenance: { ...student.provenance, threshold: 'recall>=0.9' },
  });
  const earlier = join(folder, 'banded.debkd');
  writeFileSync(earlier, encodeStudent(decided));
  const out = join(folder, 'unbanded');
  const run = debkd(['distill', '--from', earlier, '--data', data, '--out', out]);
  expect(run.stderr).toContain('the deferral band of the earlier student is not kept');
  const made = await loadStudent(join(out, 'student.debkd'));
  expect(made.defer).toBeUndefined();
  expect(made.provenance['threshold']).toBe('recall>=0.9');
});

test('a folder without a student is refused', () => {
  const run = debkd(['distill', '--from', folder, '--data', data]);
  expect(run.stderr).toMatch(/^debkd: student ".*": this folder holds no student\.debkd/m);
  expect(run.status).toBe(2);
});

test('--replay without --from is refused', () => {
  const run = debkd(['distill', ...WDBC, '--replay', data]);
  expect(run.stderr).toContain('option --replay: without --from there is no earlier student');
  expect(run.status).toBe(2);
});
