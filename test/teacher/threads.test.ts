// Teachers in several threads of the built library: the bytes do not depend on the number, and threads end.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { debkd, WDBC } from '../cli/run.ts';
import { imageFiles, imageRows } from '../image-files.ts';
import * as library from '../library.mjs';
import { plainImage, tinyImageOnnx } from '../tiny-image-model.ts';
import { wideOnnx } from '../tiny-onnx.ts';

const { loadTeacher } = library as unknown as typeof import('../../src/index.ts');

// every thread that the library starts, and those that have not ended
const module = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker };
const { Worker: Original } = module;
let started: Worker[] = [];
const alive = new Set<Worker>();
let onStart: (thread: Worker) => void = () => undefined;
class Watched extends Original {
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args);
    started.push(this);
    alive.add(this);
    this.on('exit', () => alive.delete(this));
    onStart(this);
  }
}
function watchThreads(Thread: typeof Worker): void {
  module.Worker = Thread;
  syncBuiltinESMExports();
}
beforeEach(() => {
  started = [];
  onStart = () => undefined;
  watchThreads(Watched);
  hasten(10_000);
});
afterEach(() => watchThreads(Original));
const ended = (): Promise<void> => vi.waitFor(() => expect(alive.size).toBe(0), { timeout: 10_000 });

// time runs so fast that the rest of the rows seems worth threads after the first batch
const now = performance.now.bind(performance);
const hasten = (factor: number): void => {
  vi.spyOn(performance, 'now').mockImplementation(() => factor * now());
};
afterAll(() => vi.restoreAllMocks());

const slow = wideOnnx(2 ** 15);
const ROWS = 4096;
const rows = denseMatrix(
  Float32Array.from({ length: 2 * ROWS }, (_, i) => ((i * 7919) % 10_007) / 100),
  2,
);
const batchSize = 64;
const load = (threads: number): Promise<Teacher> =>
  loadTeacher(slow, { convention: 'logit', threads }) as Promise<Teacher>;
const told = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

let one: Float64Array;
test('one thread is this one', async () => {
  using teacher = await load(1);
  one = (await teacher.margins(rows, { batchSize })).margins;
  expect(started).toHaveLength(0);
  expect(new Set(one).size).toBeGreaterThan(ROWS / 2);
});

test.each([2, 3])(
  '%i threads give the same bytes, report every row once, and end with the teacher',
  async (threads) => {
    const teacher = await load(threads);
    const seen: number[] = [];
    const { margins } = await teacher.margins(rows, { batchSize, onProgress: ({ done }) => seen.push(done) });
    expect(margins).toEqual(one);
    expect(started).toHaveLength(threads);
    expect(alive.size).toBe(threads);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect([seen.length, seen.at(-1)]).toEqual([ROWS / batchSize, ROWS]);
    // a second call uses the same threads
    expect((await teacher.margins(rows, { batchSize: 7 * batchSize })).margins).toEqual(one);
    expect(started).toHaveLength(threads);
    teacher[Symbol.dispose]();
    await ended();
  },
);

test('little work starts no threads', async () => {
  hasten(1);
  using teacher = await load(2);
  const few = denseMatrix(new Float32Array(200).fill(0.5), 2);
  expect((await teacher.margins(few)).margins).toHaveLength(100);
  expect(started).toHaveLength(0);
});

test('an abort ends the threads at once, and a later call starts others', async () => {
  using teacher = await load(2);
  const controller = new AbortController();
  const reason = new Error('enough');
  let done = 0;
  const onProgress = (progress: { done: number }): void => {
    ({ done } = progress);
    if (started.length === 2) controller.abort(reason);
  };
  const call = teacher.margins(rows, { batchSize, signal: controller.signal, onProgress });
  expect(await call.catch((error: unknown) => error)).toBe(reason);
  expect(done).toBeLessThan(ROWS);
  await ended();
  expect((await teacher.margins(rows, { batchSize })).margins).toEqual(one);
  expect(started).toHaveLength(4);
});

test('threads end at rest, and a later call starts others with the same answers', async () => {
  using teacher = await load(2);
  const { margins } = await teacher.margins(rows, { batchSize });
  expect(alive.size).toBe(2);
  await teacher.rest?.();
  await ended();
  expect((await teacher.margins(rows, { batchSize })).margins).toEqual(margins);
  expect(started.length).toBe(4);
});

test('an abort of one call leaves another call of the same teacher right', async () => {
  using teacher = await load(2);
  const controller = new AbortController();
  const onProgress = (): void => {
    if (started.length === 2) controller.abort(new Error('enough'));
  };
  const [first, second] = await Promise.all([
    told(teacher.margins(rows, { batchSize, signal: controller.signal, onProgress })),
    teacher.margins(rows, { batchSize }),
  ]);
  expect(first).toBe('enough');
  expect(second.margins).toEqual(one);
});

test('a thread that dies in the middle, or all of them, change nothing', async () => {
  for (const dying of [1, 2]) {
    using teacher = await load(2);
    started = [];
    let killed = false;
    const onProgress = (): void => {
      if (killed || started.length < 2) return;
      killed = true;
      for (const thread of started.slice(0, dying)) void thread.terminate();
    };
    expect((await teacher.margins(rows, { batchSize, onProgress })).margins).toEqual(one);
    expect(killed).toBe(true);
  }
});

test('a thread that cannot start leaves the others, and without any this thread runs the model', async () => {
  let refused = 0;
  class Refusing extends Watched {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      if (refused++ % 2 === 0) throw new Error('refused');
      super(...args);
    }
  }
  watchThreads(Refusing as typeof Worker);
  using half = await load(2);
  expect((await half.margins(rows, { batchSize })).margins).toEqual(one);
  expect([refused, started.length]).toEqual([2, 1]);
  class Never extends Watched {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      refused++;
      super(...args);
      throw new Error('refused');
    }
  }
  watchThreads(Never as typeof Worker);
  onStart = (thread) => void thread.terminate();
  using none = await load(2);
  expect((await none.margins(rows, { batchSize })).margins).toEqual(one);
  // it does not try again
  expect((await none.margins(rows, { batchSize })).margins).toEqual(one);
  expect(refused).toBe(4);
});

test('a program that fails at once is a thread that cannot start', async () => {
  onStart = (thread) => void setTimeout(() => thread.emit('error', new Error('blocked by a policy')));
  using teacher = await load(2);
  expect((await teacher.margins(rows, { batchSize })).margins).toEqual(one);
  expect(started).toHaveLength(2);
  await ended();
});

test('a model that fails in a thread gives the error of this thread', async () => {
  // rows of 6 values where it takes 2, which only the runtime notices; the pool runs it in threads
  const { openSessionPool } = (await import('../../dist/teacher/session-pool.js' as string)) as {
    openSessionPool: typeof import('../../src/teacher/session-pool.ts').openSessionPool;
  };
  const pool = await openSessionPool(2, { model: slow, external: [], provider: 'wasm', wasm: {} });
  const wrong = { input: { type: 'float32' as const, dims: [1, 3], data: new Float32Array(3) } };
  const right = { input: { type: 'float32' as const, dims: [1, 2], data: new Float32Array(2) } };
  expect(await told(pool.run(wrong, ['y']))).toMatch(/invalid dimensions|Got: 3 Expected: 2/i);
  // the thread goes on
  const answers = await Promise.all([pool.run(right, ['y']), pool.run(right, ['y']), pool.run(right, ['y'])]);
  expect(answers.map(([y]) => y?.dims)).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
  pool.release();
  expect(await told(pool.run(right, ['y']))).not.toBe('no error');
  await ended();
});

test('a batch that fails in a thread gives the error of a teacher', async () => {
  let batches = 0;
  class Wrong extends Watched {
    override postMessage(message: { feeds?: object }): void {
      const damaged = { input: { type: 'float32', dims: [batchSize, 3], data: new Float32Array(3 * batchSize) } };
      super.postMessage(message.feeds && ++batches === 9 ? { ...message, feeds: damaged } : message);
    }
  }
  watchThreads(Wrong as typeof Worker);
  using teacher = await load(2);
  const error = await teacher.margins(rows, { batchSize }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'DebkdError', code: 'teacher' });
  expect(String(error)).toMatch(/teacher "bytes": the model failed on 64 rows of 2 values \(.*Got: 3 Expected: 2/);
  // the batches that ran beside it are the last
  expect(batches).toBeLessThan(12);
  expect((await teacher.margins(rows, { batchSize })).margins).toEqual(one);
});

describe('options', () => {
  test.each([0, 1.5, -1, 1025, Number.NaN, '2'])('threads: %s is refused', async (threads) => {
    const error = await loadTeacher(slow, { threads: threads as number }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DebkdError', code: 'value' });
    expect(String(error)).toContain('option threads: ');
  });

  test('a provider that is unknown or not installed is refused', async () => {
    const refused = loadTeacher(slow, { provider: 'cuda' as 'native' });
    expect(await told(refused)).toBe('option provider: "cuda", expected one of wasm, webgpu, native');
    const { status, stderr } = debkd(['label', ...WDBC.slice(0, 6), '--provider', 'native']);
    expect([status, stderr.replace(/^\d+ %.*\n/gm, '')]).toEqual([
      2,
      'debkd: provider native: package onnxruntime-node is not installed; install it where debkd is: npm install onnxruntime-node, or leave out --provider\n',
    ]);
  });
});

afterAll(ended);

test('images are read in this thread, and threads give the same bytes', async () => {
  const images = imageFiles((text) => plainImage([Number(text) % 256, (7 * Number(text)) % 256, 90], 12));
  const all = imageRows(
    Array.from({ length: 200 }, (_, i) => `${i}`),
    images,
  );
  const open = (threads: number): Promise<Teacher> =>
    loadTeacher(tinyImageOnnx(), { imageMean: 0.5, imageStd: 0.2, convention: 'logit', threads }) as Promise<Teacher>;
  using alone = await open(1);
  using several = await open(2);
  const { margins } = await alone.margins(all);
  expect(started).toHaveLength(0);
  expect((await several.margins(all)).margins).toEqual(margins);
  expect(started).toHaveLength(2);
  expect(new Set(margins).size).toBeGreaterThan(100);
  // with the hidden layer, in threads of another session; the rows that compare the sessions need none
  const answers = await alone.answers(all, 'means');
  expect(answers.margins).toEqual(margins);
  using both = await open(2);
  started = [];
  expect(await both.answers(all, 'means')).toEqual(answers);
  expect(started).toHaveLength(2);
});
