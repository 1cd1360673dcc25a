// Images without a table of their paths: folders of classes, archives, picked files; and archives that are damaged or hostile.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { readImageFolder } from '../../src/data/image-folder.ts';
import { readTable } from '../../src/data/read-table.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table } from '../../src/data/table.ts';
import { greyPng, greyPnm, longName, numberedPng, tarBlock, tarOf, type ZipFile, zipOf } from '../tiny-image.ts';
import { toHex } from './hex.ts';

type Files = Readonly<Record<string, Uint8Array>>;

const root = mkdtempSync(join(tmpdir(), 'debkd-folders-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let places = 0;

function folderOf(files: Files): string {
  const folder = join(root, String(places++));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(root, `${places++}-${name}`);
  writeFileSync(path, bytes);
  return path;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const rowsOf = ({ columns, rows, labels }: Table): unknown =>
  Array.from({ length: rows }, (_, i) => [columns[0]?.texts[columns[0].codes[i] as number], labels[i]]);
const picked = (files: Files, folder: string): File[] =>
  Object.entries(files).map(([path, content]) =>
    Object.assign(new File([content as Uint8Array<ArrayBuffer>], path.split('/').at(-1) as string), {
      webkitRelativePath: `${folder}/${path}`,
    }),
  );

const PETS: Files = {
  'dog/b.png': greyPng(3),
  'cat/z/1.png': greyPng(1),
  'cat/2.PNG': greyPng(2),
  'cat/.hidden.png': bytes('x'),
  '.git/a.png': bytes('x'),
  'cat/notes.txt': bytes('x'),
  'dog/é.png': greyPng(4),
};
const CATS = [
  ['cat/2.PNG', 1],
  ['cat/z/1.png', 1],
  ['dog/b.png', 0],
  ['dog/é.png', 0],
];

/** The same files in each place that can hold them. */
const FORMS: readonly (readonly [string, (files: Files) => Parameters<typeof readImageFolder>[0]])[] = [
  ['a folder', folderOf],
  ['a zip file', (files) => fileOf('p.zip', zipOf(files))],
  ['a zip of another program', (files) => fileOf('p.zip', zipSync({ ...files }))],
  [
    'a zip of stored files',
    (files) =>
      fileOf(
        'p.zip',
        zipOf(
          Object.fromEntries(Object.entries(files).map(([path, content]) => [path, { bytes: content, method: 0 }])),
        ),
      ),
  ],
  [
    'a ZIP64 file',
    (files) =>
      fileOf(
        'p.zip',
        zipOf(
          Object.fromEntries(Object.entries(files).map(([path, content]) => [path, { bytes: content, large: true }])),
          { zip64: true },
        ),
      ),
  ],
  [
    'a zip with a comment',
    (files) => fileOf('p.zip', zipOf(files, { comment: 'PK\x05\x06 by hand, with a mark in it' })),
  ],
  ['zip bytes', zipOf],
  ['a zip Blob', (files) => new Blob([zipOf(files) as Uint8Array<ArrayBuffer>])],
  ['a tar file', (files) => fileOf('p.tar', tarOf(files))],
  ['a tar.gz file', (files) => fileOf('p.tar.gz', gzipSync(tarOf(files)))],
  ['tar.gz bytes', (files) => new Uint8Array(gzipSync(tarOf(files)))],
  ['a map', (files) => new Map(Object.entries(files))],
  ['picked files', (files) => picked(files, 'pets')],
];

describe.each(FORMS)('%s', (_, place) => {
  test('with a folder for each class', async () => {
    const table = await readImageFolder(place(PETS), { positive: 'cat' });
    expect(table.columns.map(({ name }) => name)).toEqual(['image']);
    expect(table.target).toEqual({ name: 'label', positive: 'cat', negative: 'dog' });
    expect(rowsOf(table)).toEqual(CATS);
    expect(table.notes).toEqual([expect.stringMatching(/: 1 file that is no image was left out$/)]);
    const images = table.columns[0]?.images;
    expect(toHex((await images?.bytes('dog/é.png')) as Uint8Array)).toBe(toHex(greyPng(4)));
    expect(images?.header('cat/2.PNG')).toMatchObject({ width: 4, height: 4 });
  });

  test('with a table beside the images', async () => {
    const table = await readImageFolder(
      place({
        'set/data.csv': bytes('image,age,label\nfiles/1.png,3,1\nfiles/2.png,4,0\n'),
        'set/split.csv': bytes('split\ntest\n'),
        'set/files/1.png': greyPng(1),
        'set/files/2.png': greyPng(2),
      }),
    );
    expect(table.columns.map(({ name, images }) => [name, images !== undefined])).toEqual([
      ['image', true],
      ['age', false],
    ]);
    expect(Array.from(table.labels)).toEqual([1, 0]);
    expect(toHex((await table.columns[0]?.images?.bytes('files/2.png')) as Uint8Array)).toBe(toHex(greyPng(2)));
  });
});

test('all forms have the same hashes', async () => {
  const tables = await Promise.all(FORMS.map(([, place]) => readImageFolder(place(PETS), { positive: 'cat' })));
  for (const table of tables) expect(table.hashes).toEqual(tables[0]?.hashes);
});

test('readTable and storeTable take the path of a folder or an archive', async () => {
  for (const path of [folderOf(PETS), fileOf('p.zip', zipOf(PETS)), fileOf('p.tgz', gzipSync(tarOf(PETS)))]) {
    const options = { target: 'label', positive: 'dog' };
    const table = await readTable(path, options);
    expect(table.labels).toEqual(Int8Array.of(0, 0, 1, 1));
    using stored = await storeTable(path, options);
    expect(stored.hashes).toEqual(table.hashes);
    expect(stored.notes).toEqual(table.notes);
    expect(stored.chunk(0).columns[0]?.images?.digest('dog/b.png')).toBe(table.columns[0]?.images?.digest('dog/b.png'));
  }
});

test('a folder around the folders, as archives have it, is no class', async () => {
  const inner = Object.fromEntries(Object.entries(PETS).map(([path, content]) => [`photos/2024/${path}`, content]));
  const table = await readImageFolder(zipOf(inner), { positive: 'cat' });
  expect(rowsOf(table)).toEqual(CATS);
});

test('images in no folder have no label', async () => {
  const folder = folderOf({ 'b.png': greyPng(1), 'a.png': greyPng(2) });
  const table = await readImageFolder(folder);
  expect(rowsOf(table)).toEqual([
    ['a.png', -1],
    ['b.png', -1],
  ]);
  expect(table.target).toBeUndefined();
  await expect(readTable(folder, { target: 'label' })).rejects.toThrow(
    /in no folders, so no row has a label, expected a folder for each class/,
  );
});

test('a folder of unlabelled images is one that counts as missing', async () => {
  const table = await readImageFolder(
    folderOf({ 'cat/1.png': greyPng(1), 'dog/1.png': greyPng(2), 'unlabelled/1.png': greyPng(3) }),
    {
      positive: 'cat',
      missing: ['unlabelled'],
    },
  );
  expect(Array.from(table.labels)).toEqual([1, 0, -1]);
});

test('the label column may have another name', async () => {
  const table = await readImageFolder(folderOf(PETS), { target: 'pet', positive: 'dog' });
  expect(table.target).toEqual({ name: 'pet', positive: 'dog', negative: 'cat' });
});

test('links to folders are followed, but not in circles', async () => {
  const folder = folderOf(PETS);
  const elsewhere = folderOf({ '1.png': greyPng(7) });
  symlinkSync(elsewhere, join(folder, 'dog/linked'));
  symlinkSync(folder, join(folder, 'dog/circle'));
  const table = await readImageFolder(folder, { positive: 'cat' });
  expect(table.columns[0]?.texts).toContain('dog/linked/1.png');
  expect(table.rows).toBe(5);
});

const one = greyPng(1);
const refusals: readonly (readonly [string, Files, object, RegExp])[] = [
  [
    'one class',
    { 'cat/1.png': one },
    {},
    /images of one class only: one folder \(cat\), expected two folders, one for each class; add a folder/,
  ],
  [
    'three classes',
    { 'a/1.png': one, 'b/1.png': one, 'c/1.png': one },
    { positive: 'a' },
    /images of 3 classes: 3 folders \(a, b, c\), expected two folders, one for each class; merge folders/,
  ],
  [
    'two classes of which none is positive',
    { 'cat/1.png': one, 'dog/1.png': one },
    {},
    /unclear whether "cat" or "dog" is class 1; state the value of class 1 \(positive\)/,
  ],
  [
    'parts of a split',
    { 'train/cat/1.png': one, 'test/cat/1.png': one },
    {},
    /its folders \(test, train\) are parts of a split, not classes/,
  ],
  [
    'images beside folders',
    { 'cat/1.png': one, 'dog/1.png': one, 'x.png': one },
    {},
    /1 images? beside the folders \("x.png"\)/,
  ],
  [
    'a class that reads as missing',
    { 'na/1.png': one, 'dog/1.png': one },
    {},
    /the name "na", which as a label would be a missing value; rename it/,
  ],
  [
    'several tables',
    { 'a.csv': bytes('image\n'), 'b.csv': bytes('image\n') },
    {},
    /2 tables \(a.csv, b.csv\), expected one, or one that is named data.csv/,
  ],
  ['nothing', { 'a.txt': bytes('x') }, {}, /holds neither images \(.png, .jpg\) nor a table of them/],
  [
    'a text that is named .png',
    { 'cat/1.png': bytes('hello'), 'dog/1.png': one },
    { positive: 'cat' },
    /row 1, image "cat\/1.png"/,
  ],
];
describe.each(FORMS.filter(([name]) => ['a folder', 'zip bytes', 'tar.gz bytes', 'picked files'].includes(name)))(
  '%s is refused',
  (_, place) => {
    test.each(refusals)('%s', async (__, files, options, message) => {
      const refusal = readImageFolder(place(files), options);
      await expect(refusal).rejects.toMatchObject({ name: 'DebkdError' });
      await expect(refusal).rejects.toThrow(message);
    });
  },
);

const pair = (given: ZipFile): Readonly<Record<string, ZipFile>> => ({
  'cat/1.png': given,
  'dog/1.png': { bytes: greyPng(2) },
});
const zip = zipOf({ 'cat/1.png': one, 'dog/1.png': greyPng(2) });
const changed = (at: number, value: number): Uint8Array => zip.map((byte, i) => (i === at ? value : byte));
const archives: readonly (readonly [string, Uint8Array, RegExp])[] = [
  [
    'an encrypted file',
    zipOf(pair({ bytes: one, flags: 1 })),
    /file "cat\/1.png": it is encrypted; unpack the archive/,
  ],
  [
    'another method',
    zipOf(pair({ bytes: one, method: 12 })),
    /file "cat\/1.png": compression method 12, expected stored or deflate/,
  ],
  ['a bomb', zipOf(pair({ bytes: one, size: 2 ** 31 })), /file "cat\/1.png": 2147483648 bytes, expected at most/],
  ['a size that no deflate has', zipOf(pair({ bytes: one, size: 2 ** 26 })), /bytes that state to hold 67108864/],
  ['a wrong size', zipOf(pair({ bytes: one, size: one.length + 1 })), /its bytes are damaged/],
  [
    'a path outside',
    zipOf({ '../cat/1.png': one, 'dog/1.png': one }),
    /it names a file outside itself \("..\/cat\/1.png"\)/,
  ],
  [
    'a path outside, as Windows has it',
    zipOf({ 'cat\\..\\..\\1.png': one, 'dog/1.png': one }),
    /it names a file outside itself/,
  ],
  [
    'a path outside that comes back',
    zipOf({ 'cat/../cat/1.png': one, 'dog/1.png': one }),
    /it names a file outside itself/,
  ],
  ['an absolute path', zipOf({ '/cat/1.png': one }), /it names a file outside itself/],
  ['a drive', zipOf({ 'C:/cat/1.png': one }), /it names a file outside itself/],
  ['a file twice', zipOf({ 'cat/1.png': one, './cat/1.png': one }), /"cat\/1.png" appears twice/],
  ['a cut archive', zip.subarray(0, zip.length - 30), /no list of files at its end: it is cut/],
  ['a damaged byte', changed(60, 0x55), /file "cat\/1.png": its bytes are damaged/],
  ['a path outside a tar', tarOf({ '../x.png': one }), /it names a file outside itself/],
  [
    'a cut tar',
    tarOf({ 'cat/1.png': new Uint8Array(2000), 'dog/1.png': one }).subarray(0, 1500),
    /a file in it is cut/,
  ],
  [
    'a damaged tar',
    tarOf({ 'cat/1.png': one, 'dog/1.png': one }).map((byte, i) => (i === 1030 ? byte ^ 1 : byte)),
    /a header in it is damaged/,
  ],
  [
    'a link of a tar to nothing',
    Buffer.concat([
      tarOf({ 'cat/1.png': one }).subarray(0, -1024),
      tarBlock('dog/1.png', new Uint8Array(0), '1', 'none.png'),
    ]),
    /links to one that it lacks/,
  ],
];
test.each(archives)('an archive with %s is refused', async (_, content, message) => {
  const refusal = readImageFolder(content, { positive: 'cat' });
  await expect(refusal).rejects.toMatchObject({ name: 'DebkdError' });
  await expect(refusal).rejects.toThrow(message);
});

test('a pixel that differs from its check sum is refused', async () => {
  const archive = Buffer.from(zipOf({ 'cat/1.pgm': { bytes: greyPnm(7), method: 0 }, 'dog/1.png': one }));
  const pixel = archive.indexOf(7, archive.indexOf('255\n'));
  archive[pixel] = 8;
  await expect(readImageFolder(archive, { positive: 'cat' })).rejects.toThrow(
    /file "cat\/1.pgm": its bytes are damaged; copy the archive again/,
  );
});

test('files that share bytes are refused', async () => {
  const archive = Buffer.from(zip);
  // the second file of the list begins where the first does
  const list = archive.lastIndexOf(Buffer.from('PK\x01\x02'));
  archive.writeUInt32LE(0, list + 42);
  await expect(readImageFolder(archive)).rejects.toThrow(/files in it overlap, as in a decompression bomb/);
});

test('an Excel workbook, and a zip without images', async () => {
  await expect(readTable(zipOf({ '[Content_Types].xml': bytes('x'), 'xl/media/1.txt': bytes('x') }))).rejects.toThrow(
    /Excel workbook.*save it as CSV/,
  );
  await expect(readTable(zipOf({ 'a.txt': bytes('x') }))).rejects.toThrow(/neither images/);
});

test('a picture as a table', async () => {
  await expect(readTable(fileOf('rows.csv', one))).rejects.toThrow(
    /rows.csv": this is a picture, expected CSV with a header, NDJSON, Parquet or npy; give the folder or the archive that the pictures are in, or give a table with a column of their paths/,
  );
});

test.each(['gnu', 'pax'] as const)('tar with long names: %s', async (form) => {
  const long = `cat/${'deep/'.repeat(60)}é.png`;
  const archive = Buffer.concat([
    longName(long, form),
    tarBlock('short', greyPng(1)),
    tarBlock('dog/1.png', greyPng(2)),
    tarBlock('cat/link.png', new Uint8Array(0), '1', 'dog/1.png'),
    tarBlock('cat/symbolic.png', new Uint8Array(0), '2', 'dog/1.png'),
    new Uint8Array(1024),
  ]);
  const table = await readImageFolder(archive, { positive: 'cat' });
  expect(table.columns[0]?.texts).toEqual([long, 'cat/link.png', 'dog/1.png']);
  const images = table.columns[0]?.images;
  expect(images?.digest('cat/link.png')).toBe(images?.digest('dog/1.png'));
});

test('any damage of an archive is an error of debkd, or changes nothing that is read', async () => {
  const files = { 'cat/1.png': one, 'cat/2.png': greyPng(2), 'dog/1.png': greyPng(3) };
  const whole = [zipOf(files), zipOf(files, { zip64: true }), tarOf(files)];
  const { hashes } = await readImageFolder(whole[0] as Uint8Array, { positive: 'cat' });
  let state = 1;
  const next = (below: number): number => {
    state = Math.imul(state, 1664525) + 1013904223;
    return (state >>> 8) % below;
  };
  let refused = 0;
  for (let k = 0; k < 900; k++) {
    const archive = (whole[k % 3] as Uint8Array).slice();
    for (let i = 0; i <= k % 2; i++) archive[next(archive.length)] = next(256);
    const cut = k % 5 === 0 ? archive.subarray(0, next(archive.length)) : archive;
    const result = await readImageFolder(cut, { positive: 'cat' }).catch((error: unknown) => error);
    if (result instanceof Error) {
      refused++;
      expect(result, String(result.stack)).toMatchObject({ name: 'DebkdError' });
    } else if ((result as Table).rows === 3) expect((result as Table).hashes).toEqual(hashes);
  }
  expect(refused).toBeGreaterThan(300);
});

test('a list of parts beside the folders is no table of images', async () => {
  const table = await readImageFolder(folderOf({ ...PETS, 'split.csv': bytes('split\ntrain\n') }), { positive: 'cat' });
  expect(rowsOf(table)).toEqual(CATS);
});

test('a zip of 4,000 images takes little memory', async () => {
  const content = new Uint8Array(2 ** 16);
  const files = Object.fromEntries(
    Array.from({ length: 4000 }, (_, k) => [
      `${k % 2 ? 'yes' : 'no'}/${k}.pgm`,
      { bytes: Buffer.concat([bytes('P5\n256 256\n255\n'), content.fill(k)]), method: 0 },
    ]),
  );
  const path = fileOf('many.zip', zipOf(files));
  const start = process.memoryUsage.rss();
  const table = await readImageFolder(path);
  expect(process.memoryUsage.rss() - start).toBeLessThan(120e6);
  expect(table.rows).toBe(4000);
}, 60_000);

test('a compressed tar that is larger than what stays in memory', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, k) => [`${k % 2 ? 'yes' : 'no'}/${k}.png`, numberedPng(k)]),
  );
  const padded = Buffer.concat([tarBlock('big.bin', new Uint8Array(2 ** 25)), tarOf(files)]);
  const table = await readImageFolder(fileOf('big.tar.gz', gzipSync(padded)));
  expect(toHex((await table.columns[0]?.images?.bytes('yes/7.png')) as Uint8Array)).toBe(toHex(numberedPng(7)));
});
