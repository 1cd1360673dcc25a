// Labelled rows choose how a teacher of images makes numbers of bytes where nothing states it, and contradict what is stated wrongly.
import { expect, test } from 'vitest';
import { decideImage } from '../../src/teacher/choose-image.ts';
import type { ImageReading } from '../../src/teacher/image-reading.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { readyTeacher, sampleLabelled } from '../../src/teacher/ready-teacher.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import { imageFiles, imageRows } from '../image-files.ts';
import { dice } from '../random.ts';
import { plainImage, tinyImageOnnx } from '../tiny-image-model.ts';

const draw = dice(5);
const colours = Array.from(
  { length: 120 },
  (): [number, number, number] => [0, 0, 0].map(() => draw.below(256)) as [number, number, number],
);
const names = colours.map((_, i) => `${i}.ppm`);
const images = imageFiles((text) => plainImage(colours[Number.parseInt(text, 10)] as [number, number, number]));
const rows = imageRows(names, images);
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const WEIGHTS = [3, 1, -2];
/** What the model's author says: whether a weighted sum of the normalised colours is above 0. */
const labels = Int8Array.from(colours, (colour): 0 | 1 => {
  const sum = colour.reduce(
    (total, x, k) =>
      total + (WEIGHTS[k] as number) * ((x / 255 - (IMAGENET.mean[k] as number)) / (IMAGENET.std[k] as number)),
    0,
  );
  return sum > 0 ? 1 : 0;
});
const data = { target: undefined, labels, teacherInputs: rows };
const load = (options: TeacherOptions = {}) => loadTeacher(tinyImageOnnx({ weights: WEIGHTS }), options);

test('the common way that fits the labels is chosen, and said', async () => {
  using teacher = await load();
  expect(teacher.image).toMatchObject({ isOpen: true, values: 'open', size: [8, 8], from: 'the shape of its input' });
  await expect(teacher.margins(rows)).rejects.toThrow(/nothing says how bytes become numbers.*imageConfig/s);
  const ready = await readyTeacher(teacher, data);
  expect(ready.image).toMatchObject({ isOpen: false, from: '113 labelled rows' });
  expect(ready.image?.values).toBe('bytes / 255, mean [0.485, 0.456, 0.406], std [0.229, 0.224, 0.225]');
  expect(ready.notes).toEqual([
    expect.stringMatching(
      /^teacher: nothing says how it reads images; .*ImageNet, resized to 8 x 8, fits 113 labelled rows best/,
    ),
  ]);
  expect(await readyTeacher(teacher, data)).toBe(ready);
  expect(await readyTeacher(ready, data)).toBe(ready);
  using stated = await load({ imageMean: IMAGENET.mean, imageStd: IMAGENET.std });
  expect((await ready.margins(rows)).margins).toEqual((await stated.margins(rows)).margins);
  expect(ready.identity).toBe(stated.forTable(rows).identity);
});

test('labels that decide nothing are no reason to guess', async () => {
  using teacher = await load();
  const random = labels.map((_, i) => i % 2);
  await expect(readyTeacher(teacher, { ...data, labels: random })).rejects.toThrow(
    /120 labelled rows do not clearly decide it \(.*AUC .*log-loss .*imageMean/s,
  );
  // too few of a class
  const few = labels.map((y, i) => (y === 1 && i > 9 ? -1 : y));
  const ready = await readyTeacher(teacher, { ...data, labels: few });
  expect(ready.image?.isOpen).toBe(true);
});

test('a stated way that contradicts the labels gets a note', async () => {
  using right = await load({ imageMean: IMAGENET.mean, imageStd: IMAGENET.std });
  expect((await readyTeacher(right, data)).notes).toEqual([]);
  using swapped = await load({ imageMean: IMAGENET.mean, imageStd: IMAGENET.std, imageOrder: 'bgr' });
  const { notes } = await readyTeacher(swapped, data);
  expect(notes).toContainEqual(
    expect.stringMatching(/^teacher: it may expect RGB: with red and blue exchanged, its AUC on 113/),
  );
  using inverted = await loadTeacher(tinyImageOnnx({ weights: WEIGHTS.map((w) => -w) }), {
    imageMean: IMAGENET.mean,
    imageStd: IMAGENET.std,
  });
  expect((await readyTeacher(inverted, data)).notes).toContainEqual(
    expect.stringMatching(/^teacher: on 113 labelled rows its AUC is 0\.0\d+, below \.5/),
  );
});

test('a common way that fits far better than the stated one gets a note', async () => {
  // margins by way: the stated one orders rows badly
  const way = (name: string): ImageReading =>
    ({
      shown: { values: name, order: 'grey' },
      candidates: [{ name: 'bytes / 255', pixels: { scale: 1, shift: 0, mean: undefined, std: undefined } }],
      refusal: undefined,
      swapped: () => undefined,
      withPixels: () => way('other'),
    }) as unknown as ImageReading;
  const ask = async (reading: ImageReading): Promise<Float64Array> =>
    Float64Array.from(labels, (y, i) => (reading.shown.values === 'other' ? (y === 1 ? 2 : -2) : (i % 7) - 3));
  const { notes } = await decideImage(way('stated'), labels, ask);
  expect(notes).toEqual([
    expect.stringMatching(
      /^teacher: it may expect bytes \/ 255: .*AUC on 120 labelled rows is 1\.000 instead of .* with stated/,
    ),
  ]);
});

test('a biased teacher is read in the way that orders rows best, whatever its log-loss', async () => {
  // the second way has a smaller log-loss and the worse order
  const ways: Readonly<Record<string, (y: number, i: number) => number>> = {
    good: (y, i) => (y === 1 ? -3 : -5) + (i % 3) / 4,
    calm: (y, i) => (i % 3 === 0 ? (y === 1 ? -0.1 : 0.1) : y === 1 ? 0.1 : -0.1),
  };
  const way = (name: string): ImageReading =>
    ({
      shown: { values: name, order: 'grey', size: undefined },
      candidates: ['calm', 'good'].map((one) => ({ name: one, pixels: one })),
      refusal: name === 'open' ? new Error('open') : undefined,
      swapped: () => undefined,
      withPixels: (pixels: unknown) => way(String(pixels)),
    }) as unknown as ImageReading;
  const ask = async ({ shown }: ImageReading): Promise<Float64Array> =>
    Float64Array.from(labels, (y, i) => (ways[shown.values] as (y: number, i: number) => number)(y, i));
  const { reading, notes } = await decideImage(way('open'), labels, ask);
  expect(reading.shown.values).toBe('good');
  expect(notes).toEqual([expect.stringMatching(/good, fits 120 labelled rows best \(calm: .*; good: AUC 1\.000/)]);
});

test('a sample has both classes, evenly spread', () => {
  const all = Int8Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 90 ? 1 : -1));
  const sample = sampleLabelled(all, 20);
  expect(sample).toHaveLength(20);
  expect([...sample]).toEqual([...sample].sort((a, b) => a - b));
  expect(Array.from(sample, (row) => all[row])).toEqual([...Array(10).fill(0), ...Array(10).fill(1)]);
  expect([...sample.subarray(0, 3)]).toEqual([0, 6, 12]);
  expect(sampleLabelled(Int8Array.of(1, 0, 0), 20)).toEqual(Uint32Array.of(0, 1, 2));
});
