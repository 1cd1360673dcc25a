// debkd/worker: the functions of the library in a worker, which keeps a page responsive. A worker has its own kernels and ONNX runtime.
import { DebkdError } from '../io/errors.ts';
import { openCaller } from './caller.ts';
import { openChannel } from './channel.ts';
import { uncloneable } from './cloneable.ts';
import { pack, unpack } from './packed-value.ts';
import { callSubject } from './pending-calls.ts';
import { checkCallable, type DebkdWorker } from './remote.ts';

export type { DebkdWorker, Remote, RemoteTeacher, WithRemoteTeacher } from './remote.ts';

/** The options of openWorker. */
export interface WorkerOptions {
  /** A worker that runs debkd/worker-thread, for bundlers that do not find its file; default: a new worker. */
  readonly worker?: { postMessage(message: unknown, transfer: ArrayBuffer[]): void } & object;
  /**
   * Time limit of the ONNX runtime for opening a teacher or for one batch of rows, in seconds; default 60. A teacher that exceeds it
   * ends the worker, and all running calls reject with a DebkdError `teacher`.
   */
  readonly teacherLimit?: number;
}

/**
 * Starts a worker. Its calls take the same arguments as the functions of the library, including `signal` and `onProgress`; an abort
 * rejects the call at once.
 * @throws DebkdError `wasm` if the host cannot start a worker, `value` if `worker` is not a worker
 * @example
 * using remote = await openWorker();
 * const table = await remote.readCsv(file, { target: 'label' });
 */
export async function openWorker(options: WorkerOptions = {}): Promise<DebkdWorker> {
  const { worker, teacherLimit } = options;
  return openCaller<DebkdWorker>(await openChannel(worker), { teacherLimit, codec: { pack: packCall, unpack } });
}

function packCall(name: string, args: readonly unknown[]): readonly unknown[] {
  checkCallable(name);
  const packed = pack(args) as readonly unknown[];
  for (const [i, arg] of packed.entries()) {
    const problem = uncloneable(arg, `${callSubject(name)}, argument ${i + 1}`);
    if (problem) throw new DebkdError('value', problem);
  }
  return packed;
}
