// The caller's side of a worker: calls functions by name, with progress and aborts.
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { exceeded, openLimit, RUNTIME_SECONDS } from '../io/limit.ts';
import { unpackError } from '../io/packed-error.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { idGenerator } from './ids.ts';
import type { Reply } from './messages.ts';
import { callSubject, type PendingCall, PendingCalls } from './pending-calls.ts';
import { isTeacherHandle, type TeacherHandle } from './teacher-handle.ts';
import { type Channel, workerFailure } from './worker-failure.ts';

/** Encodes arguments and decodes results. */
export interface Codec {
  /** Encodes the arguments. @throws DebkdError `value` if the function cannot be called or an argument cannot be sent */
  pack(name: string, args: readonly unknown[]): readonly unknown[];
  unpack(value: unknown): unknown;
}

const PLAIN: Codec = { pack: (_, args) => args, unpack: (value) => value };

/**
 * Returns the functions that a thread serves, as asynchronous functions; Symbol.dispose ends the thread. If the last argument has
 * `signal` or `onProgress`, both stay on this side. An abort rejects the call at once.
 * @param options.teacherLimit time limit of the ONNX runtime, in seconds; default 60
 * @param options.codec default: arguments and results are sent unchanged
 */
export function openCaller<Functions extends object>(
  channel: Channel,
  options: { readonly teacherLimit?: number | undefined; readonly codec?: Codec } = {},
): Functions & Disposable {
  const { teacherLimit = RUNTIME_SECONDS, codec = PLAIN } = options;
  const caller = new Caller(channel, teacherLimit, codec);
  const own = { [dispose]: () => caller.end(endedDuringCall, calledAfterEnd) };
  return new Proxy(own, {
    get(target, name) {
      if (name in target) return (target as unknown as { [key: symbol]: unknown })[name as symbol];
      // `await` of the proxy must not find a `then`
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return async (...args: unknown[]) => caller.call(name, args);
    },
  }) as unknown as Functions & Disposable;
}

type MakeError = (functionName: string) => Error;

class Caller {
  readonly #channel: Channel;
  readonly #codec: Codec;
  readonly #calls: PendingCalls;
  readonly #nextId = idGenerator();
  /** Runs while a teacher computes. A teacher that exceeds it ends the worker. */
  readonly #limit: (on: boolean) => void;
  #busyTeachers = 0;
  #started = false;
  /** Makes the error of later calls; undefined while the worker runs. */
  #ended: MakeError | undefined;

  constructor(channel: Channel, teacherLimit: number, codec: Codec) {
    this.#channel = channel;
    this.#codec = codec;
    this.#calls = new PendingCalls((pending) => channel.keepAlive(pending));
    this.#limit = openLimit(teacherLimit, () => this.end(() => exceeded(teacherLimit), calledAfterEnd));
    channel.listen(
      (reply) => this.#receive(reply),
      (message) => {
        const error = workerFailure(message, this.#started);
        this.end(
          () => error,
          () => error,
        );
      },
    );
    // attaching the listeners made the worker keep the process alive; undo that until a call is pending
    channel.keepAlive(false);
  }

  call(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#ended) throw this.#ended(name);
    const last = args.at(-1) as ProgressOptions | undefined;
    const cancellable = typeof last === 'object' && last !== null && ('signal' in last || 'onProgress' in last);
    const { signal, onProgress, ...rest } = (cancellable ? last : {}) as ProgressOptions;
    signal?.throwIfAborted();
    const packed = this.#codec.pack(name, cancellable ? [...args.slice(0, -1), rest] : args);
    const id = this.#nextId();
    return new Promise((resolve, reject) => {
      const abandon = (reason: unknown): void => {
        this.#channel.send({ id, abort: true });
        this.#calls.take(id)?.reject(reason);
      };
      const onAbort = (): void => abandon(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      const pending: PendingCall = {
        name,
        resolve,
        reject,
        cleanUp: () => signal?.removeEventListener('abort', onAbort),
        onProgress(progress) {
          // an exception of the user's function rejects the call, as it does without a worker
          try {
            onProgress?.(progress);
          } catch (error) {
            abandon(error);
          }
        },
      };
      this.#calls.add(id, pending);
      try {
        this.#channel.send({ id, call: name, args: packed, cancellable });
      } catch (error) {
        this.#calls.take(id)?.reject(notCloned(name, error as Error));
      }
    });
  }

  /** Ends the worker. @param pending makes the error of running calls @param later makes the error of later calls */
  end(pending: MakeError, later: MakeError): void {
    if (this.#ended) return;
    this.#ended = later;
    this.#limit(false);
    for (const call of this.#calls.takeAll()) call.reject(pending(call.name));
    this.#channel.terminate();
  }

  #receive(reply: Reply): void {
    // sent before the worker ended
    if (this.#ended) return;
    this.#started = true;
    if ('ready' in reply) return;
    if ('busy' in reply) {
      // several teachers may compute at once
      this.#busyTeachers += reply.busy ? 1 : -1;
      this.#limit(this.#busyTeachers > 0);
    } else if ('progress' in reply) this.#calls.get(reply.id)?.onProgress(reply.progress);
    else if ('error' in reply) this.#calls.take(reply.id)?.reject(unpackError(reply.error));
    else {
      const call = this.#calls.take(reply.id);
      if (call) call.resolve(this.#unpack(reply.value));
      // the call was aborted, so free its teacher
      else if (isTeacherHandle(reply.value)) this.#disposeTeacher(reply.value);
    }
  }

  #unpack(value: unknown): unknown {
    if (!isTeacherHandle(value)) return this.#codec.unpack(value);
    return Object.defineProperty(value, dispose, { value: () => this.#disposeTeacher(value) });
  }

  /** Frees a teacher. The end of the worker frees all of them. */
  #disposeTeacher({ id }: TeacherHandle): void {
    if (!this.#ended) this.#channel.send({ dispose: id });
  }
}

const calledAfterEnd: MakeError = (name) =>
  new DebkdError('wasm', {
    subject: callSubject(name),
    seen: 'the worker was already closed',
    remedy: 'open a new worker',
  });
const endedDuringCall: MakeError = (name) =>
  new DebkdError('wasm', {
    subject: callSubject(name),
    seen: 'the worker was closed during the call',
    remedy: 'open a new worker',
  });
const notCloned = (name: string, cause: Error): DebkdError =>
  new DebkdError('value', {
    subject: callSubject(name),
    seen: `an argument cannot be sent to a worker (${cause.message})`,
    remedy: 'pass plain data, without detached buffers',
    cause,
  });
