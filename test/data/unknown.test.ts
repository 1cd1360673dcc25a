// Unknown values, row counters, rows that parts share, row filters, number spellings, labels and warnings.
import { expect, test } from 'vitest';
import { countMissing } from '../../src/data/count-missing.ts';
import { readCsv } from '../../src/data/csv.ts';
import { encode, encodeForTeacher } from '../../src/data/dataset.ts';
import { sharedRows } from '../../src/data/equal-rows.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { rowCounters, tableWarnings } from '../../src/data/leaks.ts';
import { numberSpelling, type Spelling } from '../../src/data/number-spelling.ts';
import { encodeParts } from '../../src/data/parts.ts';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { countKnownRows, makeRowFilter, parseRowFilter } from '../../src/data/row-filter.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table } from '../../src/data/table.ts';
import { addUnknown, type UnknownCount, unknownCounter } from '../../src/data/unknown-values.ts';
import { groupRows } from '../../src/metrics/groups.ts';
import { warningsOf } from '../../src/warnings/warnings.ts';
import { dice } from '../random.ts';

const csv = (text: string, options = {}): Promise<Table> => readCsv(new TextEncoder().encode(text), options);
const allRows = (table: Pick<Table, 'rows'>): Uint32Array => Uint32Array.from({ length: table.rows }, (_, i) => i);
const preprocessing = (categories: readonly string[]): Preprocessing => ({
  clip: 10,
  encodedWidth: categories.length,
  columns: [{ name: 'c', kind: 'categorical', categories, offset: 0, width: categories.length }],
});

test.each([
  ['a, b', [' a', ' b'], 'blanks around the values'],
  ['1, 2', ['1.0', '2.0'], 'numbers written in another way, such as 2.0 for 2'],
  ['Yes, No', ['YES', 'no'], 'upper and lower case'],
  ['bed-room, hall', ['bed room', 'hall'], 'other punctuation'],
  ['a, b', ['q', 'r'], ''],
])('categories %s, values %j: the likely cause is %j', async (listed, values, cause) => {
  const own = preprocessing(listed.split(', '));
  const table = await csv(`c,x\n${values.map((value) => `${value},1\n`).join('')},1\nNA,1\n`);
  const found = encode(table, own).unknown as UnknownCount[];
  const bad = values.filter((value) => !listed.split(', ').includes(value));
  expect(found).toEqual([{ column: 'c', count: bad.length, rows: 4, example: bad[0], cause }]);
  // every way of encoding finds the same
  const teachers: UnknownCount[] = [];
  encodeForTeacher(table, own, teachers);
  expect(teachers).toEqual(found);
  const counter = unknownCounter(own);
  for (const value of bad) counter.add('c', value);
  counter.add('c', 'NA');
  expect(counter.list(4)).toEqual(found);
  expect(addUnknown([found, found])).toEqual([{ ...found[0], count: 2 * bad.length, rows: 8 }]);
});

test('a stored table reports unknown values once for all parts', async () => {
  const text = `c,label\n${'a,1\nb,0\n z,1\n'.repeat(50)}`;
  const own = preprocessing(['a', 'b']);
  using stored = await storeTable(new TextEncoder().encode(text), { target: 'label' });
  using parts = await encodeParts(stored, split(stored), own);
  const all = [parts.train, parts.validation, parts.test].flatMap(({ unknown }) => unknown ?? []);
  expect(all).toEqual([{ column: 'c', count: 50, rows: 150, example: ' z', cause: '' }]);
});

test('unknown values in most rows give a warning with an example and the likely cause', async () => {
  const own = preprocessing(['a', 'b']);
  const data = encode(await csv('c,label\n a,1\n b,0\na,1\n', { target: 'label' }), own);
  const nothing = { clippedCount: 0, cached: 0, margins: new Float64Array(3) };
  const run = {
    soft: { train: nothing, validation: nothing },
    debias: { rows: 3 },
    leakage: { leaked: false },
    training: undefined,
  };
  const warnings = warningsOf(run as never, { teacher: {}, train: data, validation: data, debias: 'none' } as never);
  expect(warnings.join('\n')).toMatch(
    /column "c": the preprocessing, given or fitted on the training rows, does not list most of the values, such as " a" \(4 of 6 rows of "c"\), and they are encoded as no category; the likely cause is blanks/,
  );
});

test('integers that ascend or descend are row counters; repeated integers and fractions are not', async () => {
  const d = dice(1);
  const rows = Array.from({ length: 50 }, (_, i) => [i, 100 - i, 3 * i + 7, i >> 1, d.below(1000), i * 1.5].join(','));
  const table = await csv(`,down,gaps,twice,any,real\n${rows.join('\n')}\n`);
  expect(rowCounters(table)).toEqual(['', 'down', 'gaps']);
  expect(tableWarnings(table, split(table))[0]).toMatch(/^column "": its integers rise or fall with every row/);
  expect(rowCounters(await csv(`id\n${[...Array(19).keys()].join('\n')}\n`))).toEqual([]);
});

test('a stored table is scanned chunk by chunk with the same warnings as in memory', async () => {
  const rows = 40000;
  const line = (i: number): string => [i + 5, i % 16384, String(i % 500).padStart(5, '0'), i % 7, i % 2].join(',');
  const text = `id,restarts,zip,x,y\n${Array.from({ length: rows }, (_, i) => line(i)).join('\n')}\n`;
  const bytes = new TextEncoder().encode(text);
  using stored = await storeTable(bytes, { target: 'y' });
  expect(stored.chunks).toBe(3);
  expect(rowCounters(stored)).toEqual(['id']);
  const parts = split(stored);
  const warnings = tableWarnings(stored, parts);
  expect(warnings).toEqual(tableWarnings(await csv(text, { target: 'y' }), parts));
  expect(warnings[1]).toBe(
    'column "zip": numbers with leading zeros (such as "00000"); if they are codes, put a letter before each to make them categories, or drop the column',
  );
  // a single 0, a date without separators and a fraction are not codes
  expect(tableWarnings(await csv('a,b,c\n0,20240101,00.5\n1,0,1\n'), parts).join()).not.toContain('leading zeros');
});

test('rows that parts share are counted by their features, without the label', async () => {
  const table = await csv('a,label\n1,0\n2,1\n1,1\n3,0\n2,0\n', { target: 'label' });
  const parts = { train: Uint32Array.of(0, 1), validation: Uint32Array.of(2, 3), test: Uint32Array.of(4) };
  expect(sharedRows(table, parts)).toEqual([
    { part: 'validation', other: 'training', shared: 1, rows: 2 },
    { part: 'test', other: 'training', shared: 1, rows: 1 },
  ]);
  expect(tableWarnings(table, parts)[0]).toMatch(/^validation: 1 of 2 rows have the same features as training rows/);
  expect(sharedRows(table, split(table))).toEqual([]);
});

test('a row filter finds all of its rows, and fewer than 0.2 % of others', async () => {
  const d = dice(9);
  const table = await csv(
    `a,b\n${Array.from({ length: 20000 }, () => `${d.real(0, 1)},${d.real(0, 1)}`).join('\n')}\n`,
  );
  const all = allRows(table);
  const filter = makeRowFilter(table.hashes, all.subarray(0, 10000), ['a', 'b']);
  const again = parseRowFilter(JSON.parse(JSON.stringify(filter)));
  expect(countKnownRows(again as never, table.hashes, all.subarray(0, 10000))).toBe(10000);
  expect(countKnownRows(again as never, table.hashes, all.subarray(10000))).toBeLessThan(20);
  for (const broken of [null, 7, {}, { ...filter, bits: '<' }, { ...filter, columns: 'a' }])
    expect(parseRowFilter(broken)).toBeUndefined();
  expect(makeRowFilter(table.hashes, new Uint32Array(0), [])).toBeUndefined();
});

test.each([
  [['508,48', '1', '-0,5'], /^numbers with a decimal comma \(such as "508,48"\): write 508.48$/],
  [['1.234,5', '2'], /decimal comma .* write 1234.5$/],
  [['1,953.17', '327.31'], /commas between thousands .* write 1953.17$/],
  [['1 234 567'], /gaps between thousands .* write 1234567$/],
  [["1'234,5"], /gaps between thousands .* write 1234.5$/],
  [['1,234', '2,345'], /a comma, for the point or between thousands .* write 1234 or 1.234$/],
])('the number spelling of %j is described', (texts, words) => {
  const { seen, remedy } = numberSpelling(texts) as Spelling;
  expect(`${seen}: ${remedy}`).toMatch(words);
});

test.each([[['1', '2.5']], [['a,b', '1,5']], [['12,34,5']], [['red']], [['2024-01-02']]])(
  '%j has no special number spelling',
  (texts) => {
    expect(numberSpelling(texts)).toBeUndefined();
  },
);

test('a column of numbers with a decimal comma is refused with advice', async () => {
  const d = dice(2);
  const text = Array.from({ length: 60 }, (_, i) => `${i};${d.below(9)},${d.below(90) + 10}`).join('\n');
  const table = await csv(`n;x\n${text}\n`);
  expect(() => fitPreprocessing(table, { rows: allRows(table) })).toThrow(
    /column "x": numbers with a decimal comma .*, expected plain numbers; write .*, or drop the column \(drop: x\)/,
  );
});

test('a constant column is recognised despite rounding in its deviation', async () => {
  const table = await csv(`a,b\n${'14.62,1e-30\n'.repeat(999)}14.62,2e-30\n`);
  const fitted = fitPreprocessing(table, { rows: allRows(table) });
  const { columns } = fitted;
  const { features } = encode(table, fitted);
  const encoded = new Float32Array(features.data.buffer);
  for (let row = 0; row < table.rows; row++) expect(Math.abs(encoded[2 * row] as number)).toBeLessThan(1e-8);
  // a column of small values is not constant
  expect((columns[1] as { std: number }).std).toBeLessThan(1e-30);
});

test('a listed category is not missing; without a list, every spelling is', async () => {
  const table = await csv('c\nNA\nAS\n?\nnull\n');
  const own = preprocessing(['AS', 'NA']);
  expect(countMissing(table, { preprocessing: own })[0]).toMatchObject({ count: 2 });
  expect(countMissing(table)[0]).toMatchObject({ count: 3 });
  expect(groupRows(table, 'c', allRows(table))).toEqual(['c=', 'c=AS', 'c=', 'c=']);
  expect([...encode(table, own).features.data]).toEqual([1, 0, -1, -1]);
});

test('a flag that is one number or empty has two categories', async () => {
  const table = await csv(
    `x,flag,y\n${Array.from({ length: 30 }, (_, i) => `${i},${i % 3 ? '' : 1},${i % 2}`).join('\n')}\n`,
  );
  const own = fitPreprocessing(table, { rows: allRows(table) });
  expect(own.columns[1]).toMatchObject({ kind: 'categorical', categories: ['', '1'] });
});

test('blank lines of a one-column CSV are missing values, except at the end', async () => {
  const table = await readCsv(new TextEncoder().encode('x\n0.5\n""\n1\n\n2\n\n'));
  expect(table.rows).toBe(5);
  const [{ codes, texts }] = table.columns as unknown as [{ codes: Uint32Array; texts: string[] }];
  expect(Array.from(codes, (code) => texts[code])).toEqual(['0.5', '', '1', '', '2']);
});

test('spellings of the same label count as one value', async () => {
  const text = 'x,y\n1,1\n2, 1\n3,1.0\n4,0\n5,0.0\n6,\n';
  const table = await csv(text, { target: 'y' });
  expect([...table.labels]).toEqual([1, 1, 1, 0, 0, -1]);
  expect(table.target).toEqual({ name: 'y', positive: '1', negative: '0' });
  const other = await csv('x,y\n1,True\n2,False\n', { target: 'y', positive: '1' });
  expect([...other.labels]).toEqual([1, 0]);
});

test('a listed category that is also a spelling of missing is a separate group', async () => {
  const text = `x,region,y\n${Array.from({ length: 20 }, (_, i) => `${i},${['NA', 'EU', 'null', ''][i % 4]},${i % 2}`).join('\n')}\n`;
  const table = await csv(text, { target: 'y' });
  const rows = allRows(table);
  const column = { name: 'region', kind: 'categorical', categories: ['EU', 'NA'], offset: 0, width: 2 } as const;
  const own = { clip: 10, columns: [column], encodedWidth: 2 };
  expect([...new Set(groupRows(table, 'region', rows, own))].sort()).toEqual(['region=', 'region=EU', 'region=NA']);
  expect([...new Set(groupRows(table, 'region', rows))].sort()).toEqual(['region=', 'region=EU']);
});

test('a row counter may have a few missing values', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i === 7 ? '' : 100 + i},${i % 2}`);
  expect(rowCounters(await csv(`id,y\n${rows.join('\n')}\n`, { target: 'y' }))).toEqual(['id']);
});

test('a column that gives the label by its size, its values or its missing values is reported; others are not', async () => {
  const d = dice(3);
  const rows = Array.from({ length: 600 }, () => {
    const y = d.below(2);
    const code = y === 1 ? 1 : 2 * d.below(2);
    const days = y === 1 ? d.real(-1, 1).toFixed(5) : '';
    const amount = (y + d.real(0, 0.9)).toFixed(5);
    return [code, days, amount, y === 1 ? 'paid' : 'open', (y + d.real(-3, 3)).toFixed(4), y].join(',');
  });
  const table = await csv(`code,days,amount,status,noise,y\n${rows.join('\n')}\n`, { target: 'y' });
  const parts = split(table);
  const own = fitPreprocessing(table, { rows: parts.train });
  const [train, validation] = [parts.train, parts.validation].map((part) => encode(table, own, { rows: part }));
  const nothing = { clippedCount: 0, cached: 0, margins: new Float64Array(parts.validation.length) };
  const run = { soft: { train: nothing, validation: nothing }, debias: { rows: 3 }, leakage: { leaked: false } };
  const teacher = { takes: 'columns', inputs: ['noise'] };
  const found = warningsOf(run as never, { teacher, train, validation, debias: 'none' } as never).join('\n');
  expect([...found.matchAll(/^column "(\w+)": it alone ranks/gm)].map(([, name]) => name)).toEqual([
    'code',
    'days',
    'amount',
    'status',
  ]);
});

test('a header that is a row of numbers is refused; non-negative integers may be names', async () => {
  await expect(csv('0.5,1,-2\n1,2,3\n')).rejects.toThrow(/the first line looks like data/);
  expect((await csv('0,1,2\n0.5,2,3\n')).rows).toBe(1);
  expect((await csv('2019,2020\n0.5,2\n')).rows).toBe(1);
});
