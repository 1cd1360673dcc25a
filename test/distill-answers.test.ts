// What a distillation asks its teacher: each row once, also where the hidden layer is read; after an interruption only what is missing.
import { expect, test } from 'vitest';
import { type Dataset, selectRows } from '../src/data/dataset.ts';
import { denseMatrix } from '../src/data/matrix.ts';
import { distill } from '../src/distill.ts';
import type { Distillation } from '../src/distill-options.ts';
import type { LabelCache } from '../src/io/cache.ts';
import type { Progress } from '../src/io/progress.ts';
import { checkpointKey, storedCheckpoint } from '../src/student/checkpoint.ts';
import { encodeStudent } from '../src/student/student-bytes.ts';
import { loadTeacher } from '../src/teacher/onnx.ts';
import type { Teacher } from '../src/teacher/teacher.ts';
import { countedRuntime } from './counted-runtime.ts';
import { normOnnx } from './norm-onnx.ts';
import { drawWorld } from './simulator.ts';
import { wideOnnx } from './tiny-onnx.ts';

const counted = await countedRuntime();
const { dataset } = drawWorld(1200, 3);
const part = (from: number, to: number): Dataset =>
  selectRows(
    dataset,
    Uint32Array.from({ length: to - from }, (_, i) => from + i),
  );
const data = { train: part(0, 900), validation: part(900, 1200) };
const options = { ...data, student: { hidden: [] }, seed: 1 };

async function opened(): Promise<Teacher> {
  const teacher = await loadTeacher(normOnnx(3, 'score'), { convention: 'logit', ort: counted.ort });
  counted.rows();
  return teacher;
}
const bytesOf = ({ student }: Distillation): Uint8Array => encodeStudent(student);
const OWN = 'score -> score';
const LAYER = 'score,hidden -> hidden';
const BOTH = 'score,hidden -> score,hidden';

/** The teacher with two passes. */
const apart = (teacher: Teacher): Teacher => ({
  ...teacher,
  async answers(rows, layer, { partial, ...watch } = {}) {
    const margins = await teacher.margins(rows, { ...watch, partial: partial?.margins });
    const features = await teacher.features(rows, layer, { ...watch, partial: partial?.features });
    return { ...margins, features };
  },
});

test('each row is asked once, and the result is that of two passes', async () => {
  using teacher = await opened();
  const run = await distill({ ...options, teacher });
  // one row tells the number of values, and a batch compares the sessions
  expect(counted.rows()).toEqual({ [LAYER]: 1, [OWN]: 512, [BOTH]: 1200 });
  expect(run.debias.candidates.some(({ on }) => on === 'features')).toBe(true);
  using other = await opened();
  const separate = await distill({ ...options, teacher: apart(other) });
  expect(counted.rows()).toEqual({ [LAYER]: 1201, [OWN]: 1200 });
  expect({ ...run, student: bytesOf(run), timing: 0 }).toEqual({ ...separate, student: bytesOf(separate), timing: 0 });
});

test('progress has one step for both, whose rows are counted once', async () => {
  using teacher = await opened();
  const seen: Progress[] = [];
  await distill({ ...options, teacher, onProgress: (progress) => seen.push(progress) });
  const asking = seen.filter(({ stage }) => /soft labels|features/.test(stage));
  expect(new Set(asking.map(({ stage, step }) => `${stage}: ${step?.number}, ${step?.name}`))).toEqual(
    new Set([
      'soft labels: 1, asking the teacher (soft labels and hidden layer)',
      // the last row ends the step
      "soft labels: 2, removing the teacher's bias",
    ]),
  );
  expect([...new Set(asking.map(({ done, total }) => `${done} of ${total}`))]).toEqual([
    '512 of 900',
    '900 of 900',
    '300 of 300',
  ]);
  const shares = seen.map(({ overall }) => overall?.done as number);
  expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0))).toBe(true);
});

function memoryStore(entries = new Map<string, Uint8Array>()): LabelCache & { readonly entries: typeof entries } {
  return {
    entries,
    get: async (key) => entries.get(key),
    put: async (key, bytes) => void entries.set(key, bytes),
  };
}

test('an interrupted run asks again only for what its checkpoint lacks', async () => {
  using teacher = await opened();
  const whole = bytesOf(await distill({ ...options, teacher }));
  const store = memoryStore();
  const checkpoint = storedCheckpoint(store, checkpointKey('test'));
  const controller = new AbortController();
  const onProgress = ({ stage, done }: Progress): void => {
    if (stage === 'soft labels' && done === 900) controller.abort('killed');
  };
  const killed = distill({ ...options, teacher, checkpoint, onProgress, signal: controller.signal });
  await expect(killed).rejects.toBe('killed');
  counted.rows();
  expect(bytesOf(await distill({ ...options, teacher, checkpoint }))).toEqual(whole);
  expect(counted.rows()).toEqual({ [LAYER]: 1, [BOTH]: 300 });
  // a checkpoint with soft labels alone, as earlier versions wrote it
  const older = storedCheckpoint(memoryStore(), checkpointKey('test'));
  for (const name of ['margins train', 'margins validation'])
    await older.put(name, (await checkpoint.get(name)) as Uint8Array);
  expect(bytesOf(await distill({ ...options, teacher, checkpoint: older }))).toEqual(whole);
  expect(counted.rows()).toEqual({ [LAYER]: 1201 });
});

test('with a cache a second run asks nothing', async () => {
  using teacher = await opened();
  const cache = memoryStore();
  const first = await distill({ ...options, teacher, cache });
  counted.rows();
  const second = await distill({ ...options, teacher, cache });
  expect(counted.rows()).toEqual({});
  expect(bytesOf(second)).toEqual(bytesOf(first));
  expect([first.timing.cachedRows, second.timing.cachedRows]).toEqual([0, 1200]);
});

test('a layer of too many values is not read', async () => {
  using teacher = await loadTeacher(wideOnnx(2 ** 12), { convention: 'logit', ort: counted.ort });
  counted.rows();
  const pairs = (one: Dataset): Dataset => ({
    ...one,
    teacherInputs: denseMatrix(
      Float32Array.from({ length: 2 * one.rows }, (_, i) => ((i * 7919) % 101) / 25 - 2),
      2,
    ),
  });
  const run = await distill({
    ...{ ...options, train: pairs(data.train), validation: pairs(data.validation), teacher },
  });
  expect(counted.rows()).toEqual({ 'y,b -> b': 1, 'y -> y': 1200 });
  expect(run.debias.candidates.some(({ on }) => on === 'features')).toBe(false);
});
