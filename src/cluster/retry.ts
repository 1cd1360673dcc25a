// Retries of a store that fails for a moment, which need not end a run of hours.
import { setTimeout as sleep } from 'node:timers/promises';
import { DebkdError } from '../io/errors.ts';
import type { Store } from './store.ts';

/** Pauses between attempts, half a minute in all. */
const BACKOFF_MS = [200, 500, 1000, 2000, 4000, 8000, 15_000];

/** The store, with retries of `source` errors. @param onNote is called once when the store fails, and once when it is back */
export function withRetry(store: Store, onNote?: (text: string) => void): Store {
  let failing = false;
  const retry = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await work();
        if (failing) onNote?.('note: the store is back');
        failing = false;
        return result;
      } catch (error) {
        const pause = BACKOFF_MS[attempt];
        if (!(error instanceof DebkdError && error.code === 'source') || pause === undefined) throw error;
        if (!failing) onNote?.(`note: ${error.message}; trying again`);
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
