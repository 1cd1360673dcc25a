// --soft-labels: columns of the data or of a second table, in the place of --teacher.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { softLabelColumns } from '../../src/cli/soft-label-columns.ts';
import { debkd, temporary } from './run.ts';

test.each<[string, string | undefined, string[]]>([
  ['p', undefined, ['p']],
  ['p1, p2', undefined, ['p1', 'p2']],
  ['a:b', undefined, ['a:b']],
  ['soft.csv:p', 'soft.csv', ['p']],
  ['soft.csv:p,q', 'soft.csv', ['p', 'q']],
  ['soft.csv.gz:a:b', 'soft.csv.gz', ['a:b']],
  ['C:\\data\\soft.csv:p', 'C:\\data\\soft.csv', ['p']],
  ['C:/data/soft.parquet:p', 'C:/data/soft.parquet', ['p']],
  ['https://host:8080/soft.csv:p', 'https://host:8080/soft.csv', ['p']],
  ['https://host/soft?id=1:p', 'https://host/soft?id=1', ['p']],
])('%s', (given, file, columns) => {
  expect(softLabelColumns({ 'soft-labels': given })).toEqual({ file, columns });
});

test('a file without a column is refused', () => {
  expect(() => softLabelColumns({ 'soft-labels': 'soft.csv:' })).toThrow('names no column');
});

const folder = temporary();
const rows = Array.from({ length: 400 }, (_, i) => {
  const x = ((i * 37) % 100) / 50 - 1;
  const y = (i * 61) % 100 < 50 + 40 * x ? 1 : 0;
  return { x, y, p: `${Math.round(50 + 40 * x)} %` };
});
const data = join(folder, 'rows.csv');
const soft = join(folder, 'soft.csv');
writeFileSync(data, `x,p,label\n${rows.map(({ x, y, p }) => `${x},${p},${y}`).join('\n')}\n`);
writeFileSync(soft, `p\n${rows.map(({ p }) => p).join('\n')}\n`);
writeFileSync(join(folder, 'short.csv'), 'p\n1 %\n');
const small = ['--student', '4', '--epochs', '2', '--json'];

test('a column of the data is no feature; a second table gives the same student', () => {
  const [a, b] = [
    debkd(['distill', '--data', data, '--soft-labels', 'p', '--out', join(folder, 'a'), ...small]),
    debkd(['distill', '--data', data, '--drop', 'p', '--soft-labels', `${soft}:p`, ...small]),
  ];
  expect(a.stderr).toContain('given soft labels "p" (values with a percent sign, multiples of 0.01); 400 of 400 rows');
  const [one, other] = [a, b].map(({ stdout }) => JSON.parse(stdout));
  expect(one.columns).toEqual({ teacher: [], student: ['x'] });
  expect(one.student.sha256).toBe(other.student.sha256);
  expect(one.teacher.softLabels).toMatchObject({ convention: 'percentage', resolution: 0.01, rows: 400 });
  expect(readFileSync(join(folder, 'a', 'report.html'), 'utf8')).toContain('SHA-256 of the soft labels');
});

test('evaluate drops a column that the training table had only as soft labels: rows and split are those of distill', () => {
  const measure = (...args: string[]) =>
    debkd(['evaluate', '--student', join(folder, 'a'), '--data', data, '--json', ...args]);
  const dropped =
    'note: "p": not in the table that the student was trained on, and therefore no feature here (--drop)\n';
  const { train, test: held } = JSON.parse(readFileSync(join(folder, 'a', 'result.json'), 'utf8')).rows;
  const all = measure();
  expect(all.stderr).toContain(dropped);
  expect(all.stderr).toMatch(
    new RegExp(`warning: measured on all 400 rows; the student was trained on (${train}|400) of them`),
  );
  const parts = measure('--split', 'hash');
  expect(parts.stderr).toContain(
    `measured on the ${held} test rows of the split by hash; by its record, the student was trained on none`,
  );
  expect(parts.stdout).toBe(measure('--split', 'hash', '--drop', 'p').stdout);
  expect(measure('--drop', 'p').stderr).not.toContain(dropped);
  // columns in another order
  const turned = join(folder, 'turned.csv');
  writeFileSync(turned, `label,p,more,x\n${rows.map(({ x, y, p }, i) => `${y},${p},${i},${x}`).join('\n')}\n`);
  const other = debkd([
    'evaluate',
    '--student',
    join(folder, 'a'),
    '--data',
    turned,
    '--groups',
    'p',
    '--split',
    'hash',
  ]);
  expect(other.stderr).toContain('note: "p", "more": not in the table');
  expect(other.stderr).toContain('trained on none of them');
});

test.each([
  [
    ['--soft-labels', 'p', '--teacher', 'x.onnx', '--convention', 'probability'],
    'option --convention: both --teacher and --soft-labels are given',
  ],
  [[], 'distill: --teacher T.onnx or --soft-labels COLUMN or --from DIR is missing'],
  [['--soft-labels', 'pp'], 'option --soft-labels: data'],
  [['--soft-labels', 'label'], '"label" is the label column'],
  [['--soft-labels', `${soft}:q`], 'no column "q"'],
  [['--soft-labels', `${join(folder, 'none.csv')}:p`], 'option --soft-labels:'],
  [['--soft-labels', `${join(folder, 'short.csv')}:p`], '1 rows, expected 400 as in the data'],
  [
    ['--soft-labels', 'p', '--convention', 'logits'],
    '"logits" for soft labels, expected one of probability, percentage',
  ],
  [['--soft-labels', 'p', '--convention', 'log-odds'], 'row 1: "10 %" (and 399 more rows'],
  [['--teacher', 'x.onnx', '--convention', 'percentage'], 'percentage, which only soft labels can be'],
])('refused: %s', (options, message) => {
  const { status, stderr } = debkd(['distill', '--data', data, ...options]);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

test('compare', () => {
  const options = ['--data', data, '--soft-labels', 'p', '--seeds', '1', '--methods', 'kd,fitnet,debiased', ...small];
  const { stdout } = debkd(['compare', ...options]);
  const { results } = JSON.parse(stdout);
  expect(results[1].notApplicable).toBe('soft labels have no hidden layer');
  expect(results[2].metrics.auc).toBeGreaterThan(0.6);
});
