// Columns of images for a student: fitting, decoding, looks, encoding beside other columns.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { encode } from '../../src/data/dataset.ts';
import { fitImage } from '../../src/data/fit-image.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import type { ImageColumn } from '../../src/data/image-column.ts';
import { lookNames, looksOf } from '../../src/data/looks.ts';
import { denseRows, type Matrix } from '../../src/data/matrix.ts';
import { openImages } from '../../src/data/open-images.ts';
import { type EncodeOptions, encodeParts } from '../../src/data/parts.ts';
import { decodeImages } from '../../src/data/rasters.ts';
import { readTable } from '../../src/data/read-table.ts';
import { matrixRows } from '../../src/data/row-source.ts';
import type { Split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import type { AnyTable, Table } from '../../src/data/table.ts';
import { distillation } from '../../src/loss/distillation.ts';
import { parseArchitecture } from '../../src/student/architecture.ts';
import { fit as train } from '../../src/student/fit.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { temporary } from '../cli/run.ts';
import { dice } from '../random.ts';

const d = dice(11);
const SIZE = 9;
/** 9 x 9 pixels, grey or in colour. */
function drawn(channels: 1 | 3): { file: Uint8Array; pixels: Uint8Array } {
  const pixels = Uint8Array.from({ length: SIZE * SIZE * channels }, (_, i) =>
    Math.min(255, 40 * (i % channels) + d.below(160)),
  );
  const head = new TextEncoder().encode(`P${channels === 1 ? 5 : 6}\n${SIZE} ${SIZE}\n255\n`);
  return { file: Uint8Array.of(...head, ...pixels), pixels };
}
const pictures = new Map(['a.ppm', 'b.ppm', 'c.ppm', 'd.ppm', 'e.ppm', 'f.ppm'].map((name) => [name, drawn(3)]));
const pixelsOf = (name: string): Uint8Array => (pictures.get(name) as { pixels: Uint8Array }).pixels;
const greys = new Map(['g.pgm', 'h.pgm', 'i.pgm'].map((name) => [name, drawn(1)]));
const files = new Map([...pictures, ...greys].map(([name, { file }]) => [name, file]));

// a is in three rows, two of them equal; kind comes before the image, age and size after it
const ROWS = [
  'x,a.ppm,31,s,1',
  'y,b.ppm,,m,0',
  'x,a.ppm,44,l,1',
  'z,c.ppm,29,s,0',
  'y,d.ppm,58,m,1',
  'x,e.ppm,40,l,0',
  'z,a.ppm,31,m,1',
  'y,f.ppm,36,s,0',
];
const HEAD = 'kind,image,age,size,label';
const csv = (rows: readonly string[], head = HEAD): Uint8Array =>
  new TextEncoder().encode(`${head}\n${rows.join('\n')}\n`);
const open = async (rows: readonly string[] = ROWS, head: string = HEAD): Promise<Table> =>
  openImages(await readTable(csv(rows, head), { target: 'label' }), { files, image: 'image' });
const all = (table: AnyTable): Uint32Array => Uint32Array.from({ length: table.rows }, (_, i) => i);
const parts: Split = {
  train: Uint32Array.of(0, 1, 2, 3, 4),
  validation: Uint32Array.of(5, 6),
  test: Uint32Array.of(7),
};
const imageOf = ({ preprocessing }: { preprocessing: { columns: readonly { kind: string }[] } }): ImageColumn =>
  preprocessing.columns.find(({ kind }) => kind === 'image') as ImageColumn;

let table: Table;
beforeAll(async () => {
  table = await open();
});

test('mean and deviation are those of all pixels of the rows, by channel, as NumPy computes them', async () => {
  const { column } = await fitImage(table, 'image', { rows: parts.train, size: SIZE });
  expect(column).toMatchObject({ name: 'image', kind: 'image', size: [SIZE, SIZE], channels: 3, width: 243 });
  for (const c of [0, 1, 2]) {
    const values = ['a', 'b', 'a', 'c', 'd'].flatMap((name) =>
      [...pixelsOf(`${name}.ppm`)].filter((_, i) => i % 3 === c).map((v) => v / 255),
    );
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    expect(column.mean[c]).toBeCloseTo(mean, 12);
    expect(column.std[c]).toBeCloseTo(Math.sqrt(variance), 12);
  }
});

test('channels are 3 if one of the rows has colour; black images have a deviation of 1', async () => {
  const rows = ['x,g.pgm,1,s,1', 'y,h.pgm,2,m,0', 'z,a.ppm,3,s,1'];
  const mixed = await open(rows);
  const of = async (which: readonly number[], channels?: 1 | 3) =>
    (await fitImage(mixed, 'image', { rows: Uint32Array.from(which), size: 8, channels })).column;
  expect(await of([0, 1])).toMatchObject({ channels: 1, width: 64, size: [8, 8] });
  expect(await of([0, 2])).toMatchObject({ channels: 3, width: 192 });
  expect(await of([0, 2], 1)).toMatchObject({ channels: 1, width: 64 });
  const black = new TextEncoder().encode(`P5\n2 2\n255\n\0\0\0\0`);
  const dark = await openImages(await readTable(csv(['x,k.pgm,1,s,1', 'x,k.pgm,2,m,0']), { target: 'label' }), {
    files: new Map([['k.pgm', black]]),
  });
  const { column } = await fitImage(dark, 'image', { rows: Uint32Array.of(0), size: [8, 10] });
  expect(column).toMatchObject({ mean: [0], std: [1], size: [8, 10] });
  for (const size of [7, 97, 8.5, Number.NaN])
    await expect(fitImage(mixed, 'image', { rows: all(mixed), size })).rejects.toThrow(
      `size of the student's images: "${size}x${size}", expected whole numbers from 8 to 96`,
    );
});

test('columns before and after the image, numbers and categories, are where the preprocessing says', async () => {
  const { train: data } = await encodeParts(table, parts, undefined, { image: { size: SIZE } });
  const { columns, encodedWidth } = data.preprocessing;
  expect(columns.map(({ name, kind, offset }) => [name, kind, offset])).toEqual([
    ['kind', 'categorical', 0],
    ['image', 'image', 3],
    ['age', 'numeric', 246],
    ['size', 'categorical', 247],
  ]);
  const dense = denseRows(data.features, 0, 5);
  const row = (i: number): Float32Array => dense.subarray(i * encodedWidth, (i + 1) * encodedWidth);
  const { mean, std } = imageOf(data);
  const pixels = pixelsOf('b.ppm');
  expect(row(1).subarray(3, 246)).toEqual(
    Float32Array.from(pixels, (v, i) => (v / 255 - (mean[i % 3] as number)) / (std[i % 3] as number)),
  );
  expect(row(0).subarray(3, 246)).toEqual(row(2).subarray(3, 246));
  expect([...row(1).subarray(0, 3)]).toEqual([0, 1, 0]);
  expect(row(1)[246]).toBe(0); // a missing number is the mean
  expect([...row(3).subarray(247)]).toEqual([0, 0, 1]);
});

test('the network reads them there: its answer is that of a dense computation', async () => {
  const encoded = await encodeParts(table, parts, undefined, { image: { size: SIZE, channels: 1 } });
  const data = encoded.train;
  const targets = { margins: Float64Array.of(2, -1, 1, -2, 0.5) };
  const student = await train(parseArchitecture('conv:3/4'), data, targets, distillation(), { seed: 1, epochs: 3 });
  const { parameters, preprocessing } = student;
  const image = imageOf(student);
  const dense = denseRows(data.features, 0, 5);
  const width = preprocessing.encodedWidth;
  const answers = Array.from({ length: 5 }, (_, i) => {
    const row = dense.subarray(i * width, (i + 1) * width);
    const at = (y: number, x: number): number =>
      y < 0 || x < 0 || y >= SIZE || x >= SIZE ? 0 : (row[image.offset + y * SIZE + x] as number);
    const pooled = [0, 1, 2].map((j) => {
      let sum = 0;
      for (let y = 0; y < 5; y++)
        for (let x = 0; x < 5; x++) {
          let z = parameters[27 + j] as number;
          for (let k = 0; k < 9; k++)
            z += (parameters[3 * k + j] as number) * at(2 * y - 1 + Math.floor(k / 3), 2 * x - 1 + (k % 3));
          sum += Math.max(0, z) / 25;
        }
      return sum;
    });
    const inputs = [...pooled, ...row.subarray(0, image.offset), ...row.subarray(image.offset + image.width)];
    const hidden = [0, 1, 2, 3].map((j) =>
      Math.max(
        0,
        inputs.reduce(
          (sum, x, k) => sum + x * (parameters[30 + 4 * k + j] as number),
          parameters[30 + 4 * inputs.length + j] as number,
        ),
      ),
    );
    const last = 30 + 4 * inputs.length + 4;
    return hidden.reduce((sum, h, j) => sum + h * (parameters[last + j] as number), parameters[last + 4] as number);
  });
  expect(parameters).toHaveLength(30 + 4 * (3 + 7) + 4 + 5);
  student.margins(data).forEach((z, i) => {
    expect(z).toBeCloseTo(answers[i] as number, 5);
  });
});

test('rows with equal images share one; images are decoded for the rows that need them', async () => {
  const { train: data, test: rest } = await encodeParts(table, parts, undefined, { image: { size: SIZE } });
  const field = (matrix: Matrix): number[] =>
    Array.from({ length: matrix.rows }, (_, i) => matrix.data[4 * i + 1] as number);
  expect(field(data.features)).toEqual([0, 1, 0, 2, 3]);
  expect(data.features.images).toBe(rest.features.images);
  expect(data.features.images?.pixels).toHaveLength(6 * 243);
  const some = await decodeImages(table, data.preprocessing, { rows: Uint32Array.of(3, 4) });
  expect(encode(some, data.preprocessing, { rows: Uint32Array.of(4, 3) }).features.images?.pixels).toHaveLength(
    2 * 243,
  );
  expect(() => encode(some, data.preprocessing)).toThrow(
    'column "image": the image of row 1 is not decoded, expected a table of decodeImages with the same preprocessing and rows',
  );
  expect(() => encode(table, data.preprocessing)).toThrow('column "image": its images are not decoded');
  const closed = await readTable(csv(ROWS), { target: 'label' });
  await expect(decodeImages(closed, data.preprocessing)).rejects.toThrow('its images are not open');
  const smaller = await encodeParts(table, parts, undefined, { image: { size: 8 } });
  expect(() => encode(some, smaller.train.preprocessing, { rows: Uint32Array.of(3) })).toThrow('are not decoded');
});

test('a row without an image is refused by its number', async () => {
  await expect(open([...ROWS, 'x,,1,s,1'])).rejects.toThrow('row 9: the path of its image is empty');
  await expect(open([...ROWS, 'x,j.ppm,1,s,1'])).rejects.toThrow('row 9');
});

test('looks are standardised by the training rows', async () => {
  const data = await encodeParts(table, parts, undefined, { image: { size: SIZE } });
  const names = lookNames(3);
  expect(names).toHaveLength(11);
  const looks = looksOf(data.train.features as Matrix) as Float32Array;
  names.forEach((name, j) => {
    const values = Array.from({ length: 5 }, (_, i) => looks[i * 11 + j] as number);
    const mean = values.reduce((sum, v) => sum + v, 0) / 5;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 5;
    expect(mean, name).toBeCloseTo(0, 5);
    expect(variance, name).toBeCloseTo(name.startsWith('log') ? 0 : 1, 4);
  });
  const grey = pixelsOf('a.ppm');
  const red = grey.filter((_, i) => i % 3 === 0).reduce((sum, v) => sum + v / 255 / 81, 0);
  const raw = (data.train.features as Matrix).images?.looks as Float32Array;
  expect(raw[names.indexOf('mean red')]).toBeCloseTo(red, 6);
  // the same image looks the same in another part
  const other = looksOf(data.validation.features as Matrix) as Float32Array;
  expect(other.subarray(11)).toEqual(looks.subarray(0, 11));
});

test('a stored table gives the same preprocessing, rows, looks and student', async () => {
  const folder = temporary();
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'data.csv'), csv(ROWS));
  using stored = await openImages(await storeTable(join(folder, 'data.csv'), { target: 'label' }));
  const options: EncodeOptions = { image: { size: SIZE } };
  using inFiles = await encodeParts(stored, parts, undefined, options);
  const inMemory = await encodeParts(table, parts, undefined, options);
  expect(inFiles.train.preprocessing).toEqual(inMemory.train.preprocessing);
  for (const part of ['train', 'validation', 'test'] as const) {
    const { features, rows } = inMemory[part];
    const read = matrixRows(inFiles[part].features).read(0, rows);
    expect(denseRows(read, 0, rows)).toEqual(denseRows(features, 0, rows));
    expect(looksOf(read)).toEqual(looksOf(features));
  }
  const targets = { margins: Float64Array.of(2, -1, 1, -2, 0.5) };
  const student = (data: typeof inMemory.train | typeof inFiles.train) =>
    train(parseArchitecture('conv:3'), data, targets, distillation(), { seed: 1, epochs: 3, batchSize: 2 });
  expect(encodeStudent(await student(inFiles.train))).toEqual(encodeStudent(await student(inMemory.train)));
});

test('the image alone, or withheld', async () => {
  const alone = await encodeParts(table, parts, undefined, { features: ['image'] });
  expect(alone.train.preprocessing.columns.map(({ name }) => name)).toEqual(['image']);
  expect(imageOf(alone.train).size).toEqual([32, 32]);
  const without = await encodeParts(table, parts, undefined, { exclude: ['image'] });
  expect(without.train.preprocessing.columns.map(({ name }) => name)).toEqual(['kind', 'age', 'size']);
  expect((without.train.features as Matrix).images).toBeUndefined();
});

test('refuses texts together with images, and a second column of images', async () => {
  const head = 'image,review,label';
  const rows = ROWS.map((_, i) => `${[...pictures.keys()][i % 6]},a review of many words ${i},${i % 2}`);
  const both = await open(rows, head);
  const text = { text: ['review'] };
  await expect(encodeParts(both, parts, undefined, text)).rejects.toThrow(
    'texts ("review") and images ("image"), expected a student of texts or one of images; leave out text, or drop the column (drop: image)',
  );
  expect(() => fitPreprocessing(both, { rows: parts.train, ...text })).toThrow('expected a student of texts or one');
  const ofTexts = await encodeParts(both, parts, undefined, { ...text, exclude: ['image'] });
  expect(ofTexts.train.preprocessing.columns.map(({ kind }) => kind)).toEqual(['text']);
  const two = await openImages(
    await open(
      ROWS.map((row, i) => `${[...pictures.keys()][i % 6]},${row}`),
      `second,${HEAD}`,
    ),
  );
  const opened = await openImages(two, { files, image: 'second' });
  await expect(encodeParts(opened, parts, undefined)).rejects.toThrow(
    '2 columns of images ("second", "image"), expected at most one for the student; drop the column (drop: image)',
  );
  const one = await encodeParts(opened, parts, undefined, { exclude: ['image'] });
  expect(one.train.preprocessing.columns.map(({ name }) => name)).toEqual(['second', 'kind', 'age', 'size']);
});
