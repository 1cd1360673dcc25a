// The app's thread: the protocol of debkd/worker, with the functions of the app's work. One call at a time, as they were asked:
// the last choice of a file is the one that stays.
import { serve } from '../worker/serve.ts';
import { openWork } from './work/work.ts';

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/** The same functions, each call begun when those before it have ended. */
function inTurn(functions: object): object {
  let last: Promise<unknown> = Promise.resolve();
  const entries = Object.entries(functions as Readonly<Record<string, Call>>).map(([name, call]): [string, Call] => [
    name,
    (...args) => {
      const answer = last.then(() => call(...args));
      last = answer.catch(() => undefined);
      return answer;
    },
  ]);
  return Object.fromEntries(entries);
}

await serve((host) => inTurn(openWork(host)));
