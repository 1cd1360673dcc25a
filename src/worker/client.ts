// debkd/worker: the library off the main thread, by the same names. A worker has its own kernels and ONNX runtime, and the page stays
// responsive.
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { exceeded, openLimit, RUNTIME_SECONDS } from '../io/limit.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { type Channel, openChannel, workerFailure } from './channel.ts';
import { uncloneable } from './cloneable.ts';
import { idGenerator } from './ids.ts';
import type { Reply } from './messages.ts';
import { unpackError } from './packed-error.ts';
import { isTeacherHandle, pack, unpack } from './packed-value.ts';
import { type PendingCall, PendingCalls } from './pending-calls.ts';
import { checkCallable, type DebkdWorker } from './remote.ts';

export type { DebkdWorker, Remote, RemoteTeacher, WithRemoteTeacher } from './remote.ts';

/** Which worker, and how long a teacher may take in it. */
export interface WorkerOptions {
  /** A worker that runs debkd/worker-thread, for bundlers that cannot find it by themselves; default: a new one. */
  readonly worker?: { postMessage(message: unknown, transfer: ArrayBuffer[]): void } & object;
  /**
   * Seconds that the ONNX runtime may work on opening a teacher, or on one batch of rows; default 60. A teacher that takes
   * longer ends the worker: every call of it rejects with a DebkdError `teacher`.
   */
  readonly teacherLimit?: number;
}

/**
 * Starts a worker. Every call that takes `signal` and `onProgress` takes them here; an abort rejects at once.
 * @throws DebkdError `wasm` when the host has no workers, or refuses to make one
 */
export async function openWorker(options: WorkerOptions = {}): Promise<DebkdWorker> {
  const client = new WorkerClient(await openChannel(options.worker), options.teacherLimit ?? RUNTIME_SECONDS);
  const own = { [dispose]: () => client.end(endedDuringCall, calledAfterEnd) };
  return new Proxy(own, {
    get(target, name) {
      if (name in target) return (target as unknown as { [key: symbol]: unknown })[name as symbol];
      // `await` of the proxy must not find a `then`
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return async (...args: unknown[]) => {
        const value = await client.call(name, args);
        if (name !== 'loadTeacher') return value;
        const { id } = value as { id: string };
        return Object.defineProperty(value as object, dispose, { value: () => client.disposeTeacher(id) });
      };
    },
  }) as unknown as DebkdWorker;
}

type MakeError = (functionName: string) => Error;

class WorkerClient {
  readonly #channel: Channel;
  readonly #calls: PendingCalls;
  readonly #nextId = idGenerator();
  /** Runs while a teacher computes; a teacher beyond it ends the worker. */
  readonly #limit: (on: boolean) => void;
  #busyTeachers = 0;
  #started = false;
  /** Makes the error of later calls, once the worker has ended. */
  #ended: MakeError | undefined;

  constructor(channel: Channel, teacherLimit: number) {
    this.#channel = channel;
    this.#calls = new PendingCalls((pending) => channel.keepAlive(pending));
    this.#limit = openLimit(teacherLimit, () =>
      this.end(() => new DebkdError('teacher', exceeded(teacherLimit)), calledAfterEnd),
    );
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
    // an idle worker keeps no process alive, except in Deno; listening has turned it on
    channel.keepAlive(false);
  }

  call(name: string, args: readonly unknown[]): Promise<unknown> {
    checkCallable(name);
    if (this.#ended) throw this.#ended(name);
    const last = args.at(-1) as ProgressOptions | undefined;
    const cancellable = typeof last === 'object' && last !== null && ('signal' in last || 'onProgress' in last);
    const { signal, onProgress, ...rest } = (cancellable ? last : {}) as ProgressOptions;
    signal?.throwIfAborted();
    const packed = pack(cancellable ? [...args.slice(0, -1), rest] : args) as unknown[];
    for (const [i, arg] of packed.entries()) {
      const reason = uncloneable(arg, `argument ${i + 1}`);
      if (reason) throw new DebkdError('value', `worker: ${name}: ${reason}`);
    }
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
          // an exception of the caller's function rejects the call, as it does without a worker
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

  /** Frees a teacher, unless the worker has ended and freed all. */
  disposeTeacher(id: string): void {
    if (!this.#ended) this.#channel.send({ dispose: id });
  }

  /** Ends the worker. @param pending makes the error of calls that run @param later that of later calls */
  end(pending: MakeError, later: MakeError): void {
    if (this.#ended) return;
    this.#ended = later;
    this.#limit(false);
    for (const call of this.#calls.takeAll()) call.reject(pending(call.name));
    this.#channel.terminate();
  }

  #receive(reply: Reply): void {
    // it was sent before the worker ended
    if (this.#ended) return;
    this.#started = true;
    if ('ready' in reply) return;
    if ('busy' in reply) {
      // several teachers may compute at a time
      this.#busyTeachers += reply.busy ? 1 : -1;
      this.#limit(this.#busyTeachers > 0);
    } else if ('progress' in reply) this.#calls.get(reply.id)?.onProgress(reply.progress);
    else if ('error' in reply) this.#calls.take(reply.id)?.reject(unpackError(reply.error));
    else {
      const call = this.#calls.take(reply.id);
      if (call) call.resolve(unpack(reply.value));
      // nobody waits for this teacher any more
      else if (isTeacherHandle(Object(reply.value))) this.disposeTeacher(reply.id);
    }
  }
}

const calledAfterEnd: MakeError = (name) =>
  new DebkdError('wasm', `worker: ${name} was called after the worker was ended; open another`);
const endedDuringCall: MakeError = (name) =>
  new DebkdError('wasm', `worker: it was ended while ${name} ran; open another`);
const notCloned = (name: string, { message }: Error): DebkdError =>
  new DebkdError(
    'value',
    `worker: an argument of ${name} cannot be sent to a worker (${message}); give plain data whose memory is still there`,
  );
