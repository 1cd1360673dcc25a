// The app's worker: the protocol of debkd/worker with the app's functions. Calls run one at a time in order, and the last
// chosen file wins. Later calls do not wait for the scoring of a file, which can take long and changes nothing.
import { serve } from '../worker/serve.ts';
import { openWork } from './work/work.ts';

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/** The same functions; each call starts after the previous one has ended. */
function inTurn(functions: object): object {
  let last: Promise<unknown> = Promise.resolve();
  const entries = Object.entries(functions as Readonly<Record<string, Call>>).map(([name, call]): [string, Call] => [
    name,
    (...args) => {
      const answer = last.then(() => call(...args));
      if (name !== 'score') last = answer.catch(() => undefined);
      return answer;
    },
  ]);
  return Object.fromEntries(entries);
}

await serve((host) => inTurn(openWork(host)));
