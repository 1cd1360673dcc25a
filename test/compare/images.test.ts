// The inputs of a comparison with images: they survive the way to a worker, and the key of a cell depends on every pixel.
import { expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { type CompareInputs, inputsDigest } from '../../src/compare/compare-inputs.ts';
import { openJobs } from '../../src/compare/run-jobs.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import type { ImageRows } from '../../src/data/image-rows.ts';
import type { Matrix } from '../../src/data/matrix.ts';
import { dispose } from '../../src/io/dispose.ts';
import { packPlain, unpackPlain } from '../../src/io/plain.ts';
import { parseArchitecture } from '../../src/student/architecture.ts';
import { givenSoftLabels } from '../../src/teacher/given-soft-labels.ts';
import { uncloneable } from '../../src/worker/cloneable.ts';
import { imageFiles, imageRows } from '../image-files.ts';
import { drawImages } from '../image-students.ts';

const part = (rows: number, seed: number, from: number): Dataset => {
  const { dataset } = drawImages(rows, seed, { size: [8, 8] });
  const texts = Array.from({ length: rows }, (_, i) => `${i}.png`);
  const rowNumbers = Uint32Array.from({ length: rows }, (_, i) => from + i);
  // a teacher of images: open images hold functions, which no thread takes
  const teacherInputs = imageRows(
    texts,
    imageFiles(() => new Uint8Array(1)),
  );
  return { ...dataset, teacherInputs, rowNumbers, tableRows: 240 };
};
const data = { train: part(120, 1, 0), validation: part(60, 2, 120), test: part(60, 3, 180) };
const labels = [data.train, data.validation, data.test].flatMap((one) => [...one.labels]);
const teacher = givenSoftLabels(Float64Array.from(labels, (y) => (y ? 0.8 : 0.3)));

async function captured(): Promise<CompareInputs> {
  const seen: CompareInputs[] = [];
  await compare(['hard', 'kd'], {
    ...{ teacher, data, student: parseArchitecture('conv:2'), seeds: [1], epochs: 2 },
    pool: (inputs) => {
      seen.push(inputs);
      return { size: 1, run: openJobs(inputs), [dispose]: () => undefined };
    },
  });
  return seen[0] as CompareInputs;
}

test('a job gives the same in another thread and on a worker of a queue', async () => {
  const inputs = await captured();
  const job = { method: 'kd', seed: 1 } as const;
  const { seconds: _, ...here } = await openJobs(inputs)(job);
  expect(here.kind).toBe('done');
  const bytes = packPlain(inputs);
  for (const copy of [structuredClone(inputs), unpackPlain<CompareInputs>(bytes)]) {
    expect(inputsDigest(copy)).toBe(inputsDigest(inputs));
    const { seconds: __, ...there } = await openJobs(copy)(job);
    expect(there).toEqual(here);
  }
  // pixels are packed once, though several members share them, and are one array again
  const unpacked = unpackPlain<CompareInputs>(bytes);
  expect(unpacked.train.features.images?.pixels).toBe((unpacked.train.teacherInputs as Matrix).images?.pixels);
  const { pixels } = inputs.train.features.images as ImageRows;
  expect(pixels.length).toBe(120 * 64);
  const count = Buffer.from(bytes).toString('latin1').split(Buffer.from(pixels).toString('latin1')).length - 1;
  expect(count).toBe(1);
});

test('another pixel, look or form is another comparison', async () => {
  const inputs = await captured();
  const images = inputs.train.features.images as ImageRows;
  const digest = (change: Partial<ImageRows>): string =>
    inputsDigest({
      ...inputs,
      train: { ...inputs.train, features: { ...inputs.train.features, images: { ...images, ...change } } },
    });
  const all = [
    inputsDigest(inputs),
    digest({ pixels: images.pixels.with(5, 1) }),
    digest({ looks: images.looks.with(3, 9) }),
    digest({ mean: [0.1] }),
    digest({ lookScale: { mean: Float64Array.of(1), std: Float64Array.of(2) } }),
  ];
  expect(new Set(all).size).toBe(5);
  expect(digest({})).toBe(all[0]);
});

test('debkd/worker refuses a dataset or a table whose images are open in this thread', () => {
  expect(uncloneable({ rows: data.train.teacherInputs }, 'worker call distill, argument 1')).toEqual({
    subject: 'worker call distill, argument 1.rows.columns[0].images',
    seen: 'images that are open in this thread',
    remedy: 'open them with readTable or openImages of this worker',
  });
  expect(uncloneable(data.train.features, 'x')).toBeUndefined();
});
