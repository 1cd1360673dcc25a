// The page's side of its worker: calls, and errors worded for users of the page.
import { DebkdError } from '../io/errors.ts';
import { webChannel } from '../io/thread-channel.ts';
import { openCaller } from '../worker/caller.ts';
import type { Work } from './messages.ts';
import { nameField } from './name-field.ts';

/** An error of the worker, worded for the page. */
export class WorkError extends Error {
  /** A code of DebkdError, `aborted` or `fault`. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The functions of the worker, which starts with the first call: the first view does not need it. */
export function openRemote(): Work {
  let calls: Work | undefined;
  const start = (): Work =>
    openCaller<Work>(webChannel(new Worker(new URL('./thread.js', import.meta.url), { type: 'module' })));
  const inWords =
    <Name extends keyof Work>(name: Name) =>
    async (...args: Parameters<Work[Name]>): Promise<Awaited<ReturnType<Work[Name]>>> => {
      calls ??= start();
      const call = calls[name] as (...given: Parameters<Work[Name]>) => ReturnType<Work[Name]>;
      try {
        return await call(...args);
      } catch (error) {
        throw workErrorOf(error);
      }
    };
  return {
    openTeachers: inWords('openTeachers'),
    openTable: inWords('openTable'),
    makePlates: inWords('makePlates'),
    check: inWords('check'),
    run: inWords('run'),
    pack: inWords('pack'),
    restore: inWords('restore'),
    answer: inWords('answer'),
    testRow: inWords('testRow'),
    listRows: inWords('listRows'),
    score: inWords('score'),
    retrain: inWords('retrain'),
    useThreshold: inWords('useThreshold'),
    download: inWords('download'),
  };
}

/** Words an error of the worker for users of the page. */
export function workErrorOf(error: unknown): WorkError {
  const { name = 'Error', message = String(error) } = error as Partial<Error>;
  if (error instanceof DebkdError) {
    const stopped = stoppedBy(error);
    return stopped === undefined
      ? new WorkError(error.code, error.toSentence(nameField))
      : new WorkError(
          'fault',
          `the worker of this page stopped (${stopped}); reload the page, your choices are stored`,
        );
  }
  if (name === 'AbortError') return new WorkError('aborted', 'cancelled');
  if (name === 'NotReadableError' || name === 'NotFoundError')
    return new WorkError('source', 'the file was moved or changed and can no longer be read; choose it again');
  if (name === 'RangeError' && /alloc|memory|length/i.test(message))
    return new WorkError('memory', 'not enough memory for these rows; use fewer rows, or debkd on the command line');
  return new WorkError('fault', `this is a bug in debkd, please report it: ${name}: ${message}`);
}

/** Why the worker stopped; undefined if it still runs. */
function stoppedBy({ code, subject, seen, remedies }: DebkdError): string | undefined {
  const tookTooLong = remedies.some((remedy) => typeof remedy !== 'string' && remedy.id === 'raise-limit');
  // the remedies do not apply: a page cannot start another worker
  return tookTooLong || (code === 'wasm' && subject === 'worker') ? seen : undefined;
}
