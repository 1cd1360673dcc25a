// The images of a stream of rows, opened chunk by chunk: for commands that read rows once, such as label and predict.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { streamImages } from '../../src/cli/images-input.ts';
import { openStream } from '../../src/cli/table-input.ts';
import { encodeColumn } from '../../src/data/chunks.ts';
import type { Column } from '../../src/data/table.ts';
import { sha256 } from '../../src/io/sha256.ts';
import type { Values } from '../../src/settings/values.ts';
import { greyPng, zipOf } from '../tiny-image.ts';

const root = mkdtempSync(join(tmpdir(), 'debkd-stream-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, 'flat'));
mkdirSync(join(root, 'table'));
for (const [name, value] of [
  ['a.png', 1],
  ['b.png', 2],
] as const) {
  writeFileSync(join(root, 'flat', name), greyPng(value));
  writeFileSync(join(root, 'table', name), greyPng(value));
}
writeFileSync(join(root, 'table/rows.csv'), 'x,file\n1,a.png\n2,b.png\n');
writeFileSync(join(root, 'flat.zip'), zipOf({ 'a.png': greyPng(1), 'b.png': greyPng(2) }));

/** The digests of the images of --data, by text. */
async function digestsOf(values: Values): Promise<Record<string, string>> {
  const { name, rows } = await openStream(values);
  const open = streamImages(values, rows);
  const found: Record<string, string> = {};
  let before = 0;
  for await (const fields of rows.chunks) {
    const columns = rows.header.map((column, j) => encodeColumn(column, fields, j));
    const chunk = await open({ name, rows: fields.length, before, columns });
    const { images, texts } = chunk.columns.find((column) => column.images) as Column;
    for (const text of texts) found[text] = images?.digest(text) as string;
    before += fields.length;
  }
  return found;
}

const expected = { 'a.png': sha256(greyPng(1)), 'b.png': sha256(greyPng(2)) };

test.each([
  ['a folder of images', { data: join(root, 'flat') }],
  ['an archive of images', { data: join(root, 'flat.zip') }],
  ['a table of paths', { data: join(root, 'table/rows.csv') }],
  [
    'a table with a named column',
    { data: join(root, 'table/rows.csv'), image: 'file', 'image-root': join(root, 'flat') },
  ],
  ['a folder with a table', { data: join(root, 'table') }],
])('%s', async (_, values) => {
  expect(await digestsOf(values)).toEqual(expected);
});

test('a row is named', async () => {
  writeFileSync(join(root, 'table/bad.csv'), 'x,file\n1,a.png\n2,c.png\n');
  await expect(digestsOf({ data: join(root, 'table/bad.csv') })).rejects.toThrow(
    /column "file", row 2: .*has no file "c.png"/,
  );
});
