// Preprocessing of texts: which columns are texts, what is fitted, its JSON, and matrices with texts.
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { fitText, textFeatures } from '../../src/data/fit-text.ts';
import { hasherOf } from '../../src/data/hash-texts.ts';
import { concatMatrixRows, denseRows, type Matrix, selectMatrixRows, sliceMatrixRows } from '../../src/data/matrix.ts';
import { joinFields, plainColumns, textFields } from '../../src/data/plain-columns.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { readTable } from '../../src/data/read-table.ts';
import type { Table } from '../../src/data/table.ts';
import { idfOf, placesOf, type TextColumn } from '../../src/data/text-column.ts';
import { textCsv, textRows } from '../texts.ts';

const read = (csv: string): Promise<Table> => readTable(new TextEncoder().encode(csv), { target: 'label' });
const rows = textRows(120, { seed: 7 });
const table = await read(textCsv(rows));
const range = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i);
const preprocessing = fitPreprocessing(table, { rows: range(0, 80) });
const text = preprocessing.columns[0] as TextColumn;
const dense = (matrix: Matrix): Float32Array => denseRows(matrix, 0, matrix.rows);

test('columns of many different texts with four spaces or more are texts; others only where they are named', async () => {
  expect(textFeatures(table, undefined)).toEqual(['note']);
  expect(textFeatures(table, ['town'])).toEqual(['town']);
  const table50 = (different: number, words: string): Promise<Table> =>
    read(
      `note,x,label\n${Array.from({ length: 100 }, (_, i) => `${words} ${i % different},${i},${i % 2}`).join('\n')}\n`,
    );
  expect(textFeatures(await table50(51, 'one two three four'), undefined)).toEqual(['note']);
  expect(textFeatures(await table50(50, 'one two three four'), undefined)).toEqual([]);
  expect(textFeatures(await table50(60, 'one two three'), undefined)).toEqual([]);
  expect(() => fitPreprocessing(table, { rows: range(0, 80), text: ['age'] })).toThrow(
    /column "age": its values are numbers, such as "\d+", expected texts/,
  );
  expect(() => fitPreprocessing(table, { rows: range(0, 80), text: ['note', 'notes'] })).toThrow(
    /no column "notes", which should hold the texts \(did you mean "note"\?\)/,
  );
});

test('buckets are seen if the given rows have them, and no others; their counts become weights by rarity', () => {
  const counts = new Map<number, number>();
  for (const { note } of rows.slice(0, 80))
    for (const bucket of hasherOf(text).buckets(note)) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  const seen = [...counts.keys()].sort((a, b) => a - b);
  const places = placesOf(text);
  expect([...places.keys()].filter((bucket) => (places[bucket] as number) >= 0)).toEqual(seen);
  expect(seen.map((bucket) => places[bucket])).toEqual([...seen.keys()]);
  expect([text.width, text.offset, preprocessing.encodedWidth]).toEqual([
    seen.length,
    0,
    preprocessing.columns.reduce((sum, { width }) => sum + width, 0),
  ]);
  const of = (from: number, to: number) => fitText(table, 'note', { rows: range(from, to), idf: true });
  expect(of(0, 40).seen).not.toBe(text.seen);
  const { idf, ...rest } = of(0, 80);
  expect({ ...rest, offset: 0 }).toEqual(text);
  expect(idf?.rows).toBe(80);
  const middle = (count: number): number => 1.5 * 2 ** Math.floor(Math.log2(count)) - 0.5;
  seen.forEach((bucket, place) => {
    const expected = Math.log(81 / (1 + middle(counts.get(bucket) as number))) + 1;
    expect(Math.sqrt(idfOf({ ...text, ...(idf && { idf }) })?.squares[place] as number)).toBeCloseTo(expected, 12);
  });
  expect(Math.sqrt(idfOf({ ...text, ...(idf && { idf }) })?.unseen as number)).toBeCloseTo(Math.log(81) + 1, 12);
});

test('n-grams that the fitted rows lack count for the length of a text only', () => {
  const { features } = encode(table, preprocessing, { rows: range(80, 120) });
  const [places, hasher] = [placesOf(text), hasherOf(text)];
  let unseen = 0;
  for (let i = 0; i < 40; i++) {
    const buckets = [...hasher.buckets(rows[80 + i]?.note as string)];
    const known = buckets.filter((bucket) => (places[bucket] as number) >= 0);
    unseen += buckets.length - known.length;
    const expected = new Float32Array(text.width);
    for (const bucket of known) expected[places[bucket] as number] = 1 / Math.sqrt(buckets.length);
    expect(denseRows(features, i, i + 1).subarray(0, text.width)).toEqual(expected);
  }
  expect(unseen).toBeGreaterThan(100);
});

test('JSON has everything', () => {
  const idf = fitText(table, 'note', { rows: range(0, 80), idf: true });
  const weighed = { ...preprocessing, columns: [{ ...idf, offset: 0 }, ...preprocessing.columns.slice(1)] };
  for (const one of [preprocessing, weighed]) {
    const again = parsePreprocessing(JSON.parse(JSON.stringify(one)), 'file');
    expect(again).toEqual(one);
    expect(dense(encode(table, again).features)).toEqual(dense(encode(table, one).features));
  }
});

describe('a malformed text column is refused', () => {
  test.each<[string, object, RegExp]>([
    ['too few buckets', { buckets: 512 }, /buckets is 512, expected a power of two from 1024 to 262144/],
    ['no power of two', { buckets: 5000 }, /buckets is 5000/],
    ['too many buckets', { buckets: 2 ** 19 }, /buckets is 524288/],
    ['reversed words', { words: [2, 1] }, /words is \[2,1\], expected \[least, most\], from 0 to 8/],
    ['half a range', { words: [0, 1] }, /words is \[0,1\]/],
    ['long n-grams', { characters: [3, 9] }, /characters is \[3,9\]/],
    ['no range', { characters: 3 }, /characters is 3/],
    ['seen of another length', { seen: text.seen.slice(4) }, /seen has the wrong form, expected base64 of 2048 bytes/],
    ['seen that is no base64', { seen: text.seen.replace(/^./, '*') }, /seen has the wrong form/],
    ['another width', { width: text.width + 1 }, /width is \d+, expected \d+, the buckets that were seen/],
    ['idf of another width', { idf: { rows: 80, levels: '0' } }, /idf has the wrong form, expected \{ rows, levels/],
    ['idf of no rows', { idf: { rows: 0, levels: '0'.repeat(text.width) } }, /idf has the wrong form/],
    ['idf with other digits', { idf: { rows: 80, levels: 'z'.repeat(text.width) } }, /idf has the wrong form/],
  ])('%s', (_, change, message) => {
    const columns = [{ ...text, ...change }, ...preprocessing.columns.slice(1)];
    expect(() => parsePreprocessing({ ...preprocessing, columns }, 'file')).toThrow(message);
  });
});

test('rows of texts are selected, sliced and joined as dense rows are', () => {
  const [a, b] = [range(0, 50), range(50, 120)].map(
    (part) => encode(table, preprocessing, { rows: part }).features,
  ) as [Matrix, Matrix];
  const all = dense(encode(table, preprocessing).features);
  const { width } = a;
  const of = (list: readonly number[]): Float32Array =>
    Float32Array.from(list.flatMap((row) => [...all.subarray(row * width, (row + 1) * width)]));
  expect(dense(selectMatrixRows(b, Uint32Array.of(3, 0, 3)))).toEqual(of([53, 50, 53]));
  expect(dense(sliceMatrixRows(b, 2, 5))).toEqual(of([52, 53, 54]));
  expect(dense(concatMatrixRows([a, b]))).toEqual(all);
  // parts that share their texts, and one that does not
  const parts = [sliceMatrixRows(a, 4, 6), selectMatrixRows(b, Uint32Array.of(7)), sliceMatrixRows(a, 0, 1)];
  expect(dense(concatMatrixRows(parts))).toEqual(of([4, 5, 57, 0]));
});

test('plain columns, texts alone, and joined fields', () => {
  const { features } = encode(table, preprocessing);
  const [all, width] = [dense(features), features.width];
  const plain = plainColumns(features, preprocessing);
  const texts = textFields(features) as Matrix;
  const joined = joinFields(texts, plain);
  const others = width - text.width;
  expect([plain.width, texts.width, joined.width]).toEqual([others, width, width + others]);
  expect(plain.texts).toBeUndefined();
  const [plainRows, textRowsOnly, joinedRows] = [dense(plain), dense(texts), dense(joined)];
  for (let i = 0; i < features.rows; i++) {
    const row = all.subarray(i * width, (i + 1) * width);
    expect(plainRows.subarray(i * others, (i + 1) * others)).toEqual(row.subarray(text.width));
    const words = Float32Array.from(row).fill(0, text.width);
    expect(textRowsOnly.subarray(i * width, (i + 1) * width)).toEqual(words);
    expect(joinedRows.subarray(i * (width + others), (i + 1) * (width + others))).toEqual(
      Float32Array.of(...words, ...row.subarray(text.width)),
    );
  }
  const none = fitPreprocessing(table, { rows: range(0, 80), text: [], optional: ['note'] });
  const without = encode(table, none).features;
  expect(plainColumns(without, none)).toBe(without);
  expect(textFields(without)).toBeUndefined();
});
