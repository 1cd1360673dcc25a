// The message channel to a web worker.
import { DebkdError } from '../io/errors.ts';
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
  return new DebkdError('wasm', {
    subject: 'worker',
    seen: started ? `it failed (${why})` : `it did not start (${why})`,
    remedy: started ? 'open another' : REMEDY,
  });
}

export interface WebWorker {
  postMessage(message: Request): void;
  addEventListener(type: string, listener: (event: Event & { data: Reply; message?: string }) => void): void;
  terminate(): void;
  ref?(): void;
  unref?(): void;
}

/** Says why a message was lost. */
export const UNREADABLE = 'an answer could not be read, as where memory is short';

export function webChannel(worker: WebWorker): Channel {
  return {
    send: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    keepAlive: (on) => (on ? worker.ref?.() : worker.unref?.()),
    listen(onReply, onFailure) {
      worker.addEventListener('message', ({ data }) => onReply(data));
      worker.addEventListener('messageerror', () => onFailure(UNREADABLE));
      worker.addEventListener('error', (event) => {
        // the calls are rejected with it; without this Deno ends the program
        event.preventDefault();
        onFailure(event.message);
      });
    },
  };
}
