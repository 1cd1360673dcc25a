// Distillation in several threads of the built library: the bytes do not depend on their number, and threads end.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { type Dataset, selectRows } from '../../src/data/dataset.ts';
import type { CompleteOptions } from '../../src/distill-options.ts';
import type { Progress } from '../../src/io/progress.ts';
import type { Checkpoint } from '../../src/student/checkpoint.ts';
import * as library from '../library.mjs';
import { drawWorld, teach } from '../simulator.ts';

const { distill, encodeStudent, measureDistillation, givenSoftLabels, combineTeachers, customLoss, logitMatching } =
  library as unknown as typeof import('../../src/index.ts') & typeof import('../../src/internals.ts');

// every thread that the library starts, and those that have not ended
const module = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker };
const { Worker: Original } = module;
let started = 0;
const alive = new Set<Worker>();
let onStart: (thread: Worker) => void = () => undefined;
class Watched extends Original {
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args);
    started++;
    alive.add(this);
    this.on('exit', () => alive.delete(this));
    onStart(this);
  }
}
module.Worker = Watched;
syncBuiltinESMExports();
afterAll(() => {
  module.Worker = Original;
  syncBuiltinESMExports();
});
beforeEach(() => {
  started = 0;
  onStart = () => undefined;
});
const ended = (): Promise<void> => vi.waitFor(() => expect(alive.size).toBe(0), { timeout: 10_000 });

const ROWS = 26_000;
const world = drawWorld(ROWS, 1);
const whole: Dataset = {
  ...world.dataset,
  rowNumbers: Uint32Array.from({ length: ROWS }, (_, i) => i),
  tableRows: ROWS,
};
const rowsFrom = (from: number, to: number): Dataset =>
  selectRows(
    whole,
    Uint32Array.from({ length: to - from }, (_, i) => from + i),
  );
const teacherOf = (bias: Parameters<typeof teach>[1], name: string) =>
  givenSoftLabels(teach(world, bias), { name, convention: 'logit' });
const options: CompleteOptions = {
  teacher: teacherOf({ scale: 2, group: 1 }, 'a'),
  train: rowsFrom(0, 20_000),
  validation: rowsFrom(20_000, ROWS),
  student: { hidden: [64] },
  seed: 1,
  epochs: 6,
};
const small: CompleteOptions = { ...options, train: rowsFrom(0, 800), validation: rowsFrom(800, 1200) };
const run = async (more: Partial<CompleteOptions>) => {
  const { student, debias, infusion } = await distill({ ...options, ...more });
  return { bytes: encodeStudent(student), candidates: debias.candidates, parts: debias.parts, infusion };
};
const one = await run({});

test.each([2, 3])('%i threads give the bytes of one', async (threads) => {
  expect(started).toBe(0);
  expect(await run({ threads })).toEqual(one);
  expect(started).toBe(threads);
  await ended();
});

test('several teachers', async () => {
  const teacher = combineTeachers([options.teacher, teacherOf({ shift: 1, bend: 0.2 }, 'b')]);
  const both = { teacher, ablate: ['trees'] } as const;
  const alone = await run(both);
  expect(started).toBe(0);
  expect(await run({ ...both, threads: 2 })).toEqual(alone);
  expect(started).toBe(2);
  await ended();
});

test('little work starts no threads', async () => {
  await distill({ ...small, threads: 2 });
  expect(started).toBe(0);
});

test('a loss of its own is a function, which no other thread has: its students are trained in this one', async () => {
  const loss = customLoss((margin, target) => ({ value: 0.5 * (margin - target) ** 2, derivative: margin - target }));
  const own = { debias: 'platt', loss, epochs: 2, infusion: { form: 'mix', strength: 0 } } as const;
  const alone = await run(own);
  expect(await run({ ...own, threads: 2 })).toEqual(alone);
  expect(started).toBe(0);
});

test('the work of a thread that dies is done elsewhere', async () => {
  let deaths = 0;
  onStart = (thread) => {
    if (deaths++ === 0) setTimeout(() => thread.terminate(), 500);
  };
  expect(await run({ threads: 2 })).toEqual(one);
  expect(started).toBe(2);
  await ended();
});

test('where no thread starts, all work is done in this one', async () => {
  onStart = (thread) => void thread.terminate();
  expect(await run({ threads: 2 })).toEqual(one);
  await ended();
});

test('an abort rejects with its reason and ends the threads', async () => {
  const controller = new AbortController();
  const onProgress = ({ stage, done }: Progress): void => {
    if (stage.startsWith('student') && done === 2) controller.abort(new Error('enough'));
  };
  await expect(run({ threads: 2, signal: controller.signal, onProgress })).rejects.toThrow('enough');
  await ended();
});

test('an error in a thread is the error of the call', async () => {
  const diverging = { optimizer: { name: 'sgd', learningRate: 10 }, loss: logitMatching(), debias: 'platt' } as const;
  const told = (threads: number): Promise<unknown> => run({ ...diverging, threads }).catch((error: unknown) => error);
  const [alone, threaded] = [await told(1), await told(2)];
  expect(alone).toMatchObject({ name: 'DebkdError' });
  expect(threaded).toMatchObject({ name: 'DebkdError', message: (alone as Error).message });
  expect(started).toBe(2);
  await ended();
});

test('an interrupted run goes on from the states that its threads saved', async () => {
  const parts = new Map<string, Uint8Array>();
  const controller = new AbortController();
  const checkpoint: Checkpoint = {
    get: async (name) => parts.get(name),
    put: async (name, bytes) => {
      parts.set(name, bytes.slice());
      if (name === 'strength 0.3, in training') controller.abort(new Error('interrupted'));
    },
    pause: 0,
  };
  await expect(run({ threads: 2, checkpoint, signal: controller.signal })).rejects.toThrow('interrupted');
  expect([...parts.keys()].filter((name) => name.endsWith('in training'))).toContain('strength 0.3, in training');
  const epochs: string[] = [];
  const onProgress = ({ stage, done }: Progress): void => void epochs.push(`${stage}: ${done}`);
  const resumed = { ...checkpoint, put: async () => undefined };
  expect(await run({ threads: 2, checkpoint: resumed, onProgress })).toEqual(one);
  expect(epochs).toContain('student 3 of 6: 6');
  expect(epochs).not.toContain('student 3 of 6: 1');
  await ended();
});

test('threads measure importance and intervals: the result of one thread', async () => {
  const { train, validation } = small;
  const measured = await distill({ ...small, student: { hidden: [4] } });
  // enough rows that threads are worth their start
  const data = { train, validation, test: rowsFrom(2000, 24_000) };
  const resultOf = async (threads: number) => {
    const { result } = await measureDistillation(measured, small.teacher, { data, missing: [], threads });
    return result;
  };
  const alone = await resultOf(1);
  expect(started).toBe(0);
  expect(await resultOf(2)).toEqual(alone);
  expect(started).toBe(2);
  await ended();
});
