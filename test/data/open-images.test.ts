// The images of a table's column: paths in the table's folder, read once and known by their bytes.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findColumn } from '../../src/data/column-values.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { imageColumn, imageColumns } from '../../src/data/image-columns.ts';
import { openImages } from '../../src/data/open-images.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { rawColumns, type StoredRaw } from '../../src/data/raw-columns.ts';
import { readTable } from '../../src/data/read-table.ts';
import { split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { Table } from '../../src/data/table.ts';
import { textColumns } from '../../src/data/text-columns.ts';
import { sha256 } from '../../src/io/sha256.ts';
import { labelKey } from '../../src/teacher/label-cache.ts';
import { describeShared, shared } from '../shared.ts';
import { greyPng, greyPnm, numberedPng, pngOf, zipOf } from '../tiny-image.ts';
import { toHex } from './hex.ts';

const root = mkdtempSync(join(tmpdir(), 'debkd-images-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

/** Writes files into a new folder, and returns its path. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = join(root, String(folders++));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const imagesOf = (table: Table): NonNullable<Table['columns'][number]['images']> => {
  const images = table.columns.find((column) => column.images)?.images;
  if (!images) throw new Error('no column of images');
  return images;
};

test('images are read from the folder of the table, and known by their bytes', async () => {
  const folder = folderOf({
    'data.csv': 'image,age,label\na/1.png,30,1\na/2.png,40,0\nb/copy.png,30,1\nphoto.pgm,50,0\n',
    'a/1.png': greyPng(1),
    'a/2.png': greyPng(2),
    'b/copy.png': greyPng(1),
    'photo.pgm': greyPnm(3),
  });
  const read = await readTable(join(folder, 'data.csv'), { target: 'label' });
  const stages: string[] = [];
  const table = await openImages(read, {
    onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`),
  });
  const images = imagesOf(table);
  expect(stages.at(-1)).toBe('images 4/4');
  expect(images.digest('a/1.png')).toBe(sha256(greyPng(1)));
  expect(images.digest('b/copy.png')).toBe(images.digest('a/1.png'));
  expect(images.header('a/2.png')).toMatchObject({ format: 'png', width: 4, height: 4, channels: 1, orientation: 1 });
  expect(images.header('photo.pgm').format).toBe('pnm');
  expect(toHex(await images.bytes('a/2.png'))).toBe(toHex(greyPng(2)));
  // rows 0 and 2 are the same image and the same age: the same row
  const hashes = Array.from({ length: 4 }, (_, row) => table.hashes.slice(2 * row, 2 * row + 2).join());
  expect(hashes[0]).toBe(hashes[2]);
  expect(new Set(hashes).size).toBe(3);
  const before = Array.from({ length: 4 }, (_, row) => read.hashes.slice(2 * row, 2 * row + 2).join());
  expect(new Set(before).size).toBe(4);
  expect(await openImages(table)).toBe(table);
});

test('the hashes do not depend on paths', async () => {
  const rows = Array.from({ length: 40 }, (_, k) => k);
  const one = folderOf({
    'data.csv': `image\n${rows.map((k) => `x${k}.png`).join('\n')}\n`,
    ...Object.fromEntries(rows.map((k) => [`x${k}.png`, numberedPng(k)])),
  });
  const other = folderOf({
    'data.csv': `image\n${rows.map((k) => `deep/${99 - k}.png`).join('\n')}\n`,
    ...Object.fromEntries(rows.map((k) => [`deep/${99 - k}.png`, numberedPng(k)])),
  });
  const [a, b] = await Promise.all(
    [one, other].map(async (folder) => openImages(await readTable(join(folder, 'data.csv')))),
  );
  expect(a?.hashes).toEqual(b?.hashes);
  expect(split(a as Table).train).toEqual(split(b as Table).train);
  const key = (table: Table): string => labelKey('teacher', rawColumns(table, Uint32Array.from(rows)));
  expect(key(a as Table)).toBe(key(b as Table));
  const swapped = {
    ...(b as Table),
    columns: [{ ...(b as Table).columns[0]!, codes: Uint32Array.from(rows).reverse() }],
  };
  expect(key(swapped)).not.toBe(key(a as Table));
});

test('a file that changes afterwards is refused', async () => {
  const folder = folderOf({ 'data.csv': 'image\na.png\nb.png\n', 'a.png': greyPng(1), 'b.png': greyPng(2) });
  const images = imagesOf(await openImages(await readTable(join(folder, 'data.csv'))));
  appendFileSync(join(folder, 'a.png'), 'x');
  unlinkSync(join(folder, 'b.png'));
  await expect(images.bytes('a.png')).rejects.toThrow(/column "image", image "a.png": the file has changed/);
  await expect(images.bytes('b.png')).rejects.toThrow(/the file is gone/);
});

describe('a row without its image is named', () => {
  const folder = folderOf({
    'in/a.png': greyPng(1),
    'in/notes.png': 'not an image',
    'in/cut.png': greyPng(1).subarray(0, 60),
    'in/huge.png': pngOf(60000, 60000, greyPng(1).subarray(50)),
    'secret.png': greyPng(9),
  });
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'a missing file',
      'b.png',
      /row 2: folder ".*in" has no file "b.png" \(did you mean "a.png"\?\); correct the path, or give the folder .* \(files: DIR\)/,
    ],
    ['a path above the folder', '../secret.png', /row 2: "\.\.\/secret.png" is outside folder/],
    ['a path above it in the middle', 'x/../../secret.png', /is outside folder/],
    ['a Windows path above it', '..\\secret.png', /is outside folder/],
    ['an absolute path elsewhere', join(folder, 'secret.png'), /is outside folder/],
    ['an address', 'https://example.org/a.png', /is an address, expected a path inside it; download/],
    ['a folder', '.', /row 2: .*(is outside|this is a folder)/],
    ['no path', '', /row 2: the path of its image is empty/],
    ['a text file', 'notes.png', /row 2, image "notes.png": /],
    ['a cut image', 'cut.png', /row 2, image "cut.png": /],
    ['a bomb', 'huge.png', /row 2, image "huge.png": it has 60000 x 60000 pixels/],
  ];
  test.each(cases)('%s', async (_, path, message) => {
    writeFileSync(join(folder, 'in/data.csv'), `image,x\na.png,1\n"${path}",2\n`);
    const table = await readTable(join(folder, 'in/data.csv'));
    const refusal = openImages(table, { image: 'image' });
    await expect(refusal).rejects.toMatchObject({ name: 'DebkdError' });
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toThrow(/data ".*data.csv", column "image"/);
  });
});

test('an absolute path inside the folder, and paths of Windows', async () => {
  const folder = folderOf({ 'a/1.png': greyPng(1), 'a/2.png': greyPng(2) });
  writeFileSync(join(folder, 'data.csv'), `image\n${join(folder, 'a/1.png')}\na\\2.png\n./a/1.png\n`);
  const images = imagesOf(await openImages(await readTable(join(folder, 'data.csv'))));
  expect(images.digest('a\\2.png')).toBe(sha256(greyPng(2)));
  expect(images.digest('./a/1.png')).toBe(images.digest(join(folder, 'a/1.png')));
});

test('the images may be elsewhere: a folder, an archive, a map, picked files', async () => {
  const files = { '1.png': greyPng(1), 'é/2.png': greyPng(2) };
  const folder = folderOf(files);
  const csv = folderOf({ 'data.csv': 'image,label\n1.png,1\né/2.png,0\n' });
  const table = await readTable(join(csv, 'data.csv'), { target: 'label' });
  await expect(openImages(table)).rejects.toThrow(/has no file "1.png"/);
  const picked = Object.entries(files).map(([path, bytes]) =>
    Object.assign(new File([bytes as Uint8Array<ArrayBuffer>], path.split('/').at(-1) as string), {
      webkitRelativePath: `set/${path.normalize('NFD')}`,
    }),
  );
  const expected = (await openImages(table, { files: folder })).hashes;
  for (const given of [
    new Map(Object.entries(files)),
    picked,
    zipOf(files),
    new Blob([zipOf(files) as Uint8Array<ArrayBuffer>]),
  ]) {
    expect((await openImages(table, { files: given })).hashes).toEqual(expected);
  }
  await expect(openImages(table, { files: join(csv, 'none') })).rejects.toThrow(/there is no such file/);
  await expect(openImages(table, { files: join(csv, 'data.csv') })).rejects.toThrow(
    /neither a folder nor a ZIP or tar archive/,
  );
  const fromBytes = await readTable(new TextEncoder().encode('image\n1.png\n'));
  await expect(openImages(fromBytes)).rejects.toThrow(/it is unclear where the images are.*\(files: DIR\)/);
});

test('the column of images is found', async () => {
  const tableOf = (csv: string): Promise<Table> => readTable(new TextEncoder().encode(csv));
  const two = await tableOf('front,back,x\na.png,b.JPG,1\nc.png,d.jpeg,2\n');
  expect(imageColumns(two)).toEqual(['front', 'back']);
  expect(() => imageColumn(two, undefined, 'a student')).toThrow(
    /2 columns name images \("front", "back"\), and a student takes one; name the column of images \(image: COLUMN\)/,
  );
  expect(imageColumn(two, 'back', '')).toBe('back');
  expect(() => imageColumn(two, 'bak', '')).toThrow(
    /no column "bak", which should name the images; did you mean "back"/,
  );
  expect(imageColumn(await tableOf('image,thumbnail\na.png,b.png\n'), undefined, '')).toBe('image');
  expect(imageColumn(await tableOf('id,path\n1,0001\n2,0002\n'), undefined, '')).toBe('path');
  const none = await tableOf('a,b\n1,2\n');
  expect(() => imageColumn(none, undefined, 'a teacher')).toThrow(
    /no column clearly names images, which a teacher takes, expected one of "a", "b"/,
  );
  const titles = await tableOf('photo\nmy holiday one.png\nmy holiday two.png\nour dog there.png\n');
  expect(textColumns(titles)).toEqual([]);
});

test('the paths of opened images are neither identifiers nor texts of a student', async () => {
  const names = Array.from({ length: 80 }, (_, k) => `a photo of a small thing ${k}.png`);
  const folder = folderOf({
    'data.csv': `image,x\n${names.map((name, k) => `${name},${k % 7}`).join('\n')}\n`,
    ...Object.fromEntries(names.map((name, k) => [name, numberedPng(k)])),
  });
  const table = await openImages(await readTable(join(folder, 'data.csv')));
  const { columns } = fitPreprocessing(table, { rows: Uint32Array.from(names.keys()) });
  expect(columns.map(({ name }) => name)).toEqual(['x']);
  const alone = { ...table, columns: table.columns.slice(0, 1) };
  expect(() => fitPreprocessing(alone, { rows: Uint32Array.from(names.keys()) })).toThrow(
    /no column is left for the student/,
  );
});

test('a table in a file has the same images and hashes', async () => {
  const rows = Array.from({ length: 20000 }, (_, k) => k % 300);
  const folder = folderOf({
    'data.csv': `image,x,label\n${rows.map((k, i) => `${k}.png,${i % 5},${k % 2}`).join('\n')}\n`,
    ...Object.fromEntries(Array.from({ length: 300 }, (_, k) => [`${k}.png`, numberedPng(k)])),
  });
  const path = join(folder, 'data.csv');
  const inMemory = await openImages(await readTable(path, { target: 'label' }));
  using stored = await openImages(await storeTable(path, { target: 'label' }));
  expect(stored.chunks).toBe(2);
  expect(stored.hashes).toEqual(inMemory.hashes);
  const second = stored.chunk(1);
  expect(second.hashes).toEqual(inMemory.hashes.slice(2 * 16384));
  const images = imagesOf(second);
  expect(images.digest('299.png')).toBe(sha256(numberedPng(299)));
  expect(imagesOf(stored.chunk(0))).toBe(images);
  expect(imageColumns(stored)).toEqual(['image']);
  // as a teacher's inputs, and as the key of its answers
  const parts = split(stored);
  using encoded = await encodeParts(stored, parts, undefined);
  const inputs = (encoded.test.teacherInputs as StoredRaw).read(10, 30);
  expect(inputs.columns[0]?.images).toBe(images);
  expect(labelKey('teacher', inputs)).toBe(labelKey('teacher', rawColumns(inMemory, parts.test.slice(10, 30))));
  expect(findColumn(stored, 'image')?.images).toBe(images);
});

test('a signal stops the reading', async () => {
  const rows = Array.from({ length: 200 }, (_, k) => k);
  const folder = folderOf({
    'data.csv': `image\n${rows.map((k) => `${k}.png`).join('\n')}\n`,
    ...Object.fromEntries(rows.map((k) => [`${k}.png`, numberedPng(k)])),
  });
  const table = await readTable(join(folder, 'data.csv'));
  const controller = new AbortController();
  const opened = openImages(table, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await expect(opened).rejects.toThrow('enough');
});

test('no bytes of 5,000 images stay in memory', async () => {
  const large = new Uint8Array(2 ** 16);
  const folder = join(root, 'many');
  mkdirSync(folder);
  const rows = Array.from({ length: 5000 }, (_, k) => k);
  // what follows the pixels makes the files large: 5,000 of them would take 330 MB
  const noise = (k: number): Uint8Array => {
    large.fill(k & 255);
    return Buffer.concat([Buffer.from(`P5\n256 256\n255\n`), large]);
  };
  for (const k of rows) writeFileSync(join(folder, `${k}.pgm`), noise(k));
  writeFileSync(join(folder, 'data.csv'), `image\n${rows.map((k) => `${k}.pgm`).join('\n')}\n`);
  const table = await readTable(join(folder, 'data.csv'));
  let peak = 0;
  const start = process.memoryUsage.rss();
  const opened = await openImages(table, {
    onProgress: () => (peak = Math.max(peak, process.memoryUsage.rss() - start)),
  });
  expect(peak).toBeLessThan(150e6);
  expect(imagesOf(opened).digest('7.pgm')).toBe(sha256(noise(7)));
}, 60_000);

describeShared('real sets', () => {
  test.each(['malaria', 'scenes', 'trash'])(
    '%s',
    async (name) => {
      const read = await readTable(shared(`images/${name}/data.csv.gz`), { target: 'label' });
      const some = { ...read, columns: read.columns.map((column) => ({ ...column })) };
      const table = await openImages(some);
      expect(table.rows).toBe(read.rows);
      const images = imagesOf(table);
      // all pictures are different
      const { texts } = table.columns[0]!;
      expect(new Set(texts.map((text) => images.digest(text))).size).toBe(table.rows);
    },
    120_000,
  );
});
