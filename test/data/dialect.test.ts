// The way in which a CSV, NDJSON or Parquet file is written does not change the table.
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { openRows, readCsv } from '../../src/data/csv.ts';
import { detectDialect, unifyEnds } from '../../src/data/csv-dialect.ts';
import { readTable } from '../../src/data/read-table.ts';
import type { Table } from '../../src/data/table.ts';
import { dice } from '../random.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const rowsOf = ({ columns, rows }: Table): string[][] =>
  Array.from({ length: rows }, (_, i) => columns.map(({ codes, texts }) => texts[codes[i] as number] as string));

const lines = ['x,city', '1,rome', '2,"a, b"', '3,"two\nlines"', '4,"say ""hi"""', '5,oslo'];
const want = [
  ['1', 'rome'],
  ['2', 'a, b'],
  ['3', 'two\nlines'],
  ['4', 'say "hi"'],
  ['5', 'oslo'],
];

test.each([
  ['LF', '\n', '\n'],
  ['CRLF', '\r\n', '\r\n'],
  ['CR', '\r', '\r'],
  ['an LF header and CRLF rows', '\n', '\r\n'],
  ['a CRLF header and LF rows', '\r\n', '\n'],
])('%s: the same rows, with and without a line end after the last', async (_, first, others) => {
  const [header, ...rows] = lines;
  for (const end of [others, '']) {
    expect(rowsOf(await readCsv(bytes(`${header}${first}${rows.join(others)}${end}`)))).toEqual(want);
  }
});

test('random line ends for each row, in chunks of any size', async () => {
  const d = dice(4);
  for (let turn = 0; turn < 40; turn++) {
    const text = lines.map((line) => line + (['\n', '\r\n', '\r'][d.below(3)] as string)).join('');
    const all = bytes(text);
    const size = 1 + d.below(9);
    const chunks = (async function* () {
      for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
    })();
    const { chunks: read, header } = await openRows(chunks, 'test');
    const found: string[][] = [];
    for await (const rows of read) found.push(...rows.map((row) => [...row]));
    expect([header, found], JSON.stringify(text)).toEqual([['x', 'city'], want]);
  }
});

test('line ends that change after many rows are found', async () => {
  const plain = Array.from({ length: 20000 }, (_, i) => `${i},rome`).join('\n');
  const table = await readCsv(bytes(`x,city\n${plain}\n1,oslo\r\n2,rome\r\n`));
  expect(table.columns[1]?.texts).toEqual(['rome', 'oslo']);
  const windows = await readCsv(bytes(`x,city\r\n${plain.replaceAll('\n', '\r\n')}\r\n1,oslo\n2,rome\n`));
  expect([windows.rows, windows.columns[1]?.texts]).toEqual([20002, ['rome', 'oslo']]);
});

test('a line end inside quotes is part of the text', () => {
  expect(unifyEnds('a,"b\r\nc"\r\nd\re', ',', true)).toBe('a,"b\r\nc"\nd\ne');
  expect(unifyEnds('a"b\r\n"c"\r\n', ',', false)).toBe('a"b\n"c"\n');
  expect(unifyEnds('a\r', ',', false)).toBe('a\r');
  expect(unifyEnds('a\r', ',', true)).toBe('a\n');
});

test.each([
  ['a;b\n1,5;2,5\n', ';'],
  ['a,b\n1;2,3\n4;5,6\n', ','],
  ['"a;b",c\n1,2\n', ','],
  ['a\tb\n1\t2\n', '\t'],
  ['a|b\n1|2\n', '|'],
  ['a;b,c\n1;2,3\n4;5\n', ';'],
  ['alone\n1\n', ','],
])('%j is separated by %j', (text, delimiter) => {
  expect(detectDialect(text, true)?.delimiter).toBe(delimiter);
});

test('the dialect is undefined until a header and a row have been read', () => {
  expect(detectDialect('a;b\n1;', false)).toBeUndefined();
  expect(detectDialect('a;b\n1;2\n', false)).toEqual({ delimiter: ';', newline: '\n' });
  expect(detectDialect('a;b\r\n', true)).toEqual({ delimiter: ';', newline: '\r\n' });
});

test('a delimiter at the end of every line adds no column; a later value in it is refused', async () => {
  expect(rowsOf(await readCsv(bytes('a,b,\n1,2,\n3,4,\n')))).toEqual([
    ['1', '2'],
    ['3', '4'],
  ]);
  // the index column of pandas has no name either, but it has values
  expect((await readCsv(bytes(',a\n0,1\n1,2\n'))).columns.map(({ name }) => name)).toEqual(['', 'a']);
  expect((await readCsv(bytes('a,\n0,1\n1,2\n'))).columns.map(({ name }) => name)).toEqual(['a', '']);
  const late = `a,b,\n${'1,2,\n'.repeat(30000)}1,2,3\n`;
  const chunks = (async function* () {
    for (let at = 0; at < late.length; at += 65536) yield bytes(late.slice(at, at + 65536));
  })();
  const { chunks: read } = await openRows(chunks, 'test');
  await expect(
    (async () => {
      for await (const _ of read);
    })(),
  ).rejects.toThrow(/row 30001: a value in the last column, which has no name in the header/);
});

test('NDJSON: columns are in the order of the first line, even if their names are integers', async () => {
  const table = await readTable(
    bytes('{"age":41,"0":1,"10":2,"2":"\\"x\\":1","b":null}\n{"2":5,"age":1,"0":3,"10":4,"b":7}\n'),
  );
  expect(table.columns.map(({ name }) => name)).toEqual(['age', '0', '10', '2', 'b']);
  expect(rowsOf(table)).toEqual([
    ['41', '1', '2', '"x":1', ''],
    ['1', '3', '4', '5', '7'],
  ]);
});

test.each(['[{"a":1},{"a":2}]', '[\n  {"a": 1}\n]', ' [[1,2]]', '[]'])(
  'a JSON array (%s) is refused as such',
  async (text) => {
    await expect(readTable(bytes(text))).rejects.toThrow(
      /this is a JSON array, expected NDJSON \(one object per line\)/,
    );
  },
);

test('a CSV whose header begins with a bracket is not taken for JSON', async () => {
  expect((await readTable(bytes('[a],b\n1,2\n'))).columns.map(({ name }) => name)).toEqual(['[a]', 'b']);
});

test('a DECIMAL of Parquet is read as the shortest decimal', async () => {
  const data = [14.62, 0.1, 1234.5, 7, -0.07, 19.99];
  const schema = [
    { name: 'root', num_children: 1 },
    { name: 'price', type: 'INT32', converted_type: 'DECIMAL', scale: 2, precision: 9, repetition_type: 'REQUIRED' },
  ];
  const file = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'price', data }], schema: schema as never }));
  expect(rowsOf(await readTable(file)).flat()).toEqual(['14.62', '0.1', '1234.5', '7', '-0.07', '19.99']);
});

test.each([
  ['a delimiter declared for Excel', 'sep=;\nx;city\n1;rome\n2;"a, b"\n3;"two\nlines"\n4;"say ""hi"""\n5;oslo\n'],
  ['a delimiter declared in quotes', '"sep=\t"\nx\tcity\n1\trome\n2\ta, b\n3\t"two\nlines"\n4\t"say ""hi"""\n5\toslo'],
  ['a delimiter at the end of rows only', lines.map((line, i) => (i === 0 ? line : `${line},`)).join('\n')],
  ['a delimiter at the end of all lines', lines.map((line) => `${line},`).join('\n')],
])('%s: the same rows', async (_, text) => {
  expect(rowsOf(await readCsv(bytes(text)))).toEqual(want);
  const parts = (async function* () {
    for (const byte of bytes(text)) yield Uint8Array.of(byte);
  })();
  const { header, chunks } = await openRows(parts, 'bytes');
  const rows: string[][] = [];
  for await (const chunk of chunks) rows.push(...(chunk as string[][]));
  expect([header, rows]).toEqual([['x', 'city'], want]);
});

test.each([
  [
    '# made by hand\nx,y\n1,2\n',
    /the first line is a comment \("# made by hand"\).*remove the lines that begin with #/,
  ],
  [',x,,y\n1,2,3,4\n', /columns 1, 3 have no name in the header; name them/],
  ['x,y\n1,2\n1,2,\n', /row 2: 3 fields, expected 2 as in the header/],
  ['x\0,\0y\0\n\x001\0,\x002\0\n\0', /UTF-16 text, expected .*; save it as UTF-8/],
  ['x,y\n1,\x001\n', /binary data, expected .*; check that this is the right file/],
])('%j is refused with its cause', async (text, words) => {
  await expect(readCsv(bytes(text))).rejects.toThrow(words);
});

test('a column name may begin with #', async () => {
  expect((await readCsv(bytes('#id,x\n1,2\n'))).columns.map(({ name }) => name)).toEqual(['#id', 'x']);
});
