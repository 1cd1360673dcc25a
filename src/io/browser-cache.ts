// A cache in IndexedDB, for pages and workers. Transactions keep entries whole if several pages use the database.
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

/**
 * Opens a cache in the IndexedDB of this origin. It never throws: where storage is refused or full, it keeps nothing.
 * @param options.name of the database; default debkd
 * @param options.maxBytes above this size, the least recently used entries are removed; default 1 GiB
 * @example
 * const soft = await softLabels(teacher, data, { cache: openBrowserCache() });
 */
export function openBrowserCache(options: CacheOptions & { name?: string } = {}): LabelCache {
  const { name = 'debkd', maxBytes = MAX_BYTES } = options;
  let opened: Promise<IDBDatabase> | undefined;
  const begin = async (): Promise<{ entries: IDBObjectStore; uses: IDBObjectStore; done: Promise<void> }> => {
    opened ??= openDatabase(name);
    const transaction = (await opened).transaction([ENTRIES, USES], 'readwrite');
    const done = completion(transaction);
    return { entries: transaction.objectStore(ENTRIES), uses: transaction.objectStore(USES), done };
  };
  return {
    async get(key) {
      try {
        const { entries, uses, done } = await begin();
        const bytes = (await resultOf(entries.get(key))) as Uint8Array | undefined;
        if (bytes) uses.put({ used: Date.now(), size: bytes.length } satisfies Use, key);
        await done;
        return bytes;
      } catch {
        return undefined; // private windows may refuse storage
      }
    },
    async put(key, bytes) {
      if (bytes.length > maxBytes) return;
      try {
        const { entries, uses, done } = await begin();
        entries.put(bytes, key);
        uses.put({ used: Date.now(), size: bytes.length } satisfies Use, key);
        for (const old of await leastRecentlyUsed(uses, maxBytes, key)) {
          entries.delete(old);
          uses.delete(old);
        }
        await done;
      } catch {
        // the quota of this origin is used up: continue without caching
      }
    },
  };
}

/** Keys of the least recently used entries to remove for the rest, `newest` included, to fit into `maxBytes`. */
async function leastRecentlyUsed(uses: IDBObjectStore, maxBytes: number, newest: string): Promise<IDBValidKey[]> {
  const [keys, all] = await Promise.all([resultOf(uses.getAllKeys()), resultOf(uses.getAll() as IDBRequest<Use[]>)]);
  const entries = keys.map((key, i) => ({ key, ...(all[i] as Use) })).filter(({ key }) => key !== newest);
  entries.sort((a, b) => a.used - b.used);
  let size = all.reduce((sum, use) => sum + use.size, 0);
  const removed: IDBValidKey[] = [];
  for (const entry of entries) {
    if (size <= maxBytes) break;
    removed.push(entry.key);
    size -= entry.size;
  }
  return removed;
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ENTRIES);
    request.result.createObjectStore(USES);
  };
  return resultOf(request);
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completion(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
