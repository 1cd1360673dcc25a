// The library in a worker: equal bytes, progress, aborts, errors; and the process ends.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, expectTypeOf, test, vi } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import type * as library from '../../src/index.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { packError, unpackError } from '../../src/io/packed-error.ts';
import type { Source } from '../../src/io/source.ts';
import type { Student } from '../../src/student/student.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { type DebkdWorker, openWorker, type RemoteTeacher } from '../../src/worker/client.ts';
import { teacherHandle } from '../../src/worker/teacher-handle.ts';
import { model } from '../models.ts';

const program = fileURLToPath(new URL('./in-worker.js', import.meta.url));
const installed = (path: string): string => fileURLToPath(new URL(`./node_modules/${path}`, import.meta.url));
const hosts: [string, string, string[]][] = [
  ['Node', process.execPath, []],
  ['Deno', installed('.bin/deno'), ['run', '--allow-read', '--no-lock']],
  ['Bun', installed('.bin/bun'), []],
];

test.each(hosts)('%s', (name, host, flags) => {
  if (!existsSync(host)) {
    console.warn(`skipped: ${name} is absent; npm ci --prefix test/runtime installs it`);
    return;
  }
  const out = execFileSync(host, [...flags, program], { encoding: 'utf8', timeout: 60_000 });
  expect(JSON.parse(out)).toEqual({
    ...{ same: true, given: true, answers: true, aborted: true, mine: true },
    stages: expect.arrayContaining(['soft labels', 'label de-biasing', 'student 1 of 6']),
    convention: 'logit',
    failed: [
      true,
      'value',
      expect.stringMatching(/^student "0": not an architecture, expected "logistic", up to 8 hidden widths/),
    ],
    after: '709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c',
    gone: 'DebkdError',
    wrong: [
      'value: worker call nosuch: debkd has no such function; call a function that debkd exports',
      'value: worker call split, argument 1: a promise; await it',
      'wasm: worker call sha256: the worker was already closed; open a new worker',
    ],
  });
});

const own = 'import debkd in a worker of your own and call it there';
const functions = `which cannot be sent to a worker; leave it out, or ${own}`;
test.each(hosts)('%s: two workers and a teacher of this thread', (name, host, flags) => {
  if (!existsSync(host)) {
    console.warn(`skipped: ${name} is absent; npm ci --prefix test/runtime installs it`);
    return;
  }
  const script = fileURLToPath(new URL('./two-workers.js', import.meta.url));
  const out = execFileSync(host, [...flags, script], { encoding: 'utf8', timeout: 60_000 });
  const foreign = 'teacher: teacher: disposed, or loaded in another worker; load it in this worker';
  expect(JSON.parse(out)).toEqual({
    teachers: {
      same: true,
      other: foreign,
      local:
        'value: worker call softLabels, argument 1: a teacher of this thread; make it with loadTeacher or givenSoftLabels of this worker',
      disposed: foreign,
    },
    refused: {
      names: [
        `value: worker call openDiskCache: it returns a cache, which a message cannot carry; ${own}`,
        `value: worker call openBrowserCache: it returns a cache, which a message cannot carry; ${own}`,
        `value: worker call customLoss: it takes a function, which a message cannot carry; ${own}`,
        `value: worker call storeTable: it returns an open file, which a message cannot carry; ${own}`,
      ],
      cache: `value: worker call softLabels, argument 3.cache.get: a function, ${functions}`,
      instance: `value: worker call distill, argument 1.cache: a Cache with methods, ${functions}`,
      loss: `value: worker call fit, argument 4.own: a function, ${functions}`,
      promise: 'value: worker call split, argument 1: a promise; await it',
      response:
        'value: worker call readCsv, argument 1: a Response, which cannot be sent to a worker; pass its address, or await its blob()',
      detached:
        'value: worker call sha256: an argument cannot be sent to a worker (...); pass plain data, without detached buffers',
      near: 'value: worker call sha265: debkd has no such function; did you mean sha256?',
      far: 'value: worker call dispose: debkd has no such function; call a function that debkd exports',
      constant: 'value: worker call METHODS: not a function; import it from debkd',
      class: 'value: worker call Student: not a function; import it from debkd',
    },
    rows: 2,
    progress: true,
    ended: [
      'wasm: worker call distill: the worker was closed during the call; open a new worker',
      'wasm: worker call split: the worker was already closed; open a new worker',
    ],
    idle: 'object',
  });
});

/** A worker whose replies the test determines. */
class Fake extends EventTarget {
  readonly sent: { id: string; call?: string; abort?: true; dispose?: string }[] = [];
  ended = 0;
  postMessage(message: never): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.ended++;
  }
  say(data: object): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
  fail(message?: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }));
  }
}
const told = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error) => `${error.code ?? error.name}: ${error.message}`,
  );
const bytes = new Uint8Array(1);

test('a worker that does not start rejects pending and later calls', async () => {
  const worker = new Fake();
  const debkd = await openWorker({ worker });
  const calls = [told(debkd.sha256(bytes)), told(debkd.exp(1))];
  worker.fail();
  const why = 'wasm: worker: did not start (no message); pass a Worker that runs debkd/worker-thread as `worker`';
  expect(await Promise.all(calls)).toEqual([why, why]);
  expect(await told(debkd.sha256(bytes))).toBe(why);
});

test('a worker that fails after its start is terminated', async () => {
  const worker = new Fake();
  const debkd = await openWorker({ worker });
  worker.say({ ready: true });
  const running = told(debkd.sha256(bytes));
  worker.fail('out of memory');
  const why = 'wasm: worker: failed (out of memory); open a new worker';
  expect([await running, await told(debkd.exp(1)), worker.ended]).toEqual([why, why, 1]);
});

test('an answer that cannot be read is a failure of the worker', async () => {
  const worker = new Fake();
  const debkd = await openWorker({ worker });
  worker.say({ ready: true });
  const running = told(debkd.sha256(bytes));
  worker.dispatchEvent(new Event('messageerror'));
  expect(await running).toBe('wasm: worker: failed (an answer could not be read (out of memory?)); open a new worker');
});

test('a host that refuses workers, and a value that is not a worker', async () => {
  class Refusing extends EventTarget {
    constructor() {
      super();
      throw new Error('of another origin');
    }
  }
  vi.stubGlobal('Worker', Refusing);
  try {
    expect(await told(openWorker())).toBe(
      'wasm: worker: did not start (of another origin); pass a Worker that runs debkd/worker-thread as `worker`',
    );
  } finally {
    vi.unstubAllGlobals();
  }
  expect(await told(openWorker({ worker: { postMessage() {} } }))).toBe(
    'value: worker: an object without events, expected a Worker that runs debkd/worker-thread',
  );
});

const thread = new URL('../../dist/worker/thread.js', import.meta.url);
test('openWorker accepts a Worker of worker_threads; its exit is a failure', async () => {
  const debkd = await openWorker({ worker: new Worker(thread) });
  expect(await debkd.sha256(bytes)).toHaveLength(64);
  debkd[Symbol.dispose]();
  const short = await openWorker({ worker: new Worker('setTimeout(() => process.exit(3), 50)', { eval: true }) });
  expect(await told(short.sha256(bytes))).toMatch(/^wasm: worker: did not start \(exited with code 3\)/);
  const broken = await openWorker({ worker: new Worker('throw new Error("broken")', { eval: true }) });
  expect(await told(broken.sha256(bytes))).toMatch(/^wasm: worker: did not start \(broken\)/);
});

test('an idle teacher has no time limit', async () => {
  const debkd = await openWorker({ worker: new Worker(thread), teacherLimit: 2 });
  const teacher = await debkd.loadTeacher(model('wdbc-mlp-biased/teacher.onnx'));
  await expect(debkd.loadTeacher(model('wdbc/data.csv'))).rejects.toThrow('data.csv');
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(await debkd.sha256(bytes)).toHaveLength(64);
  teacher[Symbol.dispose]();
  debkd[Symbol.dispose]();
});

test('the end of one teacher’s work does not lift the time limit of another', async () => {
  const worker = new Fake();
  const debkd = await openWorker({ worker, teacherLimit: 0.05 });
  const running = told(debkd.sha256(bytes));
  for (const busy of [true, true, false]) worker.say({ busy });
  expect(await running).toMatch(/^teacher: teacher: the ONNX runtime took longer than the limit of 0.05 s/);
});

test('messages of a closed worker are ignored', async () => {
  const worker = new Fake();
  const debkd = await openWorker({ worker, teacherLimit: 0.01 });
  debkd[Symbol.dispose]();
  worker.say({ busy: true });
  await new Promise((resolve) => setTimeout(resolve, 50));
  debkd[Symbol.dispose]();
  expect(worker.ended).toBe(1);
});

test('the end of a call removes its abort listener; an abort after the answer has no effect', async () => {
  const worker = new Fake();
  const debkd = await openWorker({ worker });
  const { signal, abort } = ((controller) => ({
    signal: controller.signal,
    abort: () => controller.abort(new Error('enough')),
  }))(new AbortController());
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  const stages: string[] = [];
  const watch = { signal, onProgress: ({ stage }: { stage: string }) => stages.push(stage) };
  const call = debkd.softLabels({} as RemoteTeacher, {} as Dataset, watch);
  await Promise.resolve();
  const { id } = worker.sent[0] as { id: string };
  worker.say({ id, progress: { stage: 'one', done: 1, total: 2 } });
  worker.say({ id, value: 'labels' });
  worker.say({ id, progress: { stage: 'two', done: 2, total: 2 } });
  expect([await call, stages]).toEqual(['labels', ['one']]);
  abort();
  expect([added.mock.calls.length, removed.mock.calls.length, worker.sent.length]).toEqual([1, 1, 1]);
});

test('a teacher that arrives after the abort of its call is disposed', async () => {
  const worker = new Fake();
  const debkd = await openWorker({ worker });
  const controller = new AbortController();
  const call = told(debkd.loadTeacher(bytes, { signal: controller.signal } as object));
  const { id } = worker.sent[0] as { id: string };
  controller.abort(new Error('enough'));
  worker.say({ id, value: teacherHandle(id) });
  expect(await call).toBe('Error: enough');
  expect(worker.sent.slice(1)).toEqual([{ id, abort: true }, { dispose: id }]);
});

test('errors keep their code, parts and field', () => {
  const problem = {
    subject: 'record',
    seen: 'no age',
    expected: 'a number',
    remedy: ['add it', { id: 'drop-column', column: 'age' }],
    field: 'age',
  } as const;
  const error = unpackError(structuredClone(packError(new DebkdError('column', problem))));
  expect(error).toBeInstanceOf(DebkdError);
  const { remedy: remedies, ...rest } = problem;
  expect(error).toMatchObject({ code: 'column', ...rest, remedies });
  expect(error.message).toBe('record: no age, expected a number; add it, or drop the column (drop: age)');
  const plain = unpackError(packError(new DebkdError('rows', { subject: 'data', seen: 'no rows' })));
  expect(plain).toMatchObject({ code: 'rows', message: 'data: no rows', field: undefined, remedies: [] });
  expect(unpackError(packError(new RangeError('far')))).toMatchObject({ name: 'RangeError', message: 'far' });
});

test('no function of DebkdWorker requires a function to be sent', () => {
  type Plain = Teacher | Student | ArrayBufferView | ArrayBuffer | Blob | URL | Response | AbortSignal;
  /** `true` if a value of T has a required function, otherwise never. */
  type Needs<T, Depth extends 0[] = []> = Depth['length'] extends 6
    ? never
    : T extends (...args: never[]) => unknown
      ? true
      : T extends Plain | ReadonlyMap<string, Source> | string | number | boolean | null | undefined
        ? never
        : T extends readonly (infer E)[]
          ? Needs<E, [...Depth, 0]>
          : { [K in keyof T]-?: object extends Pick<T, K> ? never : EachNeeds<T[K], [...Depth, 0]> }[keyof T];
  type Sendable<T, Depth extends 0[]> = T extends unknown ? ([Needs<T, Depth>] extends [never] ? true : never) : never;
  type EachNeeds<T, Depth extends 0[] = []> = [T] extends [never]
    ? never
    : [Sendable<T, Depth>] extends [never]
      ? true
      : never;
  type Args<A extends readonly unknown[]> = { [I in keyof A]: EachNeeds<A[I]> }[number];
  type Library = typeof library;
  type Needing = {
    [K in keyof Library]: Library[K] extends (...args: infer A) => infer R
      ? [Args<Required<A>> | EachNeeds<Awaited<R>>] extends [never]
        ? never
        : K
      : never;
  }[keyof Library];
  type Names = keyof Omit<DebkdWorker, symbol>;
  expectTypeOf<Extract<Names, Needing>>().toBeNever();
  expectTypeOf<Needing>().toEqualTypeOf<'customLoss' | 'openBrowserCache' | 'openDiskCache' | 'storeTable'>();
  expectTypeOf<'distill' | 'softLabels' | 'fit' | 'readCsv'>().toExtend<Names>();
});

test('a page distils 50,000 rows in a worker', async () => {
  const { remotePage } = (await import('./browsers.mjs' as string)) as {
    remotePage(): { why?: string; run(): Promise<{ block: number; auc: number; stages: string[] }> };
  };
  const { why, run } = remotePage();
  if (why) {
    console.warn(`skipped: ${why}`);
    return;
  }
  const { block, auc, stages } = await run();
  expect(auc).toBeGreaterThan(0.7);
  expect(stages).toEqual(expect.arrayContaining(['soft labels', 'label de-biasing', 'student 6 of 6']));
  console.info(`the page's longest block: ${block.toFixed(0)} ms`);
});
