// The calls of one thread to another: by name, with progress and aborts, as long as the other thread lives.
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { exceeded, openLimit, RUNTIME_SECONDS } from '../io/limit.ts';
import type { Progress, ProgressOptions } from '../io/progress.ts';
import { isTeacherMark, openIds, type TeacherMark, unpackError } from './messages.ts';
import { failure, type Line } from './web-line.ts';

/** How a call becomes plain data, and an answer comes back. */
export interface Codec {
  /** The arguments as they are sent. @throws DebkdError for a name that cannot be called, or an argument that cannot be sent */
  pack(name: string, args: readonly unknown[]): readonly unknown[];
  unpack(value: unknown): unknown;
}

const PLAIN: Codec = { pack: (_, args) => args, unpack: (value) => value };

/**
 * The functions that a thread serves, as calls; Symbol.dispose ends the thread. A call whose last argument has `signal` or
 * `onProgress` takes them here; an abort rejects at once.
 * @param options.teacherLimit seconds; default 60
 * @param options.codec default: arguments and answers are plain data
 */
export function openCaller<Functions extends object>(
  line: Line,
  options: { readonly teacherLimit?: number | undefined; readonly codec?: Codec } = {},
): Functions & Disposable {
  const { teacherLimit = RUNTIME_SECONDS, codec = PLAIN } = options;
  const nextId = openIds();
  const waiting = new Map<string, Waiting>();
  let started = false;
  let over: ((name: string) => Error) | undefined;
  const settle = (id: string): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    found?.letGo();
    if (waiting.size === 0) line.hold(false);
    return found;
  };
  /** Ends it, with what calls that run are rejected with, and those that come later. */
  const end = (now: (name: string) => Error, later: (name: string) => Error): void => {
    if (over) return;
    over = later;
    limit(false);
    for (const [id, { name }] of [...waiting]) settle(id)?.reject(now(name));
    line.end();
  };
  const limit = openLimit(teacherLimit, () => end(() => new DebkdError('teacher', exceeded(teacherLimit)), calledLate));
  const received = (value: unknown): unknown => {
    if (!isMark(value)) return codec.unpack(value);
    return Object.defineProperty(value, dispose, {
      // a worker that was ended meanwhile has let go of it
      value() {
        if (!over) line.send({ dispose: value.id });
      },
    });
  };
  let busy = 0;
  line.listen(
    (reply) => {
      // what was on its way when it ended
      if (over) return;
      started = true;
      if ('ready' in reply) return;
      // several teachers may be at work, and one of them does not end
      if ('busy' in reply) {
        busy += reply.busy ? 1 : -1;
        limit(busy > 0);
      } else if ('progress' in reply) waiting.get(reply.id)?.onProgress(reply.progress);
      else if ('error' in reply) settle(reply.id)?.reject(unpackError(reply.error));
      else if (waiting.has(reply.id)) settle(reply.id)?.resolve(received(reply.value));
      else if (isMark(reply.value)) line.send({ dispose: reply.value.id });
    },
    (message) => {
      const error = failure(message, started);
      end(
        () => error,
        () => error,
      );
    },
  );
  // a worker that does nothing keeps no process alive, but in Deno; said after listening, which holds it
  line.hold(false);
  const call = (name: string, args: readonly unknown[]): Promise<unknown> => {
    if (over) throw over(name);
    const last = args.at(-1) as ProgressOptions | undefined;
    const watched = typeof last === 'object' && last !== null && ('signal' in last || 'onProgress' in last);
    const { signal, onProgress, ...rest } = (watched ? last : {}) as ProgressOptions;
    signal?.throwIfAborted();
    const packed = codec.pack(name, watched ? [...args.slice(0, -1), rest] : args);
    const id = nextId();
    return new Promise((resolve, reject) => {
      const abandon = (reason: unknown): void => {
        line.send({ id, abort: true });
        settle(id)?.reject(reason);
      };
      const onAbort = (): void => abandon(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      waiting.set(id, {
        ...{ name, resolve, reject },
        letGo: () => signal?.removeEventListener('abort', onAbort),
        onProgress(progress) {
          // what the caller's function throws rejects the call, as it does without a worker
          try {
            onProgress?.(progress);
          } catch (error) {
            abandon(error);
          }
        },
      });
      line.hold(true);
      try {
        line.send({ id, call: name, args: packed, watched });
      } catch (error) {
        settle(id);
        reject(
          new DebkdError(
            'value',
            `worker: an argument of ${name} cannot be sent to a worker (${(error as Error).message}); give plain data whose memory is still there`,
          ),
        );
      }
    });
  };
  const own = { [dispose]: () => end(endedWhile, calledLate) };
  return new Proxy(own, {
    get(target, name) {
      if (name in target) return (target as unknown as { [key: symbol]: unknown })[name as symbol];
      // a promise of it must not be taken for a promise
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return async (...args: unknown[]) => call(name, args);
    },
  }) as unknown as Functions & Disposable;
}

interface Waiting {
  /** Of the function that is called. */
  readonly name: string;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onProgress(progress: Progress): void;
  letGo(): void;
}

const isMark = (value: unknown): value is TeacherMark => isTeacherMark(Object(value));

const calledLate = (name: string): DebkdError =>
  new DebkdError('wasm', `worker: ${name} was called after the worker was ended; open another`);
const endedWhile = (name: string): DebkdError =>
  new DebkdError('wasm', `worker: it was ended while ${name} ran; open another`);
