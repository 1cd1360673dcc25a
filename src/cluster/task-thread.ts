// A thread of a worker. It runs one task at a time, which leaves the worker's main thread free to send heartbeats to Redis.
import { parentPort, workerData } from 'node:worker_threads';
import { DebkdError } from '../io/errors.ts';
import { once } from '../io/once.ts';
import { type PackedError, packError } from '../io/packed-error.ts';
import { openSigner } from './signature.ts';
import { signedStore } from './signed-store.ts';
import { openStore } from './store.ts';
import type { Task } from './task.ts';
import { openTaskRunner } from './task-runner.ts';

/** The workerData of a thread. */
export interface ThreadData {
  readonly location: string;
  /** The id of the store at this location. */
  readonly storeId: string;
  readonly secret: string | undefined;
}

/** What a thread sends to its worker. */
export type ThreadMessage =
  | { readonly kind: 'runtime'; readonly busy: boolean }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly error: PackedError }
  | { readonly kind: 'fault'; readonly reason: string };

const postToMain = (message: ThreadMessage): void => parentPort?.postMessage(message);
const { location, storeId, secret } = workerData as ThreadData;
/** Opens the store at the first task; after a failure, at the next task. */
const openRunner = once(async () =>
  openTaskRunner(signedStore(await openStore(location), openSigner(secret)), storeId, (busy) =>
    postToMain({ kind: 'runtime', busy }),
  ),
);

parentPort?.on('message', async (task: Task) => {
  try {
    const runTask = await openRunner();
    await runTask(task);
    postToMain({ kind: 'done' });
  } catch (error) {
    if (error instanceof DebkdError) postToMain({ kind: 'refused', error: packError(error) });
    else postToMain({ kind: 'fault', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
