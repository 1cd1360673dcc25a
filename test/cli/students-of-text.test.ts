// Students of text on the command line: distill, predict, evaluate and compare on a generated table with soft labels.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { textCsv, textRows } from '../texts.ts';
import { debkd, temporary } from './run.ts';

const cwd = temporary();
// quoted fields with line breaks
const rows = textRows(1200, { seed: 21, words: 80 }).map((row, i) =>
  i % 20 === 0 ? { ...row, note: row.note.replace(', ', ',\n"so", ') } : row,
);
writeFileSync(join(cwd, 'rows.csv'), textCsv(rows));
writeFileSync(
  join(cwd, 'rows.ndjson'),
  rows.map((row) => JSON.stringify({ ...row, label: row.label || null })).join('\n'),
);
const names = ['note', 'age', 'town', 'label', 'p'] as const;
const columnData = names.map((name) => ({ name, data: rows.map((row) => row[name] || null), nullable: true }));
writeFileSync(join(cwd, 'rows.parquet'), new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 500 })));
writeFileSync(join(cwd, 'harbour.txt'), 'harbour\n\nmill\n');
writeFileSync(join(cwd, 'empty.txt'), '\n \n');
const run = (args: readonly string[]) => debkd(args, { cwd });
const given = ['--data', 'rows.csv', '--positive', 'yes'];
const soft = ['distill', '--soft-labels', 'p', ...given];
const out = run([...soft, '--groups', 'town,by water=harbour.txt', '--out', 'out']);
const record = JSON.parse(readFileSync(join(cwd, 'out', 'result.json'), 'utf8')) as {
  readonly columns: { readonly student: readonly string[] };
};

test('the student is logistic, takes the text, and is not given the groups', () => {
  expect(out.status).toBe(0);
  expect(out.stderr).toContain('note: the student of texts is a logistic regression; give --student for hidden layers');
  expect(record.columns.student).toEqual(['note', 'age']);
  expect(out.stdout).toMatch(/town=Cork: \d+ rows/);
  expect(out.stdout).toMatch(/by water=yes: \d+ rows/);
  expect(out.stdout).toMatch(/student \d+-1,/);
  const report = readFileSync(join(cwd, 'out', 'report.html'), 'utf8');
  for (const { note } of rows.slice(0, 20)) expect(report).not.toContain(note.slice(-12));
});

test('--student gives hidden layers; NDJSON, Parquet and files give the student of CSV', () => {
  const hidden = run([...soft, '--student', '4', '--epochs', '2', '--drop', 'town', '--json']);
  expect(hidden.stderr).not.toContain('logistic regression');
  expect(JSON.stringify(JSON.parse(hidden.stdout).student)).toMatch(/"hidden":\[4\]|\[\d+,4,1\]|"\d+-4-1"/);
  const quick = ['--drop', 'town', '--debias', 'platt', '--json'];
  const of = (args: readonly string[], data = 'rows.csv'): string => {
    const table = ['--data', data, '--positive', 'yes', '--soft-labels', 'p'];
    const { stdout, stderr, status } = run(['distill', ...table, ...quick, ...args]);
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    return JSON.parse(stdout).student.sha256;
  };
  const csv = of([]);
  expect(of(['--temp-dir', '.'])).toBe(csv);
  expect(of([], 'rows.ndjson')).toBe(csv);
  expect(of(['--temp-dir', '.'], 'rows.parquet')).toBe(csv);
});

test('predict reads streams of each format, and evaluate measures groups of words', () => {
  const predictions = ['rows.csv', 'rows.ndjson', 'rows.parquet'].map((data) => {
    const { status, stdout } = run(['predict', '--student', 'out', '--data', data]);
    expect(status).toBe(0);
    return stdout.split('\n').flatMap((line) => line.match(/0\.\d{4,}/g)?.at(-1) ?? []);
  });
  const [csv, ndjson, parquet] = predictions;
  expect(csv?.length).toBeGreaterThan(1100);
  expect(ndjson).toEqual(csv);
  expect(parquet).toEqual(csv);
  const measured = run(['evaluate', '--student', 'out', ...given, '--groups', 'town,wet=harbour.txt']);
  expect(measured.status).toBe(0);
  expect(measured.stdout).toMatch(/town=Ayr: \d+ rows/);
  expect(measured.stdout).toMatch(/wet=yes: \d+ rows/);
});

test('compare measures methods on texts', () => {
  const { status, stdout, stderr } = run([
    ...[
      'compare',
      '--soft-labels',
      'p',
      ...given,
      '--drop',
      'town',
      '--methods',
      'hard,kd,debiased',
      '--seeds',
      '2',
      '--json',
    ],
  ]);
  expect([status, stderr]).toEqual([0, expect.stringContaining('logistic regression')]);
  const text = JSON.stringify(JSON.parse(stdout));
  for (const method of ['hard', 'kd', 'debiased']) expect(text).toContain(`"${method}"`);
});

test.each<[string, string[], RegExp]>([
  ['numbers as texts', ['--text', 'age'], /column "age": its values are numbers, such as "\d+", expected texts/],
  [
    'an unknown column of texts',
    ['--text', 'notes'],
    /no column "notes", which should hold the texts \(did you mean "note"\?\)/,
  ],
  ['an unknown group', ['--groups', 'city'], /no column "city"/],
  [
    'a list without words',
    ['--groups', 'wet=empty.txt'],
    /groups "wet": no words, expected a word or phrase on each line/,
  ],
  [
    'a list without a file',
    ['--groups', 'wet='],
    /option --groups: "wet=", expected the name of a column, or NAME=FILE/,
  ],
  ['a list without a name', ['--groups', '=harbour.txt'], /option --groups: "=harbour.txt", expected/],
  ['an absent list', ['--groups', 'wet=absent.txt'], /absent\.txt/],
  ['a list with the name of a column', ['--groups', 'town=harbour.txt'], /the table has a column of this name/],
  ['two lists of one name', ['--groups', 'wet=harbour.txt,wet=harbour.txt'], /wet/],
])('%s', (_, args, message) => {
  const { status, stderr } = run([...soft, ...args]);
  expect([status, stderr.trimEnd().split('\n').at(-1)]).toEqual([2, expect.stringMatching(message)]);
});
