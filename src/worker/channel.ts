// The message channel to a web worker or a worker of worker_threads.
import { DebkdError } from '../io/errors.ts';
import { builtin } from '../io/node.ts';
import { type Channel, UNREADABLE, type WebWorker, webChannel, workerFailure } from './web-channel.ts';

type Thread = import('node:worker_threads').Worker;

/**
 * @param given a worker that runs debkd/worker-thread; default: a new one
 * @throws DebkdError `wasm` if the host cannot start a worker, `value` if `given` is not a worker
 */
export async function openChannel(given?: object): Promise<Channel> {
  const worker = (given ?? (await makeWorker())) as WebWorker | Thread;
  if ('addEventListener' in worker) return webChannel(worker);
  if ('on' in worker) return threadChannel(worker);
  throw new DebkdError('value', {
    subject: 'worker',
    seen: 'an object without events',
    expected: 'a Worker that runs debkd/worker-thread',
  });
}

function threadChannel(thread: Thread): Channel {
  return {
    send: (message) => thread.postMessage(message),
    terminate: () => void thread.terminate(),
    keepAlive: (on) => (on ? thread.ref() : thread.unref()),
    listen(onReply, onFailure) {
      thread.on('message', onReply);
      thread.on('messageerror', () => onFailure(UNREADABLE));
      thread.on('error', ({ message }) => onFailure(message));
      thread.on('exit', (code) => onFailure(`exited with code ${code}`));
    },
  };
}

async function makeWorker(): Promise<object> {
  // the ONNX runtime may have replaced the global Worker by that of worker_threads
  const isWeb = typeof Worker === 'function' && 'addEventListener' in Worker.prototype;
  const threads =
    !isWeb &&
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
