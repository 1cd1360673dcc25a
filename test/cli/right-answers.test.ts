// Regressions: runs whose results were once wrong without any message.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dice } from '../random.ts';
import { tinyOnnx } from '../tiny-onnx.ts';
import { debkd, modelPath, temporary, WDBC } from './run.ts';

const folder = temporary();
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const teacher = file('linear.onnx', tinyOnnx({ weights: [1, 0.5] }));
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/** Rows of two numbers, with labels of log-odds x + y / 2 + shift. */
function rowsOf(rows: number, seed: number, shift = 0): string {
  const d = dice(seed);
  return Array.from({ length: rows }, () => {
    const [x, y] = [d.real(-3, 3), d.real(-3, 3)];
    return `${x.toFixed(4)},${y.toFixed(4)},${d.real(0, 1) < sigmoid(x + y / 2 + shift) ? 1 : 0}`;
  }).join('\n');
}

test('the preprocessing in the documentation works in distill, predict, evaluate and export', () => {
  const docs = readFileSync(new URL('../../docs/teachers.md', import.meta.url), 'utf8');
  const json = [...docs.matchAll(/```json\n([\s\S]*?)```/g)]
    .map(([, block = '']) => block)
    .find((block) => block.includes('"job"'));
  const preprocessing = JSON.parse(json as string);
  const own = file('docs.json', JSON.stringify(preprocessing));
  const model = file('docs.onnx', tinyOnnx({ inputs: preprocessing.encodedWidth }));
  const [, job] = preprocessing.columns as [unknown, { categories: string[] }];
  const d = dice(4);
  const lines = Array.from(
    { length: 300 },
    () => `${20 + d.below(50)},${job.categories[d.below(job.categories.length)]},${d.below(2)}`,
  );
  const data = file('docs.csv', `age,job,label\n${lines.join('\n')}\n`);
  const out = join(folder, 'docs');
  const options = [
    '--preprocessing',
    own,
    '--data',
    data,
    '--no-cache',
    '--student',
    '4',
    '--epochs',
    '5',
    '--out',
    out,
  ];
  const made = debkd(['distill', '--teacher', model, ...options]);
  expect(made.status, made.stderr).toBe(0);
  const predicted = debkd(['predict', '--student', out, '--data', data]);
  expect(predicted.status, predicted.stderr).toBe(0);
  expect(predicted.stdout.trim().split('\n')).toHaveLength(301);
  expect(debkd(['evaluate', '--student', out, '--data', data]).status).toBe(0);
  expect(debkd(['export', '--student', out, '--to', 'js,onnx', '--out', join(folder, 'docs-export')]).status).toBe(0);
});

const logistic = (data: string) => [
  ...['distill', '--teacher', teacher, '--data', data],
  ...['--student', 'logistic', '--no-cache'],
];

test('a logistic student of a linear teacher reaches its log-loss on few rows of a rare class', () => {
  for (const [rows, shift] of [
    [300, -3],
    [1500, -4],
  ] as const) {
    const data = file(`rare${rows}.csv`, `x0,x1,label\n${rowsOf(rows, rows, shift)}\n`);
    const { status, stdout, stderr } = debkd([...logistic(data), '--json', '--debias', 'platt', '--infuse', 'none']);
    expect(status, stderr).toBe(0);
    const { metrics, student, debias } = JSON.parse(stdout);
    expect(metrics.test.logLoss.value, `${rows}`).toBeLessThan(rows === 300 ? 0.35 : 0.2);
    expect(metrics.test.ece.value).toBeLessThan(0.09);
    expect([student.architecture, debias.method]).toEqual(['2-1', 'platt']);
    expect(stderr).not.toMatch(/still falling/);
  }
});

test('a note says that options of training steps have no effect on a logistic student', () => {
  const data = file('idle.csv', `x0,x1,label\n${rowsOf(300, 2)}\n`);
  const args = [...logistic(data), '--epochs', '7'];
  expect(debkd(args).stderr).toMatch(
    /^note: ignoring --epochs: Newton's method fits a logistic student to the minimum of its loss \(--optimizer adamw/m,
  );
  expect(debkd([...args, '--optimizer', 'adamw']).stderr).not.toMatch(/ignoring --epochs/);
});

test('a warning names a class with few validation rows, however many rows there are', () => {
  const d = dice(6);
  const some = rowsOf(400, 3).split('\n');
  const none = Array.from({ length: 300 }, () => `${d.real(-3, 3)},${d.real(-3, 3)},0`);
  const data = file('few.csv', `x0,x1,label\n${[...some, ...none].join('\n')}\n`);
  const split = file(
    'few-split.csv',
    `split\n${[...some.map((_, i) => (i < 250 ? 'train' : 'test')), ...none.map(() => 'validation')].join('\n')}\n`,
  );
  const run = debkd([
    'distill',
    '--teacher',
    teacher,
    '--data',
    data,
    '--split',
    split,
    '--student',
    '4',
    '--epochs',
    '3',
    '--no-cache',
    ...['--debias', 'none'],
  ]);
  expect(run.stderr).toMatch(
    /^warning: validation: 300 labelled rows, 0 of the rarer class; the threshold is 0.5, and epoch and infusion strength are chosen without/m,
  );
});

test('text that the teacher takes is learned by the student as words, alone or beside other columns', () => {
  const model = new URL('../teacher/tiny/text.onnx', import.meta.url).pathname;
  const d = dice(8);
  const words = (): string =>
    Array.from({ length: 9 }, () => ['win', 'cash', 'now', 'dear', 'friend', 'call'][d.below(6)]).join(' ');
  const lines = Array.from({ length: 400 }, () => `${words()} ${d.below(1e6)},${d.below(100)},${d.below(2)}`);
  const distill = (data: string): ReturnType<typeof debkd> =>
    debkd(['distill', '--teacher', model, '--data', data, '--no-cache', '--debias', 'none', '--json']);
  const both = distill(file('text.csv', `city,x,label\n${lines.join('\n')}\n`));
  expect(both.status, both.stderr).toBe(0);
  expect(both.stderr).toMatch(/^note: the teacher takes "city"; the student takes "city", "x"$/m);
  const alone = lines.map((line) => line.replace(/,\d+,/, ','));
  const only = distill(file('only.csv', `city,label\n${alone.join('\n')}\n`));
  expect(only.status, only.stderr).toBe(0);
  expect(only.stderr).toMatch(/^note: the teacher takes "city"; the student takes the same$/m);
});

test('--drop accepts a column without a name, and --na-values an empty list', () => {
  const d = dice(3);
  const lines = rowsOf(300, 5)
    .split('\n')
    .map((line, i) => `${i},${line},${['NA', 'b'][d.below(2)]}`);
  const data = file('pandas.csv', `,x0,x1,label,kind\n${lines.join('\n')}\n`);
  const args = ['distill', '--teacher', teacher, '--data', data, '--student', '3', '--epochs', '2', '--no-cache'];
  expect(debkd([...args, '--drop', ',kind']).stderr).toMatch(/a comma without a name .*; write "" for an empty name$/m);
  expect(debkd([...args, '--drop', 'kind']).stderr).toMatch(/its input has 2 columns, the encoded rows have 3/);
  for (const drop of [
    ['--drop', '"",kind'],
    ['--config', file('drop.json', '{"drop":["\\"\\"","kind"]}')],
  ]) {
    const { status, stderr } = debkd([...args, ...drop]);
    expect(status, stderr).toBe(0);
  }
  expect(debkd([...args.slice(0, 1), '--drop', '']).stderr).toMatch(
    /--teacher T.onnx or --soft-labels COLUMN or --from DIR, --data D.csv are missing/,
  );
  const label = ['label', '--teacher', new URL('../teacher/tiny/text.onnx', import.meta.url).pathname, '--no-cache'];
  const texts = file('na.csv', 'city\nBern\nNA\n');
  for (const missing of [[], ['--na-values', ''], ['--na-values', 'nan']]) {
    expect(debkd([...label, '--data', texts, ...missing]).status).toBe(0);
  }
});

test('evaluate says which rows it measures, and whether the student was trained on them', () => {
  const out = join(folder, 'known');
  expect(debkd(['distill', ...WDBC, '--out', out]).status).toBe(0);
  const args = ['evaluate', '--student', out, '--data', modelPath('wdbc/data.csv')];
  const all = debkd(args);
  expect(all.stderr).toMatch(
    /^warning: measured on all 569 rows; the student was trained on 20\d of them, which makes the figures too good/m,
  );
  const held = debkd([...args, '--split', modelPath('wdbc/split.csv')]);
  expect(held.stderr).toMatch(
    /^note: measured on the 129 test rows of .*split\.csv; by its record, the student was trained on none of them$/m,
  );
  const copied = file('alone.debkd', readFileSync(join(out, 'student.debkd')));
  expect(debkd(['evaluate', '--student', copied, '--data', modelPath('wdbc/data.csv')]).stderr).toMatch(
    /^note: measured on all 569 rows; there is no record of the rows/m,
  );
  const record = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  expect(record.trainedOn).toMatchObject({ rows: 200, columns: expect.arrayContaining(['mean_radius']) });
});

test('--class takes one class of three, by name or index; without it the error lists the classes', () => {
  const model = new URL('../teacher/shapes/three-classes-named.onnx', import.meta.url).pathname;
  const data = file('three.csv', 'x0,x1\n3,-1\n0,0\n');
  const label = ['label', '--teacher', model, '--data', data, '--no-cache'];
  expect(debkd(label).stderr).toMatch(
    /3 values per row, expected 1 or 2, or one class .*: "ham", "spam", "news", or an index from 0 to 2; .*\(--class\)/,
  );
  const spam = debkd([...label, '--class', 'spam']);
  expect(spam.stderr).toMatch(/^note: class 1 of the teacher is "spam" \(of "ham", "spam", "news"\)$/m);
  expect(debkd([...label, '--class', '1']).stdout).toBe(spam.stdout);
  expect(spam.stdout).not.toBe(debkd([...label, '--class', 'news']).stdout);
  const inspected = JSON.parse(debkd(['inspect', model, '--class', 'news', '--json']).stdout);
  expect(inspected).toMatchObject({ className: 'news', classes: ['ham', 'spam', 'news'], convention: 'probabilities' });
});

test('distill --calibrate reports its fit, and compare accepts +calibration', () => {
  const data = file('calibrate.csv', `x0,x1,label\n${rowsOf(600, 9)}\n`);
  const args = ['--teacher', teacher, '--data', data, '--student', '3', '--epochs', '4', '--no-cache'];
  const run = debkd(['distill', ...args, '--calibrate']);
  expect(run.status, run.stderr).toBe(0);
  expect(run.stdout).toMatch(/^(calibrated on labelled rows: log-odds times|calibration on labelled rows was no)/m);
  const compared = debkd(['compare', ...args, '--methods', 'kd+calibration,kd,hard', '--seeds', '2', '--json']);
  expect(compared.status, compared.stderr).toBe(0);
  const { methods, results } = JSON.parse(compared.stdout);
  expect(methods).toEqual(['hard', 'kd', 'kd+calibration']);
  const of = (method: string, seed: number) =>
    results.find((row: { method: string; seed: number }) => row.method === method && row.seed === seed);
  // calibration is the only difference, and does not change the ranking of rows
  for (const seed of [1, 2]) expect(of('kd', seed).metrics.auc).toBeCloseTo(of('kd+calibration', seed).metrics.auc, 4);
});

test('every command counts the values that the preprocessing does not list, with an example and a cause', () => {
  const preprocessing = file(
    'kinds.json',
    JSON.stringify({
      columns: [
        { name: 'x', kind: 'numeric', mean: 0, std: 1, transform: 'none', offset: 0 },
        { name: 'kind', kind: 'categorical', categories: ['a', 'b'], offset: 1 },
      ],
      encodedWidth: 3,
    }),
  );
  const model = file('kinds.onnx', tinyOnnx({ inputs: 3, weights: [1, 0.5, -0.5] }));
  const d = dice(9);
  // every third row has "A", which is no category
  const rows = Array.from({ length: 300 }, (_, i) => {
    const x = d.real(-3, 3);
    return `${x.toFixed(4)},${['a', 'b', 'A'][i % 3]},${d.real(0, 1) < sigmoid(x) ? 1 : 0}`;
  });
  const data = file('kinds.csv', `x,kind,label\n${rows.join('\n')}\n`);
  const out = join(folder, 'kinds');
  const found = /"kind" in 100 of 300 rows, such as "A" \(upper and lower case\?\)/;
  const of = ['--teacher', model, '--preprocessing', preprocessing, '--data', data];
  for (const args of [
    ['distill', ...of, '--student', 'logistic', '--no-cache', '--out', out],
    ['label', ...of, '--no-cache', '--out', join(folder, 'kinds-labels.csv')],
    ['evaluate', '--student', join(out, 'student.debkd'), '--data', data],
    ['predict', '--student', join(out, 'student.debkd'), '--data', data],
    ['compare', ...of, '--methods', 'hard,debiased', '--seeds', '1', '--student', 'logistic', '--no-cache'],
  ]) {
    const { status, stderr } = debkd(args);
    expect(status, stderr).toBe(0);
    expect(stderr, args[0]).toMatch(found);
  }
  expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).unknown).toMatchObject([
    { column: 'kind', count: 100, rows: 300, example: 'A' },
  ]);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Values that the preprocessing does not know');
});
