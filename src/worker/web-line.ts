// The line to a worker of the web.
import { DebkdError } from '../io/errors.ts';
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

export interface WebWorker {
  postMessage(message: Request): void;
  addEventListener(type: string, listener: (event: Event & { data: Reply; message?: string }) => void): void;
  terminate(): void;
  ref?(): void;
  unref?(): void;
}

/** Why an answer did not come. */
export const UNREAD = 'an answer could not be read, as where memory is short';

export function webLine(worker: WebWorker): Line {
  return {
    send: (message) => worker.postMessage(message),
    end: () => worker.terminate(),
    hold: (on) => (on ? worker.ref?.() : worker.unref?.()),
    listen(onReply, onFailure) {
      worker.addEventListener('message', ({ data }) => onReply(data));
      worker.addEventListener('messageerror', () => onFailure(UNREAD));
      worker.addEventListener('error', (event) => {
        // it is told to the calls; Deno would end the program
        event.preventDefault();
        onFailure(event.message);
      });
    },
  };
}
