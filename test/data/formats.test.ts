// Parquet and NDJSON give the same table as CSV with the same rows.
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { readNdjson } from '../../src/data/ndjson.ts';
import { readParquet } from '../../src/data/parquet.ts';
import { readTable } from '../../src/data/read-table.ts';
import type { Table } from '../../src/data/table.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const options = { target: 'label' };
const csv = bytes('x,n,c,__proto__,label\n1.5,7,a,"q, ""r""",1\n-2e-7,,é,x,0\n3,9007199254740993,,y,\n');
const records = [
  '{"x": 1.5, "n": 7, "c": "a", "__proto__": "q, \\"r\\"", "label": 1}',
  '{"x": -2e-7, "n": null, "c": "é", "__proto__": "x", "label": 0}',
  '{"x": 3, "n": "9007199254740993", "__proto__": "y", "label": null}',
];
const parquet = (codec: 'SNAPPY' | 'UNCOMPRESSED'): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'x', data: [1.5, -2e-7, 3], type: 'DOUBLE' },
        { name: 'n', data: [7n, null, 9007199254740993n], type: 'INT64' },
        { name: 'c', data: ['a', 'é', null], type: 'STRING' },
        { name: '__proto__', data: ['q, "r"', 'x', 'y'], type: 'STRING' },
        { name: 'label', data: [1, 0, null], type: 'INT32' },
      ],
      codec,
    }),
  );

/** The texts, labels and hashes of a table. */
function contentOf(table: Table): object {
  const { columns, labels, hashes } = table;
  const texts = columns.map((c) => [c.name, ...Array.from(c.codes, (code) => c.texts[code])]);
  // every format writes -2e-7 as -2e-7, so the hashes of the texts agree
  return { texts, labels: [...labels], hashes: [...hashes] };
}

test('NDJSON, plain and gzip, in chunks of any size', async () => {
  const want = contentOf(await readCsv(csv, options));
  const text = records.join('\n');
  expect(contentOf(await readNdjson(bytes(text), options))).toEqual(want);
  expect(contentOf(await readTable(gzipSync(`\n${text}\n\n`), options))).toEqual(want);
  const raw = bytes(text);
  for (const size of [1, 7, 64]) {
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < raw.length; at += size) controller.enqueue(raw.slice(at, at + size));
        controller.close();
      },
    });
    expect(contentOf(await readTable(new Response(stream), options))).toEqual(want);
  }
});

test('NDJSON numbers that float64 cannot hold stay as they are written; others are as String writes them', async () => {
  const values = async (literals: readonly string[]): Promise<(string | undefined)[]> => {
    const table = await readTable(bytes(literals.map((literal) => `{"t": "a:1e999", "n": ${literal}}\n`).join('')));
    const { codes, texts } = table.columns[1] as { codes: Uint32Array; texts: readonly string[] };
    return Array.from(codes, (code) => texts[code]);
  };
  const exact = [
    '9007199254740993',
    '-12345678901234567001',
    '0.1000000000000000055',
    '1e400',
    '1E-400',
    '1e99999999999',
  ];
  expect(await values(exact)).toEqual(exact);
  expect(await values(['1.0', '1e3', '-0.0', '9007199254740992', '1.50e-7', '1e300'])).toEqual([
    '1',
    '1000',
    '0',
    '9007199254740992',
    '1.5e-7',
    '1e+300',
  ]);
});

test('NDJSON records that leave out columns are noted once, by column', async () => {
  const text = '{"x": 1, "c": null, "label": 1}\n{"x": 1, "label": 0}\n{"label": 1}\n';
  const { notes } = await readTable(bytes(text), options);
  expect(notes).toEqual([
    'data "bytes": of 3 records, some leave out columns, whose values count as missing: "x" in 1, "c" in 2',
  ]);
  expect((await readTable(bytes(records.slice(0, 2).join('\n')), options)).notes).toBeUndefined();
});

test.each(['SNAPPY', 'UNCOMPRESSED'] as const)('Parquet, %s', async (codec) => {
  const want = contentOf(await readCsv(csv, options));
  expect(contentOf(await readParquet(parquet(codec), options))).toEqual(want);
  expect(contentOf(await readTable(parquet(codec), options))).toEqual(want);
});

test('Parquet with more than one chunk of rows', async () => {
  const rows = 40000;
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'x', data: Array.from({ length: rows }, (_, i) => i), type: 'INT32' },
      { name: 'label', data: Array.from({ length: rows }, (_, i) => i % 2 === 0), type: 'BOOLEAN' },
    ],
    rowGroupSize: 3000,
  });
  const table = await readTable(new Uint8Array(file), options);
  expect(table.rows).toBe(rows);
  const [x] = table.columns;
  expect(x?.texts[x.codes[39999] as number]).toBe('39999');
  expect(table.labels[39998]).toBe(1);
});

test.each([
  ['a key twice', '{"x": 1, "label": 1}\n{"x": 1, "\\u0078": 2, "label": 1}\n', /line 2: key "x" is there twice/],
  ['a list', '{"x": [1], "label": 1}\n', /line 1: key "x" holds a list/],
  ['an unknown key', '{"x": 1, "label": 1}\n{"y": 1, "label": 0}\n', /line 2: key "y" is not in the first record/],
  ['broken JSON', '{"x": 1, "label": 1}\n{"x": \n', /line 2: not JSON/],
  ['a number', '{"x": 1, "label": 1}\n5\n', /line 2: not an object/],
  ['an empty record', '{}\n', /no record/],
])('NDJSON with %s is refused', async (_, text, message) => {
  await expect(readTable(bytes(text), options)).rejects.toThrow(message);
});

test('Parquet that is cut or damaged is refused', async () => {
  const file = parquet('SNAPPY');
  await expect(readTable(file.slice(0, file.length - 30), options)).rejects.toThrow(/the Parquet file cannot be read/);
  await expect(readTable(file.slice(0, 5), options)).rejects.toThrow(/the Parquet file cannot be read/);
});
