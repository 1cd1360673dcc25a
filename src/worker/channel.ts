// The message channel to a worker, of the web or of worker_threads.
import { DebkdError } from '../io/errors.ts';
import { builtin } from '../io/node.ts';
import type { Reply, Request } from './messages.ts';

/** What both kinds of workers have in common. */
export interface Channel {
  send(message: Request): void;
  listen(onReply: (reply: Reply) => void, onFailure: (message: string | undefined) => void): void;
  terminate(): void;
  /** Whether the worker keeps the process alive. */
  keepAlive(on: boolean): void;
}

const REMEDY = 'give one made of debkd/worker-thread as `worker`';

/** The error of all calls of a worker that did not start, or failed later. */
export function workerFailure(message: string | undefined, started: boolean): DebkdError {
  const why = message || 'no message';
  return new DebkdError(
    'wasm',
    started ? `worker: it failed (${why}); open another` : `worker: it did not start (${why}); ${REMEDY}`,
  );
}

interface WebWorker {
  postMessage(message: Request): void;
  addEventListener(type: string, listener: (event: Event & { data: Reply; message?: string }) => void): void;
  terminate(): void;
  ref?(): void;
  unref?(): void;
}
type Thread = import('node:worker_threads').Worker;

/**
 * @param given a worker that runs debkd/worker-thread; default: a new one
 * @throws DebkdError `wasm` or `value`
 */
export async function openChannel(given?: object): Promise<Channel> {
  const worker = (given ?? (await makeWorker())) as WebWorker | Thread;
  const channel = {
    send: (message: Request) => worker.postMessage(message),
    terminate: () => void worker.terminate(),
    keepAlive: (on: boolean) => (on ? worker.ref?.() : worker.unref?.()),
  };
  const unreadable = 'an answer could not be read, as where memory is short';
  if ('addEventListener' in worker) {
    return {
      ...channel,
      listen(onReply, onFailure) {
        worker.addEventListener('message', ({ data }) => onReply(data));
        worker.addEventListener('messageerror', () => onFailure(unreadable));
        worker.addEventListener('error', (event) => {
          // the calls are rejected with it; without this Deno ends the program
          event.preventDefault();
          onFailure(event.message);
        });
      },
    };
  }
  if ('on' in worker) {
    return {
      ...channel,
      listen(onReply, onFailure) {
        worker.on('message', onReply);
        worker.on('messageerror', () => onFailure(unreadable));
        worker.on('error', ({ message }) => onFailure(message));
        worker.on('exit', (code) => onFailure(`it exited with code ${code}`));
      },
    };
  }
  throw new DebkdError('value', 'worker: `worker` has no events, expected a Worker that runs debkd/worker-thread');
}

async function makeWorker(): Promise<object> {
  // the ONNX runtime may have set the global Worker to that of worker_threads
  const isWeb = typeof Worker === 'function' && 'addEventListener' in Worker.prototype;
  const threads =
    !isWeb &&
    (await builtin<typeof import('node:worker_threads')>('node:worker_threads').catch(() => {
      throw new DebkdError('wasm', 'worker: this host has no workers; call debkd itself');
    }));
  try {
    // bundlers recognise this literal form
    return threads
      ? new threads.Worker(new URL('./thread.js', import.meta.url))
      : new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
  } catch (error) {
    throw workerFailure((error as Error).message, false);
  }
}
