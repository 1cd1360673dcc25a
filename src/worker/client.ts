// debkd/worker: the library off the main thread, by the same names. A worker has kernels and the ONNX runtime of its
// own; the page keeps drawing.
import { openCaller, type WorkerOptions } from './caller.ts';
import { pack, unpack } from './codec.ts';
import { checkCallable, type DebkdWorker } from './names.ts';

export type { WorkerOptions } from './caller.ts';
export type { DebkdWorker, Remote, RemoteTeacher, WithRemoteTeacher } from './names.ts';

/**
 * Starts a worker. Every call that takes `signal` and `onProgress` takes them here; an abort rejects at once.
 * @throws DebkdError `wasm` when the host has no workers, or refuses to make one
 */
export function openWorker(options: WorkerOptions = {}): Promise<DebkdWorker> {
  return openCaller<DebkdWorker>(options, { pack, unpack, checkName: checkCallable });
}
