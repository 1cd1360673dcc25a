// A thread of a worker: does the tasks it is sent, one at a time, so that the worker itself is free to answer Redis.
import { parentPort, workerData } from 'node:worker_threads';
import { DebkdError, type ErrorCode } from '../io/errors.ts';
import { openTaskRunner } from './run-task.ts';
import { openSeal, sealedStore } from './seal.ts';
import { openStore } from './store.ts';
import type { Task } from './task.ts';

/** What a thread answers. */
export type FromThread =
  | { readonly kind: 'runtime'; readonly busy: boolean }
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly why: string }
  | { readonly kind: 'fault'; readonly why: string };

const postToMain = (message: FromThread): void => parentPort?.postMessage(message);
const { place, id, secret } = workerData as { place: string; id: string; secret: string | undefined };
let opened: Promise<(task: Task) => Promise<void>> | undefined;

/** A store that could not be opened may be there for the next task. */
function open(): Promise<(task: Task) => Promise<void>> {
  opened ??= openStore(place).then((store) =>
    openTaskRunner(sealedStore(store, openSeal(secret)), id, (busy) => postToMain({ kind: 'runtime', busy })),
  );
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

parentPort?.on('message', async (task: Task) => {
  try {
    const perform = await open();
    await perform(task);
    postToMain({ kind: 'done' });
  } catch (error) {
    if (error instanceof DebkdError) postToMain({ kind: 'refused', code: error.code, why: error.message });
    else postToMain({ kind: 'fault', why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
