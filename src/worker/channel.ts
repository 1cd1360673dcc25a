// The message channel to a web worker or a worker of worker_threads.
import { DebkdError } from '../io/errors.ts';
import { builtin } from '../io/node.ts';
import { channelOf, hasWebWorkers } from '../io/thread-channel.ts';
import type { Reply, Request } from './messages.ts';
import { type Channel, workerFailure } from './worker-failure.ts';

/**
 * @param given a worker that runs debkd/worker-thread; default: a new one
 * @throws DebkdError `wasm` if the host cannot start a worker, `value` if `given` is not a worker
 */
export async function openChannel(given?: object): Promise<Channel> {
  const channel = channelOf<Request, Reply>(given ?? (await makeWorker()));
  if (channel) return channel;
  throw new DebkdError('value', {
    subject: 'worker',
    seen: 'an object without events',
    expected: 'a Worker that runs debkd/worker-thread',
  });
}

async function makeWorker(): Promise<object> {
  const threads =
    !hasWebWorkers() &&
    (await builtin<typeof import('node:worker_threads')>('node:worker_threads').catch(() => {
      throw new DebkdError('wasm', {
        subject: 'worker',
        seen: 'this host has no workers',
        remedy: 'call debkd on the main thread',
      });
    }));
  try {
    // bundlers recognise only this literal form
    return threads
      ? new threads.Worker(new URL('./thread.js', import.meta.url))
      : new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
  } catch (error) {
    throw workerFailure((error as Error).message, false);
  }
}
