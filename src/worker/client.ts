// debkd/worker: the whole library off the main thread, by the same names. A worker has kernels and the ONNX runtime of its
// own; the page keeps drawing.
import type * as library from '../index.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { exceeded, openLimit, RUNTIME_SECONDS } from '../io/limit.ts';
import { builtin } from '../io/node.ts';
import type { Watch } from '../io/progress.ts';
import type { Teacher } from '../teacher/onnx.ts';
import { packStudents, type Reply, type Request, unpackError, unpackStudents } from './messages.ts';

type Library = typeof library;
type Functions = { [K in keyof Library as Library[K] extends (...args: never[]) => unknown ? K : never]: Library[K] };

/** A teacher that was loaded in the worker: give it to calls of the same worker. */
export interface RemoteTeacher extends Pick<Teacher, 'convention' | 'sha256' | 'width' | 'reading'>, Disposable {}

/** A function of the library as a call: arguments are copied, results are moved; teachers are those of this worker. */
export type Remote<F> = F extends (...args: infer A) => infer R
  ? (
      ...args: { [I in keyof A]: WithRemoteTeacher<A[I]> }
    ) => Promise<R extends Promise<Teacher> ? RemoteTeacher : Awaited<R>>
  : never;
type WithRemoteTeacher<T> = T extends Teacher
  ? RemoteTeacher
  : T extends { readonly teacher: Teacher }
    ? Omit<T, 'teacher'> & { readonly teacher: RemoteTeacher }
    : T;

/** Every function of debkd, in a worker; `using` or Symbol.dispose ends it. */
export type DebkdWorker = { readonly [K in keyof Functions]: Remote<Functions[K]> } & Disposable;

/** Which worker, and how long a teacher may take in it. */
export interface WorkerOptions {
  /** A worker that runs debkd/worker-thread, where a bundler must be told of it; default: one that is made here. */
  readonly worker?: { postMessage(message: unknown, transfer: ArrayBuffer[]): void } & object;
  /**
   * Seconds that the ONNX runtime may work on opening a teacher, or on one batch of rows; default 60. A teacher that takes
   * longer ends the worker: every call of it rejects with a DebkdError `teacher`.
   */
  readonly teacherLimit?: number;
}

interface Line {
  send(message: Request, transfer: ArrayBuffer[]): void;
  listen(onReply: (reply: Reply) => void, onFailure: (error: Error) => void): void;
  end(): void;
  /** Keeps the process alive, or not. */
  hold(on: boolean): void;
}

/**
 * Starts a worker. Every call that takes `signal` and `onProgress` takes them here; an abort rejects at once.
 * @throws DebkdError `wasm` when the host has no workers
 */
export async function openWorker(options: WorkerOptions = {}): Promise<DebkdWorker> {
  const line = await openLine(options);
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let ended = false;
  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) line.hold(false);
    return found;
  };
  const { teacherLimit = RUNTIME_SECONDS } = options;
  const end = (reason: unknown): void => {
    ended = true;
    for (const id of [...waiting.keys()]) settle(id)?.reject(reason);
    line.end();
  };
  const limit = openLimit(teacherLimit, () => end(new DebkdError('teacher', exceeded(teacherLimit))));
  line.listen(
    (reply) => {
      if ('busy' in reply) limit(reply.busy);
      else if ('progress' in reply) waiting.get(reply.id)?.onProgress?.(reply.progress);
      else if ('error' in reply) settle(reply.id)?.reject(unpackError(reply.error));
      else settle(reply.id)?.resolve(unpackStudents(reply.value));
    },
    (error) => {
      for (const id of [...waiting.keys()]) settle(id)?.reject(error);
    },
  );
  const call = (name: string, args: readonly unknown[]): Promise<unknown> => {
    if (ended) return Promise.reject(new DebkdError('wasm', `worker: ${name} was called after the worker was ended`));
    const id = ++calls;
    const last = args.at(-1) as Watch | undefined;
    const watched = typeof last === 'object' && last !== null && ('signal' in last || 'onProgress' in last);
    const { signal, onProgress, ...rest } = (watched ? last : {}) as Watch;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const plain = packStudents(watched ? [...args.slice(0, -1), rest] : args) as unknown[];
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject, onProgress });
      line.hold(true);
      signal?.addEventListener('abort', () => {
        if (!waiting.has(id)) return;
        line.send({ id, abort: true }, []);
        settle(id)?.reject(signal.reason);
      });
      try {
        line.send({ id, call: name, args: plain, watched }, []);
      } catch (error) {
        settle(id);
        reject(
          new DebkdError(
            'value',
            `worker: an argument of ${name} cannot be passed to a worker (${(error as Error).message}); await what is a promise, and give no functions but onProgress`,
          ),
        );
      }
    });
  };
  const own = {
    [dispose]: () => {
      limit(false);
      end(new Error('the worker was ended'));
    },
  };
  return new Proxy(own, {
    get(target, name) {
      if (name in target) return (target as unknown as { [key: symbol]: unknown })[name as symbol];
      // a promise of it must not be taken for a promise
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return async (...args: unknown[]) => {
        const value = await call(name, args);
        if (name !== 'loadTeacher') return value;
        const { id } = value as { id: number };
        return Object.defineProperty(value as object, dispose, {
          // a worker that was ended meanwhile has let go of it
          value: () => void call('dispose', [id]).catch(() => undefined),
        });
      };
    },
  }) as unknown as DebkdWorker;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  readonly onProgress: Watch['onProgress'];
}

interface WebWorker {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: string, listener: (event: { data: Reply; message: string }) => void): void;
  terminate(): void;
}

async function openLine({ worker }: WorkerOptions): Promise<Line> {
  if (typeof Worker === 'function' || worker) {
    // the literal form is what bundlers look for
    const web = (worker ??
      new Worker(new URL('./thread.js', import.meta.url), { type: 'module' })) as unknown as WebWorker & {
      ref?(): void;
      unref?(): void;
    };
    return {
      send: (message, transfer) => web.postMessage(message, transfer),
      listen(onReply, onFailure) {
        web.addEventListener('message', ({ data }) => onReply(data));
        web.addEventListener('error', ({ message }) => onFailure(failure(message)));
      },
      end: () => web.terminate(),
      hold: (on) => (on ? web.ref?.() : web.unref?.()),
    };
  }
  const threads = await builtin<typeof import('node:worker_threads')>('node:worker_threads').catch(() => {
    throw new DebkdError('wasm', 'worker: this host has no workers; call debkd itself');
  });
  const thread = new threads.Worker(new URL('./thread.js', import.meta.url));
  return {
    send: (message, transfer) => thread.postMessage(message, transfer),
    listen(onReply, onFailure) {
      thread.on('message', onReply);
      thread.on('error', (error) => onFailure(error));
    },
    end: () => void thread.terminate(),
    hold: (on) => (on ? thread.ref() : thread.unref()),
  };
}

function failure(message: string | undefined): DebkdError {
  return new DebkdError(
    'wasm',
    `worker: it did not start (${message ?? 'no message'}); give one made of debkd/worker-thread as \`worker\``,
  );
}
