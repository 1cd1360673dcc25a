// Retries after short failures of a store, which should not end a run of hours.
import { setTimeout as sleep } from 'node:timers/promises';
import { DebkdError } from '../io/errors.ts';
import type { Store } from './store.ts';
import { summaryOf } from './task-error.ts';

/** Pauses between attempts, 31 s in all. */
const BACKOFF_MS = [200, 500, 1000, 2000, 4000, 8000, 15_000];

/** Retries after `source` errors. @param onNote called once when the store fails, and once when it works again */
export function withRetry(store: Store, onNote?: (text: string) => void): Store {
  let failing = false;
  const retry = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await work();
        if (failing) onNote?.('note: the store works again');
        failing = false;
        return result;
      } catch (error) {
        const pause = BACKOFF_MS[attempt];
        if (!(error instanceof DebkdError && error.code === 'source') || pause === undefined) throw error;
        if (!failing) onNote?.(`note: ${summaryOf(error)}; retrying`);
        failing = true;
        await sleep(pause);
      }
    }
  };
  return {
    ...store,
    get: (key) => retry(() => store.get(key)),
    put: (key, bytes) => retry(() => store.put(key, bytes)),
    has: (key) => retry(() => store.has(key)),
    remove: (key) => retry(() => store.remove(key)),
    quarantine: (key) => retry(() => store.quarantine(key)),
  };
}
