// evaluate takes another spelling of the same label for the same class, and asks where the spelling does not tell it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dice } from '../random.ts';
import { debkd, temporary } from './run.ts';

const cwd = temporary();
const { real } = dice(5);
const RECORDS = Array.from({ length: 300 }, () => {
  const a = real(-2, 2);
  return { a, p: 0.5 + a / 5, isOne: a + real(-1, 1) > 0 };
});
const csv = (name: string, [zero, one]: readonly [string, string]): string => {
  const lines = RECORDS.map(({ a, p, isOne }) => `${a},${p},${isOne ? one : zero}\n`);
  writeFileSync(join(cwd, name), `a,p,label\n${lines.join('')}`);
  return name;
};
const ndjson = (name: string, [zero, one]: readonly [string, string]): string => {
  const lines = RECORDS.map(({ a, isOne }) => `{"a":${a},"label":${isOne ? one : zero}}\n`);
  writeFileSync(join(cwd, name), lines.join(''));
  return name;
};
const auc = (args: readonly string[]): string | undefined => {
  const { stdout, stderr } = debkd(['evaluate', ...args], { cwd });
  return /^AUC +(0\.\d{4})/m.exec(stdout)?.[1] ?? stderr;
};

test.each<[string, readonly [string, string]]>([
  ['whole numbers', ['0', '1']],
  ['decimals', ['0.0', '1.0']],
  ['booleans', ['False', 'True']],
])('a student of %s reads the labels in any of these spellings', (name, own) => {
  csv('own.csv', own);
  const out = `student-${name.replace(' ', '-')}`;
  const { status } = debkd(
    ['distill', '--data', 'own.csv', '--soft-labels', 'p', '--student', 'logistic', '--out', out],
    {
      cwd,
    },
  );
  expect(status).toBe(0);
  const expected = auc(['--student', out, '--data', 'own.csv']);
  expect(Number(expected)).toBeGreaterThan(0.8);
  for (const spelling of [
    ['0', '1'],
    ['0.0', '1.0'],
    ['false', 'true'],
    ['"0"', '"1"'],
  ] as const)
    expect(auc(['--student', out, '--data', ndjson('rows.ndjson', spelling)]), spelling.join()).toBe(expected);
  for (const spelling of [
    ['0', '1'],
    ['0.0', '1.0'],
    ['False', 'True'],
  ] as const)
    expect(auc(['--student', out, '--data', csv('rows.csv', spelling)]), spelling.join()).toBe(expected);
});

test('words and numbers are not matched: one line says what to state, and stating it works', () => {
  csv('words.csv', ['no', 'yes']);
  debkd(['distill', '--data', 'words.csv', '--soft-labels', 'p', '--student', 'logistic', '--out', 'words'], { cwd });
  const rows = ['--student', 'words', '--data', ndjson('rows.ndjson', ['0', '1'])];
  const { status, stderr } = debkd(['evaluate', ...rows], { cwd });
  expect(status).toBe(2);
  expect(stderr).toContain('no row has the value "yes" of class 1, expected one of "1", "0"; state the value');
  expect(auc([...rows, '--positive', '1'])).toBe(auc(['--student', 'words', '--data', 'words.csv']));
});
