// The message channel to a web worker.
import { DebkdError } from '../io/errors.ts';
import type { Reply, Request } from './messages.ts';

/** A message channel to a worker of either kind. */
export interface Channel {
  send(message: Request): void;
  listen(onReply: (reply: Reply) => void, onFailure: (message: string | undefined) => void): void;
  terminate(): void;
  /** Whether the worker keeps the process alive. */
  keepAlive(on: boolean): void;
}

/** The error of all calls to a worker that did not start or failed later. */
export function workerFailure(message: string | undefined, started: boolean): DebkdError {
  const why = message || 'no message';
  return new DebkdError('wasm', {
    subject: 'worker',
    seen: started ? `failed (${why})` : `did not start (${why})`,
    remedy: started ? 'open a new worker' : 'pass a Worker that runs debkd/worker-thread as `worker`',
  });
}

export interface WebWorker {
  postMessage(message: Request): void;
  addEventListener(type: string, listener: (event: Event & { data: Reply; message?: string }) => void): void;
  terminate(): void;
  ref?(): void;
  unref?(): void;
}

/** The failure of a worker whose message was lost. */
export const UNREADABLE = 'an answer could not be read (out of memory?)';

export function webChannel(worker: WebWorker): Channel {
  return {
    send: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    keepAlive: (on) => (on ? worker.ref?.() : worker.unref?.()),
    listen(onReply, onFailure) {
      worker.addEventListener('message', ({ data }) => onReply(data));
      worker.addEventListener('messageerror', () => onFailure(UNREADABLE));
      worker.addEventListener('error', (event) => {
        // the calls reject with this error; without preventDefault Deno ends the program
        event.preventDefault();
        onFailure(event.message);
      });
    },
  };
}
