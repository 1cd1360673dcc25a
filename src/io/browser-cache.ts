// Entries in IndexedDB, for pages and workers: each transaction is whole or nothing, whatever else has the database open.
import type { DBSchema, IDBPDatabase, IDBPObjectStore, IDBPTransaction } from 'idb';
import { openDB } from 'idb';
import { type CacheOptions, type LabelCache, MAX_BYTES } from './cache.ts';

/** When an entry was last used, in milliseconds, and its size in bytes; kept apart from the entries, to be read alone. */
interface Use {
  readonly used: number;
  readonly size: number;
}

const ENTRIES = 'labels';
const USES = 'uses';
type Stores = [typeof ENTRIES, typeof USES];

interface Schema extends DBSchema {
  [ENTRIES]: { key: string; value: Uint8Array };
  [USES]: { key: string; value: Use };
}

/** A cache in this origin's IndexedDB. @param options.name of the database; default debkd */
export function openBrowserCache(options: CacheOptions & { name?: string } = {}): LabelCache {
  const { name = 'debkd', maxBytes = MAX_BYTES } = options;
  let opened: Promise<IDBPDatabase<Schema>> | undefined;
  const connect = (): Promise<IDBPDatabase<Schema>> =>
    openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore(ENTRIES);
        database.createObjectStore(USES);
      },
      // another page deletes the database: it waits for this connection to close
      blocking(_current, _blocked, { target }) {
        opened = undefined;
        (target as IDBDatabase).close();
      },
      terminated() {
        opened = undefined;
      },
    });
  const begin = async (): Promise<IDBPTransaction<Schema, Stores, 'readwrite'>> => {
    opened ??= connect();
    const transaction = (await opened).transaction([ENTRIES, USES], 'readwrite');
    // who reads or writes is told by `done` itself, or by a request that failed before
    transaction.done.catch(() => undefined);
    return transaction;
  };
  return {
    async get(key) {
      try {
        const transaction = await begin();
        const bytes = await transaction.objectStore(ENTRIES).get(key);
        if (bytes) await transaction.objectStore(USES).put({ used: Date.now(), size: bytes.length }, key);
        await transaction.done;
        return bytes;
      } catch {
        return undefined; // private windows may refuse storage
      }
    },
    async put(key, bytes) {
      if (bytes.length > maxBytes) return;
      try {
        const transaction = await begin();
        const [entries, uses] = [transaction.objectStore(ENTRIES), transaction.objectStore(USES)];
        await Promise.all([entries.put(bytes, key), uses.put({ used: Date.now(), size: bytes.length }, key)]);
        const old = await surplus(uses, maxBytes, key);
        await Promise.all(old.flatMap((oldKey) => [entries.delete(oldKey), uses.delete(oldKey)]));
        await transaction.done;
      } catch {
        // no room in this origin's quota: go on without
      }
    },
  };
}

/** The keys of the entries that were not used for the longest time; without them the rest and `newest` fit. */
async function surplus(
  uses: IDBPObjectStore<Schema, Stores, typeof USES, 'readwrite'>,
  maxBytes: number,
  newest: string,
): Promise<string[]> {
  const [keys, all] = await Promise.all([uses.getAllKeys(), uses.getAll()]);
  const entries = keys.map((key, i) => ({ ...(all[i] as Use), key })).filter(({ key }) => key !== newest);
  entries.sort((a, b) => a.used - b.used);
  let size = all.reduce((sum, use) => sum + use.size, 0);
  const removed: string[] = [];
  for (const { key, size: freed } of entries) {
    if (size <= maxBytes) break;
    removed.push(key);
    size -= freed;
  }
  return removed;
}
