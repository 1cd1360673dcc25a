// CSV: dialects, quotes, chunks, refusals and labels.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openCsv, readCsv } from '../../src/data/csv.ts';
import { readSplit, split } from '../../src/data/split.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function cells(source: Parameters<typeof openCsv>[0]): Promise<string[][]> {
  const { header, chunks } = await openCsv(source);
  const rows: string[][] = [[...header]];
  for await (const chunk of chunks) rows.push(...chunk.map((row) => [...row]));
  return rows;
}

test.each([
  ['plain', 'a,b\n1,2\n3,4\n'],
  ['no newline at the end', 'a,b\n1,2\n3,4'],
  ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
  ['CRLF, cut off before the last LF', 'a,b\r\n1,2\r\n3,4\r'],
  ['CR', 'a,b\r1,2\r3,4'],
  ['byte order mark', '\ufeffa,b\n1,2\n3,4\n'],
  ['semicolons', 'a;b\n1;2\n3;4\n'],
  ['tabs', 'a\tb\n1\t2\n3\t4\n'],
  ['blank lines', 'a,b\n\n1,2\n\n3,4\n\n'],
  ['quotes', '"a","b"\n"1","2"\n3,"4"\n'],
])('%s: the same rows from bytes, gzip, a Blob and a Response', async (_, text) => {
  const want = [
    ['a', 'b'],
    ['1', '2'],
    ['3', '4'],
  ];
  expect(await cells(bytes(text))).toEqual(want);
  expect(await cells(gzipSync(text))).toEqual(want);
  expect(await cells(new Blob([text]))).toEqual(want);
  expect(await cells(new Response(text))).toEqual(want);
});

test('quoted fields keep delimiters, newlines and doubled quotes', async () => {
  expect(await cells(bytes('a,b\n"x, y","line\nbreak"\n"say ""hi""",""\n'))).toEqual([
    ['a', 'b'],
    ['x, y', 'line\nbreak'],
    ['say "hi"', ''],
  ]);
});

test('chunks of any size give the same rows', async () => {
  const text = 'a,b\r\n"é, ""q""\r\n",2\r\n3,"4\r\n5"\r\n6,7\r\n';
  const whole = await cells(bytes(text));
  const raw = bytes(text);
  for (let size = 1; size < raw.length; size++) {
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < raw.length; at += size) controller.enqueue(raw.slice(at, at + size));
        controller.close();
      },
    });
    expect(await cells(new Response(stream)), `chunks of ${size}`).toEqual(whole);
  }
});

test.each([
  ['an empty file', '', /the file is empty/],
  ['a header without rows', 'a,label\n', /header without rows/],
  ['a row with an extra field', 'a,label\n1,0\n1,2,3\n', /row 2: 3 fields, expected 2 as in the header/],
  ['the same column twice', 'a,a\n1,2\n', /column "a" appears twice/],
  ['binary data', 'a\0b,label\n1,2\n', /binary data/],
  ['a missing target column', 'a,lable\n1,2\n', /no column "label" for the target; did you mean "lable"\?/],
  ['three classes', 'a,label\n1,0\n2,1\n3,2\n', /3 different values/],
  ['a single class', 'a,label\n1,0\n2,0\n', /one class only/],
  [
    'a single class beside NA',
    'a,label\n1,ok\n2,NA\n3, na\n',
    /one class only \("ok"; "NA", "na" count as missing\), expected two; add rows of the other class, or list how missing/,
  ],
  [
    'a single class beside one spelling of NA',
    'a,label\n1,ok\n2,NA\n',
    /"NA" counts as missing\), expected two; add rows of the other class, or count it as a value \(missing: \[\]\)/,
  ],
  ['a table without labels', 'a,label\n1,\n2,\n', /no row has a label/],
  [
    'an unclear class 1',
    'a,label\n1,cat\n2,dog\n',
    /unclear whether "cat" or "dog" is class 1; state the value of class 1/,
  ],
  ['a table without features', 'label\n1\n0\n', /no feature column is left/],
])('%s is refused', async (_, text, message) => {
  await expect(readCsv(bytes(text), { target: 'label' })).rejects.toThrow(message);
});

test.each([
  ['yes ', ' no'],
  [' 1', '0'],
  ['TRUE ', 'false'],
])('class 1 is %j of %j as well, without the blanks', async (positive, negative) => {
  const rows = `a,label\n1,"${positive}"\n2,"${negative}"\n3,"${positive.trim()}"\n`;
  const { target, labels } = await readCsv(bytes(rows), { target: 'label' });
  expect(target).toEqual({ name: 'label', positive: positive.trim(), negative: negative.trim() });
  expect([...labels]).toEqual([1, 0, 1]);
});

test('bytes that are not UTF-8 and damaged gzip data are refused', async () => {
  await expect(readCsv(Uint8Array.of(0x61, 0xff, 0xfe, 0x0a), {})).rejects.toThrow(/not UTF-8 text/);
  await expect(readCsv(gzipSync('a,b\n1,2\n'.repeat(500)).subarray(0, 30), {})).rejects.toThrow(/gzip data is damaged/);
});

test('a column that is not there has the code `column`, whatever it is for', async () => {
  const text = 'age,region,label\n1,a,0\n2,b,1\n';
  const absent = (message: string) =>
    expect.objectContaining({ code: 'column', message: expect.stringContaining(message) });
  const read = (options: object) => readCsv(bytes(text), options);
  await expect(read({ target: 'lable' })).rejects.toThrow(
    absent('no column "lable" for the target; did you mean "label"?'),
  );
  await expect(read({ drop: ['zzzzzz'] })).rejects.toThrow(
    absent('no column "zzzzzz" to drop, expected one of "age", "region", "label"'),
  );
  const table = await read({ target: 'label', drop: ['region'] });
  expect(() => split(table, { by: 'zzzzzz' })).toThrow(
    absent('no column "zzzzzz" for the split, expected one of "age", "region"'),
  );
  await expect(readSplit(bytes('part\ntrain\n'))).rejects.toThrow(absent('no column "split", expected one with train'));
});

test('class 1 is yes or the value of `positive`; an empty label is an unlabelled row', async () => {
  const table = await readCsv(bytes('a,y\n1,yes\n2,no\n3,\n'), { target: 'y' });
  expect([...table.labels]).toEqual([1, 0, -1]);
  const named = await readCsv(bytes('a,y\n1,cat\n2,dog\n'), { target: 'y', positive: 'dog' });
  expect([...named.labels]).toEqual([0, 1]);
  await expect(readCsv(bytes('a,y\n1,cat\n2,dog\n'), { target: 'y', positive: 'cow' })).rejects.toThrow(
    /"cow" of class 1, expected one of "cat", "dog"/,
  );
});
