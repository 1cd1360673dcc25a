// Fitted preprocessings, their JSON files, encoding, splitting and sampling.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { denseRows } from '../../src/data/matrix.ts';
import { parseNumber, parsePreprocessing } from '../../src/data/preprocessing.ts';
import { sampleRows, split } from '../../src/data/split.ts';
import type { Table } from '../../src/data/table.ts';
import { dice } from '../random.ts';

const table = (text: string): Promise<Table> => readCsv(new TextEncoder().encode(text), { target: 'label' });
const all = (t: Table): { rows: Uint32Array } => ({ rows: Uint32Array.from({ length: t.rows }, (_, i) => i) });

test('numbers are standardised, categories are one-hot in UTF-8 byte order; an empty field is a category or the mean', async () => {
  const t = await table('x,c,label\n1,b,0\n3,é,1\n,,0\n5,Z,1\n');
  const p = fitPreprocessing(t, all(t));
  expect(p.columns).toEqual([
    { name: 'x', kind: 'numeric', transform: 'none', mean: 3, std: Math.sqrt(8 / 3), offset: 0, width: 1 },
    { name: 'c', kind: 'categorical', categories: ['', 'Z', 'b', 'é'], offset: 1, width: 4 },
  ]);
  const { features } = encode(t, p);
  const s = Math.fround(-2 / Math.sqrt(8 / 3));
  expect([...denseRows(features, 0, 4)]).toEqual([s, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, -s, 0, 1, 0, 0]);
});

test('only the given rows are fitted; values that they lack are encoded as all zeros', async () => {
  const t = await table('x,c,label\n1,a,0\n3,b,1\n1000,new,0\n');
  const p = fitPreprocessing(t, { rows: Uint32Array.of(0, 1) });
  expect(p.columns[1]).toMatchObject({ categories: ['a', 'b'] });
  expect([...denseRows(encode(t, p).features, 2, 3)]).toEqual([10, 0, 0]);
});

test('a heavily skewed column is transformed by symlog, a constant one becomes 0', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i === 0 ? 1e6 : i},7,${i % 2}`);
  const t = await table(`x,k,label\n${rows.join('\n')}\n`);
  const p = fitPreprocessing(t, all(t));
  expect(p.columns[0]).toMatchObject({ transform: 'symlog' });
  expect(p.columns[1]).toMatchObject({ mean: 7, std: 1 });
  const x = denseRows(encode(t, p).features, 0, 60);
  expect(x.every((v) => Math.abs(v) <= 10)).toBe(true);
  expect(x.filter((_, i) => i % 2 === 1).every((v) => v === 0)).toBe(true);
});

test.each([
  [
    'text in a numeric column',
    (i: number) => (i === 7 ? 'seven' : `${i}`),
    /row 8: "seven" is text in a numeric column/,
  ],
  ['infinity', (i: number) => (i === 3 ? '-inf' : `${i}`), /row 4: "-inf" is not a finite number in a numeric column/],
  ['a number beyond float64', (i: number) => (i === 3 ? '1e999' : `${i}`), /row 4: "1e999" is not a finite number/],
  [
    'an identifier',
    (i: number) => `customer-${i}`,
    /100 different texts in 100 rows .* as identifiers have.*; drop the column \(drop: x\)/,
  ],
  [
    'ISO dates',
    (i: number) => `2024-0${1 + (i % 9)}-1${i % 10}`,
    /dates \(such as "2024-01-10"\).*days before the event/,
  ],
  ['dates with times', (i: number) => `${1 + (i % 28)}.${1 + (i % 12)}.2023 10:30`, /dates/],
])('%s is refused', async (_, value, message) => {
  const rows = Array.from({ length: 100 }, (_, i) => `${value(i)},${i % 2}`);
  const t = await table(`x,label\n${rows.join('\n')}\n`);
  expect(() => fitPreprocessing(t, { ...all(t), text: [] })).toThrow(message);
});

test('free text is encoded as n-grams, unless no column is to be a text', async () => {
  const rows = Array.from({ length: 100 }, (_, i) => `the customer number ${i} called us about a bill,${i % 2}`);
  const t = await table(`x,label\n${rows.join('\n')}\n`);
  expect(fitPreprocessing(t, all(t)).columns.map(({ kind }) => kind)).toEqual(['text']);
  expect(() => fitPreprocessing(t, { ...all(t), text: [] })).toThrow(/free text .*name the column of text/);
});

test('a few dates are categories; a category of 100,000 values keeps its 255 most frequent', async () => {
  const few = await table(
    `d,label\n${Array.from({ length: 60 }, (_, i) => `2024-01-1${i % 5},${i % 2}`).join('\n')}\n`,
  );
  expect(fitPreprocessing(few, all(few)).columns[0]).toMatchObject({ kind: 'categorical', width: 5 });
  const many = Array.from({ length: 300_000 }, (_, i) => `v${i < 100_000 ? i : i % 400},${i % 2}`);
  const t = await table(`c,label\n${many.join('\n')}\n`);
  expect(t.columns[0]?.texts).toHaveLength(100_000);
  const [column] = fitPreprocessing(t, all(t)).columns;
  expect(column).toMatchObject({ kind: 'categorical', width: 255 });
  expect(column?.kind === 'categorical' && column.categories.every((c) => Number(c.slice(1)) < 400)).toBe(true);
});

test('500 columns are fitted and encoded', async () => {
  const header = Array.from({ length: 500 }, (_, j) => `x${j}`).join(',');
  const rows = Array.from(
    { length: 80 },
    (_, i) => `${Array.from({ length: 500 }, (_, j) => (i * 7 + j * 13) % 101).join(',')},${i % 2}`,
  );
  const t = await table(`${header},label\n${rows.join('\n')}\n`);
  const p = fitPreprocessing(t, all(t));
  expect(p.encodedWidth).toBe(500);
  expect(denseRows(encode(t, p).features, 0, 80).every(Number.isFinite)).toBe(true);
});

test('parseNumber takes decimal numbers only', () => {
  for (const text of ['1', '-2.5', '+.5', '1.', '1e-3', ' 7 ', '1E+05']) expect(parseNumber(text)).toBe(Number(text));
  for (const text of ['', ' ', '1,5', '0x10', '1_000', 'NaN', 'Infinity', '1e', '--1', '.'])
    expect(parseNumber(text)).toBeNaN();
});

test.each([
  [{ clip: 0 }, /clip is/],
  [[], /not a JSON object/],
  [{ clip: 10, columns: [], encodedWidth: 0 }, /no columns/],
  [
    {
      clip: 10,
      columns: [{ name: 'x', kind: 'numeric', transform: 'none', mean: 0, std: 0, offset: 0 }],
      encodedWidth: 1,
    },
    /std above 0/,
  ],
  [
    {
      clip: 10,
      columns: [{ name: 'x', kind: 'numeric', transform: 'log', mean: 0, std: 1, offset: 0 }],
      encodedWidth: 1,
    },
    /transform "log"/,
  ],
  [
    {
      clip: 10,
      columns: [{ name: 'x', kind: 'numeric', transform: 'none', mean: 0, std: 1, offset: 1 }],
      encodedWidth: 2,
    },
    /starts at 1, expected 0/,
  ],
  [
    { clip: 10, columns: [{ name: 'c', kind: 'categorical', categories: ['a', 'a'], offset: 0 }], encodedWidth: 2 },
    /lists a category twice/,
  ],
  [
    { clip: 10, columns: [{ name: 'c', kind: 'categorical', categories: ['a', 'b'], offset: 0 }], encodedWidth: 3 },
    /encodedWidth is "3", expected 2, the width of the columns/,
  ],
])('a malformed preprocessing is refused: %j', (value, message) => {
  expect(() => parsePreprocessing(value, 'p.json')).toThrow(message);
});

test('split: equal rows share a part; about 60/20/20', async () => {
  const d = dice(3);
  const lines = Array.from({ length: 4000 }, () => `${d.below(1500)},${d.below(2)}`);
  const t = await table(`x,label\n${lines.join('\n')}\n`);
  const parts = split(t);
  const part = new Map<string, string>();
  for (const [name, rows] of Object.entries(parts)) {
    for (const row of rows as Uint32Array) {
      const value = t.columns[0]?.texts[t.columns[0].codes[row] as number] as string;
      expect(part.get(value) ?? name).toBe(name);
      part.set(value, name);
    }
  }
  expect(parts.train.length + parts.validation.length + parts.test.length).toBe(4000);
  expect(Math.abs(parts.train.length / 4000 - 0.6)).toBeLessThan(0.05);
});

test('sampleRows: n distinct rows, ascending, seeded; all rows if there are fewer', () => {
  const rows = Uint32Array.from({ length: 1000 }, (_, i) => 3 * i);
  const sample = sampleRows(rows, 100, 1);
  expect(sample).toEqual(sampleRows(rows, 100, 1));
  expect(sample).not.toEqual(sampleRows(rows, 100, 2));
  expect(new Set(sample).size).toBe(100);
  expect([...sample]).toEqual([...sample].sort((a, b) => a - b));
  expect(sample.every((row) => row % 3 === 0 && row < 3000)).toBe(true);
  expect(sampleRows(rows, 5000, 1)).toBe(rows);
});
