// A cache in IndexedDB, for pages and workers. Transactions keep entries whole if several pages use the database.
import type { DBSchema, IDBPDatabase, IDBPObjectStore, IDBPTransaction } from 'idb';
import { openDB } from 'idb';
import { type CacheOptions, type LabelCache, MAX_BYTES } from './cache.ts';

/**
 * Last use of an entry (milliseconds) and its size (bytes), in a separate store: finding old entries reads no entry.
 */
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

/**
 * Opens a cache in the IndexedDB of this origin. It never throws: where storage is refused or full, it keeps nothing.
 * @param options.name of the database; default debkd
 * @param options.maxBytes above this size, the least recently used entries are removed; default 1 GiB
 * @example
 * const soft = await softLabels(teacher, data, { cache: openBrowserCache() });
 */
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
    opened ??= connect().catch((error: unknown) => {
      opened = undefined; // the next call tries again
      throw error;
    });
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
        const old = await leastRecentlyUsed(uses, maxBytes, key);
        await Promise.all(old.flatMap((oldKey) => [entries.delete(oldKey), uses.delete(oldKey)]));
        await transaction.done;
      } catch {
        // the quota of this origin is used up: continue without caching
      }
    },
  };
}

/** Keys of the least recently used entries to remove for the rest, `newest` included, to fit into `maxBytes`. */
async function leastRecentlyUsed(
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
