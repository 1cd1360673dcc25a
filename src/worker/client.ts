// debkd/worker: the library off the main thread, by the same names. A worker has kernels and the ONNX runtime of its
// own; the page keeps drawing.
import { DebkdError } from '../io/errors.ts';
import { openCaller } from './caller.ts';
import { pack, unpack } from './codec.ts';
import { openLine } from './line.ts';
import { checkCallable, type DebkdWorker } from './names.ts';
import { unsendable } from './unsendable.ts';

export type { DebkdWorker, Remote, RemoteTeacher, WithRemoteTeacher } from './names.ts';

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

/**
 * Starts a worker. Every call that takes `signal` and `onProgress` takes them here; an abort rejects at once.
 * @throws DebkdError `wasm` when the host has no workers, or refuses to make one
 */
export async function openWorker(options: WorkerOptions = {}): Promise<DebkdWorker> {
  const { teacherLimit } = options;
  return openCaller<DebkdWorker>(await openLine(options), { teacherLimit, codec: { pack: packCall, unpack } });
}

function packCall(name: string, args: readonly unknown[]): readonly unknown[] {
  checkCallable(name);
  const packed = pack(args) as readonly unknown[];
  for (const [i, arg] of packed.entries()) {
    const why = unsendable(arg, `argument ${i + 1}`);
    if (why) throw new DebkdError('value', `worker: ${name}: ${why}`);
  }
  return packed;
}
