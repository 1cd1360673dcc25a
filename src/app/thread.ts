// The worker: one call at a time as the page asks, progress as it comes. cancel() is heard at once.
import { DebkdError } from '../io/errors.ts';
import type { Reply, Request } from './messages.ts';
import { openWork } from './work.ts';

const scope = globalThis as unknown as {
  postMessage(reply: Reply): void;
  onmessage: (event: { readonly data: Request }) => void;
};

/** Progress that the page could not show is not sent: one message a frame of 60 a second, the last of a stage always. */
const FRAME = 1000 / 60;
let last = { stage: '', at: 0 };
const onRuntime = (busy: boolean): void => scope.postMessage({ busy });
const work = openWork(onRuntime, (progress) => {
  const now = performance.now();
  if (progress.stage === last.stage && now - last.at < FRAME && progress.done < progress.total && !progress.losses)
    return;
  last = { stage: progress.stage, at: now };
  scope.postMessage({ progress });
});

// one after another, as they were asked: the last choice of a file is the one that stays
let before: Promise<unknown> = Promise.resolve();
scope.onmessage = ({ data }) => {
  if (data.call === 'cancel') void perform(data);
  else before = before.then(() => perform(data));
};

async function perform({ id, call, args }: Request): Promise<void> {
  try {
    const act = work[call] as (...args: readonly unknown[]) => Promise<unknown>;
    scope.postMessage({ id, value: await act(...args) });
  } catch (error) {
    scope.postMessage({ id, error: describe(error) });
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof DebkdError) return { code: error.code, message: error.message };
  const { name = 'Error', message = String(error) } = error as Partial<Error>;
  if (name === 'AbortError') return { code: 'aborted', message: 'cancelled' };
  if (name === 'NotReadableError' || name === 'NotFoundError')
    return { code: 'source', message: 'the file cannot be read any more; was it moved or changed? Choose it again' };
  if (name === 'RangeError' && /alloc|memory|length/i.test(message))
    return {
      code: 'memory',
      message: 'there is not enough memory for these rows; use fewer of them, or the command line',
    };
  return { code: 'fault', message: `this is a fault of debkd, please report it: ${name}: ${message}` };
}
