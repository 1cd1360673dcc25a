// The channel to a worker that serves functions, and the error of one that fails.
import { DebkdError } from '../io/errors.ts';
import type { Channel as AnyChannel } from '../io/thread-channel.ts';
import type { Reply, Request } from './messages.ts';

/** A message channel to a worker of either kind. */
export type Channel = AnyChannel<Request, Reply>;

/** The error of all calls to a worker that did not start or failed later. */
export function workerFailure(message: string | undefined, started: boolean): DebkdError {
  const why = message || 'no message';
  return new DebkdError('wasm', {
    subject: 'worker',
    seen: started ? `failed (${why})` : `did not start (${why})`,
    remedy: started ? 'open a new worker' : 'pass a Worker that runs debkd/worker-thread as `worker`',
  });
}
