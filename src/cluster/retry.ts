// A store that is asked again where it has failed, for a while: what lasts for hours need not end by a moment's trouble.
import { setTimeout as sleep } from 'node:timers/promises';
import { DebkdError } from '../io/errors.ts';
import type { Store } from './store.ts';

/** Pauses between tries, half a minute in all. */
const PAUSES_MS = [200, 500, 1000, 2000, 4000, 8000, 15_000];

/** @param onNote told once when it fails, and once when it is back */
export function withRetry(store: Store, onNote?: (text: string) => void): Store {
  let troubled = false;
  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      try {
        const result = await work();
        if (troubled) onNote?.('note: the store is back');
        troubled = false;
        return result;
      } catch (error) {
        const pause = PAUSES_MS[tries];
        if (!(error instanceof DebkdError && error.code === 'source') || pause === undefined) throw error;
        if (!troubled) onNote?.(`note: ${error.message}; trying again`);
        troubled = true;
        await sleep(pause);
      }
    }
  };
  return {
    ...store,
    get: (key) => again(() => store.get(key)),
    put: (key, bytes) => again(() => store.put(key, bytes)),
    has: (key) => again(() => store.has(key)),
    remove: (key) => again(() => store.remove(key)),
    setAside: (key) => again(() => store.setAside(key)),
  };
}
