// The page's side of the thread: its functions as calls, and its errors in the words of a page.
import { DebkdError } from '../io/errors.ts';
import { openCaller } from '../worker/caller.ts';
import { webChannel } from '../worker/web-channel.ts';
import type { Work } from './messages.ts';
import { nameField } from './name-field.ts';

/** What the thread refused or failed at. */
export class WorkError extends Error {
  /** As of DebkdError; `aborted`, `memory` or `fault`. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Starts the thread. */
export function openRemote(): Work {
  const worker = new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
  const calls = openCaller<Work>(webChannel(worker));
  const inWords =
    <Args extends unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    (...args: Args): Promise<Value> =>
      call(...args).catch((error: unknown) => {
        throw workErrorOf(error);
      });
  return {
    openTeacher: inWords(calls.openTeacher),
    openTable: inWords(calls.openTable),
    check: inWords(calls.check),
    run: inWords(calls.run),
    answer: inWords(calls.answer),
    download: inWords(calls.download),
  };
}

/** What a page says of an error of its thread. */
export function workErrorOf(error: unknown): WorkError {
  const { name = 'Error', message = String(error) } = error as Partial<Error>;
  if (error instanceof DebkdError) {
    const stopped = stoppedBy(error);
    return stopped === undefined
      ? new WorkError(error.code, error.toSentence(nameField))
      : new WorkError(
          'fault',
          `the worker of this page stopped (${stopped}); reload the page: what was chosen is kept`,
        );
  }
  if (name === 'AbortError') return new WorkError('aborted', 'cancelled');
  if (name === 'NotReadableError' || name === 'NotFoundError')
    return new WorkError('source', 'the file cannot be read any more; was it moved or changed? Choose it again');
  if (name === 'RangeError' && /alloc|memory|length/i.test(message))
    return new WorkError('memory', 'there is not enough memory for these rows; use fewer of them, or the command line');
  return new WorkError('fault', `this is a fault of debkd, please report it: ${name}: ${message}`);
}

/** Why the thread has ended; undefined where it goes on. */
function stoppedBy({ code, subject, seen, remedies }: DebkdError): string | undefined {
  const tookTooLong = remedies.some((remedy) => typeof remedy !== 'string' && remedy.id === 'raise-limit');
  // without remedies: a page cannot open another thread
  return tookTooLong || (code === 'wasm' && subject === 'worker') ? seen : undefined;
}
