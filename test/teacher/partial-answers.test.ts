// A block that was interrupted goes on where it stopped, with the bytes and counts of an uninterrupted run.
import { afterAll, expect, test, vi } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { hiddenFeatures } from '../../src/teacher/hidden-features.ts';
import { decodeLabels, labelKey } from '../../src/teacher/label-cache.ts';
import { toMargins } from '../../src/teacher/margin.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { completeMargins, openPartial } from '../../src/teacher/partial-answers.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

// a probability, so that large values are limited and counted
const teacher = await loadTeacher(tinyOnnx({ operators: ['Sigmoid', 'Abs'], outputName: 'probability' }), {
  convention: 'probability',
  output: 'probability',
});
afterAll(() => teacher[Symbol.dispose]());
const ROWS = 2000;
const teacherInputs = denseMatrix(
  Float32Array.from({ length: 2 * ROWS }, (_, i) => ((i * 7919) % 101) / 2 - 25),
  2,
);
const whole = await softLabels(teacher, { teacherInputs });

function memoryCache(): LabelCache & { readonly entries: Map<string, Uint8Array> } {
  const entries = new Map<string, Uint8Array>();
  return {
    entries,
    get: async (key) => entries.get(key),
    put: async (key, bytes) => void entries.set(key, bytes),
  };
}

/** Runs until `rows` rows are done, with an entry after each batch. */
async function interrupted(cache: LabelCache, rows: number, batchSize: number): Promise<void> {
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => 1e7 * now());
  const controller = new AbortController();
  const onProgress = ({ done }: { done: number }): void => {
    if (done >= rows) controller.abort('killed');
  };
  const run = softLabels(teacher, { teacherInputs }, { cache, batchSize, onProgress, signal: controller.signal });
  await expect(run).rejects.toBe('killed');
  clock.mockRestore();
}

test('the counts of this test are not trivial', () => {
  expect(whole.clippedCount).toBeGreaterThan(100);
  expect(whole.clippedCount).toBeLessThan(ROWS - 100);
});

// also with batches that the earlier run had finished in part
test.each([100, 64, 512, ROWS])('interrupted at batches of 100, resumed at batches of %i', async (batchSize) => {
  const cache = memoryCache();
  await interrupted(cache, 1000, 100);
  const done: number[] = [];
  const margins = vi.spyOn(teacher, 'margins');
  const resumed = await softLabels(
    teacher,
    { teacherInputs },
    { cache, batchSize, onProgress: (progress) => done.push(progress.done) },
  );
  margins.mockRestore();
  expect({ ...resumed, cached: 0 }).toEqual(whole);
  expect(resumed.cached).toBeGreaterThanOrEqual(800);
  expect(resumed.cached).toBeLessThanOrEqual(1000);
  expect(done.at(-1)).toBe(ROWS);
  // the block is whole now, and the unfinished one empty
  const key = labelKey(teacher.identity, teacherInputs);
  expect(decodeLabels(key, cache.entries.get(key) as Uint8Array, ROWS)?.margins).toEqual(whole.margins);
  expect([...cache.entries].filter(([other]) => other !== key).map(([, bytes]) => bytes.length)).toEqual([0]);
  expect((await softLabels(teacher, { teacherInputs }, { cache })).cached).toBe(ROWS);
});

test.each([100, 150, ROWS])('features: interrupted at batches of 100, resumed at batches of %i', async (batchSize) => {
  const cache = memoryCache();
  const dataset = { teacherInputs } as Dataset;
  const direct = await hiddenFeatures(teacher, dataset, { layer: 't0' });
  expect(direct.width).toBe(1);
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => 1e7 * now());
  const { features } = teacher;
  let ran = 0;
  const inBatches = (size: number): void => {
    vi.spyOn(teacher, 'features').mockImplementation((rows, layer, watch = {}) => {
      const { partial } = watch;
      const onBatch = (): void => {
        ran++;
        partial?.onBatch?.();
      };
      return features.call(teacher, rows, layer, {
        ...watch,
        batchSize: size,
        partial: partial && {
          get values() {
            return partial.values;
          },
          set values(values) {
            partial.values = values;
          },
          onBatch,
        },
      });
    });
  };
  inBatches(100);
  const controller = new AbortController();
  const onProgress = ({ done }: { done: number }): void => {
    if (done >= 1000) controller.abort('killed');
  };
  const run = hiddenFeatures(teacher, dataset, { layer: 't0', cache, onProgress, signal: controller.signal });
  await expect(run).rejects.toBe('killed');
  expect(ran).toBe(10);
  inBatches(batchSize);
  expect(await hiddenFeatures(teacher, dataset, { layer: 't0', cache })).toEqual(direct);
  // the batch that was running, and those after it
  if (batchSize === 100) expect(ran - 10).toBeLessThanOrEqual(11);
  vi.restoreAllMocks();
  clock.mockRestore();
  expect([...cache.entries.values()].filter((bytes) => bytes.length === 0)).toHaveLength(1);
});

test('quick work writes only whole blocks', async () => {
  const cache = memoryCache();
  await softLabels(teacher, { teacherInputs }, { cache });
  expect([...cache.entries.keys()]).toEqual([labelKey(teacher.identity, teacherInputs)]);
});

test('a damaged entry, or one of another number of rows, is not used', async () => {
  const cache = memoryCache();
  await interrupted(cache, 1000, 100);
  const [own, bytes] = [...cache.entries][0] as [string, Uint8Array];
  cache.entries.set(
    own,
    bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
  );
  const resumed = await softLabels(teacher, { teacherInputs }, { cache });
  expect(resumed).toEqual(whole);
  expect((await openPartial(cache, 'other', 3)).margins).toEqual(Float64Array.of(NaN, NaN, NaN));
});

test('a strict cache that fails stops the run', async () => {
  const cache: LabelCache = { get: async () => undefined, put: () => Promise.reject(new Error('disk full')) };
  await expect(softLabels(teacher, { teacherInputs }, { cache })).rejects.toThrow('disk full');
});

test('known rows keep their margins and are not counted again', () => {
  const form = { form: 'probabilities', width: 2, place: 1, negate: false } as const;
  const values = [0.5, 0.5, 0, 1, 1, 0, 0.2, 0.8];
  const all = new Float64Array(4).fill(NaN);
  expect([completeMargins(values, form, all), toMargins(values, form, new Float64Array(4))]).toEqual([2, 2]);
  const some = Float64Array.of(7, NaN, 8, NaN);
  expect(completeMargins(values, form, some)).toBe(1);
  expect(some).toEqual(Float64Array.of(7, 16, 8, all[3] as number));
});
