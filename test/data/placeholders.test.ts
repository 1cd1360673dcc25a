// Numbers that stand for missing values, and categories in several spellings, give a warning at training; usual columns give none.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { findPlaceholders } from '../../src/data/placeholders.ts';
import { allRows } from '../../src/data/row-source.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table } from '../../src/data/table.ts';
import { columnWarnings } from '../../src/warnings/column-warnings.ts';
import { debkd, temporary } from '../cli/run.ts';
import { dice } from '../random.ts';

const ROWS = 1000;
const { real, below } = dice(11);
const bytes = (value: (i: number) => string): Uint8Array =>
  new TextEncoder().encode(
    `x,n,label\n${Array.from({ length: ROWS }, (_, i) => `"${value(i)}",${i},${i % 2}\n`).join('')}`,
  );
const table = (value: (i: number) => string): Promise<Table> => readCsv(bytes(value), { target: 'label' });
const decimal = (): string => real(-3, 3).toFixed(3);
const either = (every: number, placeholder: string, value: () => string) => (i: number) =>
  i % every === 0 ? placeholder : value();

test.each<[string, (i: number) => string, string[]]>([
  ['-999 beside decimals', either(20, '-999', decimal), ['-999']],
  ['a value far beyond whole numbers', either(100, '99999', () => `${below(41310)}`), ['99999']],
  ['a value of most rows', (i) => (i % 20 ? '999' : `${below(28)}`), ['999']],
  ['a number in another spelling', either(50, '-9999.0', decimal), ['-9999.0']],
  ['a value that is no code, far away', either(50, '500', decimal), ['500']],
  ['one on each side', (i) => (i % 40 ? (i % 31 ? decimal() : '99999') : '-999'), ['99999', '-999']],
  [
    'several on one side',
    (i) => (i % 10 ? `${below(60)}` : (['7777', '8888', '9999'][(i / 10) % 3] as string)),
    ['7777', '8888', '9999'],
  ],
])('%s is found', async (_, value, found) => {
  const data = await table(value);
  const placeholders = findPlaceholders(data, ['x'], allRows(data));
  expect(placeholders.map((one) => one.value)).toEqual(found);
  expect(placeholders.every(({ rows }) => rows === ROWS)).toBe(true);
});

test.each<[string, (i: number) => string]>([
  ['numbers', decimal],
  ['many zeros below large numbers', either(2, '0', () => `${1000 + below(50)}`)],
  ['a skewed column', () => `${Math.round(Math.exp(real(0, 9)))}`],
  ['a rare outlier', (i) => (i < 4 ? '99999' : decimal())],
  ['a cap', (i) => `${Math.min(500, i)}`],
  ['a flag', (i) => (i % 3 ? '0' : '1000')],
  ['a short scale', (i) => (i % 9 ? `${below(6)}` : '99')],
  ['an age of 99', either(50, '99', () => `${below(60)}`)],
  ['a round number above the others', either(50, '150', () => `${below(60)}`)],
])('%s is none', async (_, value) => {
  const data = await table(value);
  expect(findPlaceholders(data, ['x'], allRows(data))).toEqual([]);
});

test('the training rows have them, in memory and in files, unless the preprocessing is given', async () => {
  const csv = bytes(either(20, '-999', decimal));
  const data = await readCsv(csv, { target: 'label' });
  const parts = split(data);
  const { train, validation } = await encodeParts(data, parts, undefined);
  expect(train.placeholders).toMatchObject([{ column: 'x', value: '-999' }]);
  expect(validation.placeholders).toBeUndefined();
  expect(columnWarnings(train)).toEqual([
    expect.stringMatching(
      /^column "x": -999 in \d\.?\d? % of the training rows, far from its other values, -2\.\d+ to 2\.\d+\. .*--na-values 'na,.*,-999'/,
    ),
  ]);
  using stored = await storeTable(csv, { target: 'label', folder: temporary() });
  using inFiles = await encodeParts(stored, split(stored), undefined);
  expect(inFiles.train.placeholders).toEqual(train.placeholders);
  const preprocessing = fitPreprocessing(data, { rows: parts.train });
  expect((await encodeParts(data, parts, preprocessing)).train.placeholders).toBeUndefined();
});

test('categories that differ in case or blanks give one warning with a pair', async () => {
  const warn = async (...values: string[]): Promise<string[]> => {
    const data = await table((i) => values[i % values.length] as string);
    return columnWarnings((await encodeParts(data, split(data), undefined)).train);
  };
  expect(await warn('married', 'single', 'MARRIED', 'married ')).toEqual([
    'column "x": categories that differ only in upper and lower case, such as "married" and "MARRIED", and the student learns each by itself. Spell them alike if they mean the same',
  ]);
  expect((await warn('red', 'red ', 'blue'))[0]).toContain(
    'differ only in blanks around the values, such as "red " and "red", and the student learns each by itself',
  );
  expect(await warn('red', 'reds', 'r-ed', '1', '1.0')).toEqual([]);
});

test('whole numbers with many words or letters are categories, with a warning', async () => {
  const data = await table(either(5, 'N', () => `${below(60)}`));
  const letters = [...'ABN'];
  const lines = await table((i) => (i % 5 ? `${below(60)}` : (letters[(i / 5) % 3] as string)));
  expect(() => fitPreprocessing(data, { rows: allRows(data) })).toThrow('beside them "N"');
  expect(columnWarnings((await encodeParts(lines, split(lines), undefined)).train)).toEqual([
    expect.stringMatching(/^column "x": 60 of its 63 categories are numbers.* such as "A"\. /),
  ]);
});

test.each(['distill', 'compare'])('%s warns of both, and of a column with one value', (command) => {
  const cwd = temporary();
  const rows = Array.from(
    { length: 400 },
    (_, i) => `${i % 20 ? decimal() : '-999'},${['red', 'Red', 'blue'][i % 3]},7,0.${1 + (i % 9)},${i % 2}\n`,
  );
  writeFileSync(join(cwd, 'd.csv'), `a,c,one,p,label\n${rows.join('')}`);
  const args = [command, '--data', 'd.csv', '--soft-labels', 'p', '--epochs', '1', '--out', 'o'];
  const more = command === 'compare' ? ['--seeds', '1', '--methods', 'hard'] : [];
  const { stderr, status } = debkd([...args, ...more], { cwd });
  expect(status).toBe(0);
  expect(stderr).toMatch(/warning: column "a": -999 in /);
  expect(stderr).toMatch(
    /warning: column "c": categories that differ only in upper and lower case, such as ("Red" and "red"|"red" and "Red")/,
  );
  expect(stderr).toMatch(/warning: column "one": it has the same value, or none, in all \d+ training rows/);
});

test.each<[string, (i: number) => string, boolean]>([
  ['thousands with points', () => Math.round(Math.exp(real(5, 9))).toLocaleString('de-DE'), true],
  [
    'the same, with signs and gaps',
    (i) => (i % 9 ? `-${below(99) + 1}.${below(900) + 100}` : (['', `${i}`][i % 2] ?? '')),
    true,
  ],
  ['decimals without last zeros', () => `${Math.round(real(1, 40) * 1000) / 1000}`, false],
  [
    'decimals of any length and whole numbers',
    (i) => `${i % 3 ? Math.round(real(1, 40) * 1000) / 1000 : below(40)}`,
    false,
  ],
  ['three decimals everywhere', () => real(1, 40).toFixed(3), false],
  ['whole numbers', () => `${below(900)}`, false],
  ['larger whole numbers', (i) => (i % 3 ? `${below(40) + 1}.${100 + below(900)}` : `${1000 + below(900)}`), false],
  ['shares and whole numbers', (i) => (i % 3 ? real(0, 1).toFixed(3) : `${below(9)}`), false],
  ['few of them', (i) => (i % 3 ? `${below(900)}` : `1.${381 + (i % 2)}`), false],
])('points between thousands: %s', async (_, value, isFound) => {
  const csv = bytes(value);
  const data = await readCsv(csv, { target: 'label' });
  const { train } = await encodeParts(data, split(data), undefined);
  expect(train.pointThousands?.map(({ column }) => column)).toEqual(isFound ? ['x'] : undefined);
  using stored = await storeTable(csv, { target: 'label', folder: temporary() });
  using inFiles = await encodeParts(stored, split(stored), undefined);
  expect(inFiles.train.pointThousands).toEqual(train.pointThousands);
  const warnings = columnWarnings(train).filter((warning) => warning.includes('separates thousands'));
  if (!isFound) return expect(warnings).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^column "x": "-?\d+\.\d{3}" next to whole numbers such as "\d+" is read as a decimal\. If its point separates thousands, write -?\d+$/,
    ),
  ]);
});

test.each<[string, (i: number) => string, string]>([
  ['magnitudes', (i) => `${(1 + (i % 90) / 10).toFixed(1)}k`, '"1.0k"'],
  ['currencies', (i) => `${10 + (i % 90)} EUR`, '"10 EUR"'],
  ['units of one kind', (i) => (i % 2 ? `${i % 60} g` : `${i % 60} kg`), '"0 kg"'],
  ['a word among them', (i) => (i % 30 ? `${900 + (i % 90)} bhp` : 'null bhp'), '"901 bhp"'],
  ['any ending that all have', (i) => `${900 + (i % 90)} CC`, '"900 CC"'],
  ['a unit beside plain numbers', (i) => (i % 2 ? `${i % 60}` : `${i % 60}h`), '"0h"'],
])('numbers with a unit are refused: %s', async (_, value, example) => {
  const data = await table(value);
  expect(() => fitPreprocessing(data, { rows: allRows(data) })).toThrow(
    `column "x": numbers with a unit (such as ${example}), expected plain numbers; write them in one unit and without it, or drop the column`,
  );
});

test.each<[string, (i: number) => string, string]>([
  [
    'pairs',
    (i) => `${90 + (i % 60)}/${60 + (i % 30)}`,
    'pairs of numbers (such as "90/60"), expected plain numbers; write each',
  ],
  [
    'negative numbers in parentheses',
    (i) => (i % 3 ? `${i % 60}.5` : `(${i % 60}.5)`),
    'negative numbers without a minus sign before them (such as "(0.5)"), expected plain numbers; write -0.5',
  ],
  [
    'a minus sign at the end',
    (i) => (i % 3 ? `${i % 60}` : `${i % 60}-`),
    '(such as "0-"), expected plain numbers; write -0',
  ],
  ['a gap after the minus sign', (i) => (i % 3 ? `${i % 60}` : `- ${i % 60}`), 'write -0'],
  [
    'currencies before them',
    (i) => `Rs. ${i % 60}`,
    'amounts of money (such as "Rs. 0"), expected plain numbers; write',
  ],
  ['apostrophes', (i) => `'${i % 60}`, `numbers in quotation marks (such as "'0"), expected plain numbers; write 0`],
  [
    'quotation marks',
    (i) => `=""${i % 60}""`,
    'numbers in quotation marks (such as "=\\"0\\""), expected plain numbers; write 0',
  ],
])('other spellings of numbers are refused: %s', async (_, value, words) => {
  const data = await table(value);
  expect(() => fitPreprocessing(data, { rows: allRows(data) })).toThrow(words);
});

test.each<[string, (i: number) => string]>([
  ['numbers in parentheses, all of them', (i) => `(${i % 40})`],
  ['ranges', (i) => `${i % 40}-${(i % 40) + 1}`],
  ['few categories with a unit', (i) => `${(1 + (i % 9)) * 10} mg`],
  ['endings of several measures', (i) => `${i % 12} ${['kg', 'cm', 'h'][i % 3]}`],
  ['codes of a letter and a number', (i) => `V${i % 45}`],
  ['codes of a number and a letter', (i) => `${i % 12}${'abcdk'[i % 5]}`],
])('categories: %s', async (_, value) => {
  const data = await table(value);
  const [column] = fitPreprocessing(data, { rows: allRows(data) }).columns;
  expect(column?.kind).toBe('categorical');
});
