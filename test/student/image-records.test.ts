// Records with an image: the same bits as the kernel, and what is refused.
import { expect, test } from 'vitest';
import { denseRows } from '../../src/data/matrix.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { rasterFor } from '../../src/data/raster-for.ts';
import { encodedRecords } from '../../src/deploy/parity.ts';
import { openStudent } from '../../src/edge.ts';
import type { RawRecord } from '../../src/student/record.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { textColumn } from '../text-students.ts';
import {
  IMAGE_CASES,
  tinyDataset,
  tinyImageStudent,
  tinyPixels,
  tinyPreprocessing,
  tinyRecord,
} from '../tiny-images.ts';

test.each(IMAGE_CASES)('%j on %j: records, and debkd/edge, predict the bits of the kernel', async (shape, form) => {
  const student = await tinyImageStudent(form, shape);
  const data = tinyDataset(form, 40, 200);
  const expected = [...student.predictProba(data)];
  expect(new Set(expected).size).toBeGreaterThan(35);
  const records = Array.from({ length: 40 }, (_, i) => tinyRecord(form, 200 + i));
  expect(records.map((record) => student.predictRecord(record).probability)).toEqual(expected);
  const edge = await openStudent(encodeStudent(student));
  expect(records.map((record) => edge.predictRecord(record).probability)).toEqual(expected);
  const dense = denseRows(data.features, 0, 40);
  expect(encodedRecords(student, records)).toEqual(dense);
  expect([...edge.predictProba(dense)]).toEqual(expected);
  expect(student.unknownFields({ ...records[0], colour: 'green' })).toEqual(form.others ? ['colour'] : []);
});

test('images of other sizes and channels are resized as those of tables', async () => {
  for (const channels of [1, 3] as const) {
    const form = { size: [12, 10], channels } as const;
    const student = await tinyImageStudent(form, { hidden: [], conv: { channels: [8] } });
    const data = tinyDataset(form, 1, 3);
    const images = data.features.images as NonNullable<typeof data.features.images>;
    for (const own of [1, 3] as const) {
      for (const [height, width] of [
        [40, 31],
        [5, 7],
        [1, 1],
        [12, 10],
      ] as const) {
        const pixels = tinyPixels(9, height, width, own);
        const raster = rasterFor({ width, height, channels: own, pixels }, form);
        const features = { ...data.features, images: { ...images, pixels: raster.pixels } };
        const [expected] = student.predictProba({ ...data, features });
        const answer = (image: RawRecord['image']): number => student.predictRecord({ image }).probability;
        expect(answer({ pixels, width, height })).toBe(expected);
        expect(answer({ data: new Uint8ClampedArray(pixels), width, height, channels: own })).toBe(expected);
        // alpha is dropped
        const rgba = Uint8Array.from({ length: 4 * width * height }, (_, i) =>
          i % 4 === 3 ? i & 255 : (pixels[own === 1 ? i >> 2 : 3 * (i >> 2) + (i % 4)] as number),
        );
        expect(answer({ data: rgba, width, height })).toBe(expected);
      }
    }
  }
});

test('a preprocessing with two images, or an image and a text, is refused', () => {
  const { columns, ...rest } = tinyPreprocessing({ size: [8, 8], channels: 1 });
  const second = { ...columns[0], name: 'back', offset: 64 };
  expect(() => parsePreprocessing({ ...rest, columns: [...columns, second], encodedWidth: 128 }, 'p')).toThrow(
    /preprocessing "p": 2 columns of images, expected at most one/,
  );
  const text = textColumn({ offset: 64 });
  const both = { ...rest, columns: [...columns, text], encodedWidth: 64 + text.width };
  expect(() => parsePreprocessing(both, 'p')).toThrow(/columns of images and of texts, expected one of both/);
});

test('images that are not pixels are refused, with the field', async () => {
  const form = { size: [8, 8], channels: 1, others: true } as const;
  const student = await tinyImageStudent(form, { hidden: [], conv: { channels: [2] } });
  const { image, ...others } = tinyRecord(form, 4);
  const pixels = image.pixels as Uint8Array;
  const refused: [unknown, RegExp][] = [
    [null, /^record: field "image" is null, expected the pixels of an image, \{ pixels, width, height \}$/],
    [undefined, /field "image" is undefined, expected the pixels/],
    ['a.png', /field "image" is string, expected the pixels .*; decode the file first/],
    [[1, 2], /field "image" is a list/],
    [pixels, /field "image" is an image of undefined x undefined pixels, expected whole numbers of columns and rows/],
    [{ pixels, width: 0, height: 8 }, /an image of 0 x 8 pixels/],
    [{ pixels, width: 8.5, height: 8 }, /an image of 8.5 x 8 pixels/],
    [{ width: 8, height: 8 }, /an image without bytes, expected `pixels`, a Uint8Array/],
    [{ pixels: [...pixels], width: 8, height: 8 }, /an image without bytes/],
    [{ pixels: new Int8Array(64), width: 8, height: 8 }, /an image without bytes/],
    [{ pixels, width: 8, height: 7 }, /an image of 8 x 7 pixels in 64 bytes, expected 1, 3 or 4 bytes for each pixel/],
    [{ pixels: new Uint8Array(128), width: 8, height: 8 }, /in 128 bytes, expected 1, 3 or 4 bytes/],
    [{ pixels, width: 8, height: 8, channels: 3 }, /in 64 bytes, expected 3 for each pixel/],
  ];
  const edge = await openStudent(encodeStudent(student));
  for (const [value, message] of refused)
    for (const one of [student, edge]) {
      const record = { ...others, image: value } as RawRecord;
      expect(() => one.predictRecord(record)).toThrow(message);
      expect(() => one.unknownFields(record)).toThrow(message);
    }
  expect(() => student.predictRecord(others)).toThrow(/no field "image"/);
  expect(() => student.explain(others)).toThrow(/no field "image"/);
});
