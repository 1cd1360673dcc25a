// Explanations of students of images: known answers by hand, the same numbers by the kernel, and pushes in words.
import { expect, test } from 'vitest';
import { selectRows } from '../../src/data/dataset.ts';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { meanOcclusion } from '../../src/report/occlusion.ts';
import { gridOf, meanPixel } from '../../src/student/occlusion.ts';
import { describePushes, strongestPushes } from '../../src/student/pushes.ts';
import { Student } from '../../src/student/student.ts';
import { IMAGE_CASES, tinyDataset, tinyImageStudent, tinyRecord } from '../tiny-images.ts';

/** Grey images of 16 x 16 pixels whose mean is byte 51, and a number. */
const preprocessing: Preprocessing = {
  clip: 10,
  columns: [
    { name: 'photo', kind: 'image', size: [16, 16], channels: 1, mean: [0.2], std: [0.5], offset: 0, width: 256 },
    { name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: 256, width: 1 },
  ],
  encodedWidth: 257,
};

/** One convolution that sees the pixel in the middle of its window, above .5; its mean counts `slope`, the number 0.25. */
function brightStudent(slope: number): Student {
  const window = Float32Array.from({ length: 9 }, (_, i) => (i === 4 ? 1 : 0));
  return new Student({
    architecture: { hidden: [], conv: { channels: [1] } },
    parameters: Float32Array.of(...window, -0.5, slope, 0.25, -1),
    ...{ preprocessing, threshold: 0.5, provenance: {}, training: undefined, quantization: undefined },
  });
}

/** The mean pixel everywhere, but for bright pixels in the cell at row 1, column 8, and darker ones in the last row. */
function cornerImage(): Uint8Array {
  const pixels = new Uint8Array(256).fill(51);
  pixels[14] = 255;
  pixels[15] = 255;
  pixels.fill(10, 240);
  return pixels;
}
const record = { photo: { pixels: cornerImage(), width: 16, height: 16 }, age: 60 };

test('a student that sees bright pixels looks at the corner that has some, and nowhere else', () => {
  const { margin, bias, parts, image } = brightStudent(8).explain(record);
  expect(bias).toBe(-1);
  // (1 - .2) / .5 - .5 at the one bright pixel of even row and column; the mean is over 8 x 8 windows
  const share = (8 * (1.6 - 0.5)) / 64;
  expect(margin).toBeCloseTo(-1 + 0.5 + share, 6);
  expect([image?.column, image?.rows, image?.columns]).toEqual(['photo', 8, 8]);
  const shares = [...(image?.shares ?? [])];
  expect(shares[7]).toBeCloseTo(share, 6);
  expect(shares.filter((one) => one !== 0)).toHaveLength(1);
  expect(parts.map(({ column }) => column)).toEqual(['age', 'photo']);
  expect(parts[0]?.share).toBeCloseTo(0.5, 6);
  expect(parts[1]?.share).toBe(shares[7]);
});

test('pushes name the strongest cell in the direction of the image', () => {
  const words = (slope: number): string => {
    const student = brightStudent(slope);
    return describePushes(strongestPushes(student.explain(record), record, 2));
  };
  expect(words(64)).toBe('photo +1.10 (most at row 1, column 8 of 8 x 8); age +0.50');
  expect(words(-64)).toBe('photo -1.10 (most at row 1, column 8 of 8 x 8); age +0.50');
  expect(words(0)).toBe('age +0.50');
  const image = { column: 'photo', rows: 2, columns: 2, shares: Float64Array.of(-3, 1, 2, 2) };
  const of = (share: number) => ({ margin: share, bias: 0, parts: [{ column: 'photo', share }], image });
  expect(strongestPushes(of(1), record, 1)[0]?.most).toEqual({ row: 2, column: 1, of: [2, 2] });
  expect(strongestPushes(of(-1), record, 1)[0]?.most).toEqual({ row: 1, column: 1, of: [2, 2] });
  const positive = { ...of(-1), image: { ...image, shares: Float64Array.of(1, 0, 1, 1) } };
  expect(strongestPushes(positive, record, 1)).toEqual([{ column: 'photo', share: -1 }]);
});

test('small images have fewer cells; the mean pixel is a byte', () => {
  expect(gridOf([8, 13])).toEqual({ rows: 4, columns: 6 });
  expect(gridOf([16, 96])).toEqual({ rows: 8, columns: 8 });
  expect(meanPixel({ mean: [0.2, 0.4999, -1, 7] })).toEqual([51, 127, 0, 255]);
});

test.each(IMAGE_CASES)('%j on %j: each share is a difference of predictions, twice the same', async (shape, form) => {
  const student = await tinyImageStudent(form, shape);
  const own = tinyRecord(form, 205);
  const before = student.predictRecord(own);
  const { margin, parts, image, bias } = student.explain(own);
  expect(student.explain(own)).toEqual({ margin, parts, image, bias });
  expect(student.predictRecord(own)).toEqual(before);
  const data = tinyDataset(form, 40, 200);
  expect(student.margins(selectRows(data, Uint32Array.of(5)))[0]).toBe(margin);
  expect(new Set(parts.map(({ column }) => column))).toEqual(new Set(student.preprocessing.columns.map((c) => c.name)));
  // the map of one row by the kernel
  const one = await meanOcclusion(student, selectRows(data, Uint32Array.of(5)).features);
  const digits = (x: number): number => Number(Math.abs(x).toPrecision(6));
  expect(one).toEqual({ images: 1, ...gridOf(form.size), shares: Array.from(image?.shares ?? [], digits) });
  // without the cells of the first row of cells: the pixels are replaced by hand
  const { rows, columns } = gridOf(form.size);
  const [height, width] = form.size;
  const pixels = (own.image.pixels as Uint8Array).slice();
  const [mean, length] = [meanPixel({ mean: [0.4, 0.5, 0.6] }), Math.floor(width / columns)];
  for (let y = 0; y < Math.floor(height / rows); y++)
    for (let x = 0; x < length; x++)
      for (let c = 0; c < form.channels; c++) pixels[(y * width + x) * form.channels + c] = mean[c] as number;
  const changed = student.explain({ ...own, image: { ...own.image, pixels } });
  expect(image?.shares[0]).toBe(margin - changed.margin);
  expect(changed.image?.shares[0]).toBe(0);
  if (!form.others) return;
  const other = student.explain({ ...own, age: 40 });
  expect(parts.find(({ column }) => column === 'age')?.share).toBe(margin - other.margin);
});

test('the mean map of a data set: at most 200 rows, evenly spaced; none without rows', async () => {
  const form = { size: [8, 8], channels: 1, others: true } as const;
  const student = await tinyImageStudent(form, { hidden: [], conv: { channels: [3] } });
  const data = tinyDataset(form, 420, 200);
  const all = await meanOcclusion(student, data.features);
  expect(all?.images).toBe(200);
  const rows = Uint32Array.from({ length: 200 }, (_, k) => Math.floor((k * 420) / 200));
  expect(await meanOcclusion(student, selectRows(data, rows).features)).toEqual(all);
  const few = await meanOcclusion(student, selectRows(data, Uint32Array.of(3, 8)).features);
  const both = [203, 208].map((seed) => student.explain(tinyRecord(form, seed)).image?.shares ?? new Float64Array(16));
  const [a, b] = both as [Float64Array, Float64Array];
  few?.shares.forEach((share, i) => {
    expect(share).toBeCloseTo((Math.abs(a[i] as number) + Math.abs(b[i] as number)) / 2, 6);
  });
  expect(await meanOcclusion(student, selectRows(data, new Uint32Array(0)).features)).toBeUndefined();
  const stopped = AbortSignal.abort(new Error('no more'));
  await expect(meanOcclusion(student, data.features, stopped)).rejects.toThrow('no more');
});
