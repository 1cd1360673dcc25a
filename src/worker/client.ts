// debkd/worker: the library off the main thread, by the same names. A worker has its own kernels and ONNX runtime, and the page stays
// responsive.
import { DebkdError } from '../io/errors.ts';
import { openCaller } from './caller.ts';
import { openChannel } from './channel.ts';
import { uncloneable } from './cloneable.ts';
import { pack, unpack } from './packed-value.ts';
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
  const { worker, teacherLimit } = options;
  return openCaller<DebkdWorker>(await openChannel(worker), { teacherLimit, codec: { pack: packCall, unpack } });
}

function packCall(name: string, args: readonly unknown[]): readonly unknown[] {
  checkCallable(name);
  const packed = pack(args) as readonly unknown[];
  for (const [i, arg] of packed.entries()) {
    const reason = uncloneable(arg, `argument ${i + 1}`);
    if (reason) throw new DebkdError('value', { subject: 'worker', seen: `${name}: ${reason}` });
  }
  return packed;
}
