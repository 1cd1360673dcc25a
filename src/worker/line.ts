// The line to a worker: of the web, or of worker_threads.
import { DebkdError } from '../io/errors.ts';
import { builtin } from '../io/node.ts';
import type { WorkerOptions } from './caller.ts';
import type { Reply, Request } from './messages.ts';

/** What both kinds of workers do. */
export interface Line {
  send(message: Request): void;
  listen(onReply: (reply: Reply) => void, onFailure: (message: string | undefined) => void): void;
  end(): void;
  /** Keeps the process alive, or not. */
  hold(on: boolean): void;
}

const USE = 'give one made of debkd/worker-thread as `worker`';

/** What calls of a worker are rejected with that did not start, or failed later. */
export function failure(message: string | undefined, started: boolean): DebkdError {
  const why = message || 'no message';
  return new DebkdError(
    'wasm',
    started ? `worker: it failed (${why}); open another` : `worker: it did not start (${why}); ${USE}`,
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

/** The line to a worker that is given, or made here. @throws DebkdError `wasm` or `value` */
export async function openLine({ worker }: Pick<WorkerOptions, 'worker'>): Promise<Line> {
  const made = (worker ?? (await makeWorker())) as WebWorker | Thread;
  const line = {
    send: (message: Request) => made.postMessage(message),
    end: () => void made.terminate(),
    hold: (on: boolean) => (on ? made.ref?.() : made.unref?.()),
  };
  const unread = 'an answer could not be read, as where memory is short';
  if ('addEventListener' in made) {
    return {
      ...line,
      listen(onReply, onFailure) {
        made.addEventListener('message', ({ data }) => onReply(data));
        made.addEventListener('messageerror', () => onFailure(unread));
        made.addEventListener('error', (event) => {
          // it is told to the calls; Deno would end the program
          event.preventDefault();
          onFailure(event.message);
        });
      },
    };
  }
  if ('on' in made) {
    return {
      ...line,
      listen(onReply, onFailure) {
        made.on('message', onReply);
        made.on('messageerror', () => onFailure(unread));
        made.on('error', ({ message }) => onFailure(message));
        made.on('exit', (code) => onFailure(`it exited with code ${code}`));
      },
    };
  }
  throw new DebkdError('value', 'worker: `worker` has no events, expected a Worker that runs debkd/worker-thread');
}

async function makeWorker(): Promise<object> {
  // where the ONNX runtime was loaded, this may be the Worker of worker_threads
  const web = typeof Worker === 'function' && 'addEventListener' in Worker.prototype;
  const threads =
    !web &&
    (await builtin<typeof import('node:worker_threads')>('node:worker_threads').catch(() => {
      throw new DebkdError('wasm', 'worker: this host has no workers; call debkd itself');
    }));
  try {
    // the literal form is what bundlers look for
    return threads
      ? new threads.Worker(new URL('./thread.js', import.meta.url))
      : new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
  } catch (error) {
    throw failure((error as Error).message, false);
  }
}
