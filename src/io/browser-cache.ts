// Entries in IndexedDB, for pages and workers: each transaction is whole or nothing, whatever else has the database open.
import { type CacheOptions, type LabelCache, MAX_BYTES } from './cache.ts';

/** When an entry was last used, in milliseconds, and its size in bytes; kept beside the entries, to be read alone. */
interface Use {
  readonly used: number;
  readonly size: number;
}

const ENTRIES = 'labels';
const USES = 'uses';

/** A cache in this origin's IndexedDB. @param options.name of the database; default debkd */
export function openBrowserCache(options: CacheOptions & { name?: string } = {}): LabelCache {
  const { name = 'debkd', maxBytes = MAX_BYTES } = options;
  let opened: Promise<IDBDatabase> | undefined;
  const begin = async (): Promise<{ entries: IDBObjectStore; uses: IDBObjectStore; ended: Promise<void> }> => {
    opened ??= openDatabase(name);
    const transaction = (await opened).transaction([ENTRIES, USES], 'readwrite');
    const ended = finished(transaction);
    return { entries: transaction.objectStore(ENTRIES), uses: transaction.objectStore(USES), ended };
  };
  return {
    async get(key) {
      try {
        const { entries, uses, ended } = await begin();
        const bytes = (await answer(entries.get(key))) as Uint8Array | undefined;
        if (bytes) uses.put({ used: Date.now(), size: bytes.length } satisfies Use, key);
        await ended;
        return bytes;
      } catch {
        return undefined; // private windows may refuse storage
      }
    },
    async put(key, bytes) {
      if (bytes.length > maxBytes) return;
      try {
        const { entries, uses, ended } = await begin();
        entries.put(bytes, key);
        uses.put({ used: Date.now(), size: bytes.length } satisfies Use, key);
        for (const old of await surplus(uses, maxBytes, key)) {
          entries.delete(old);
          uses.delete(old);
        }
        await ended;
      } catch {
        // no room in this origin's quota: go on without
      }
    },
  };
}

/** The keys of entries that were not used for the longest time, so that the rest and `newest` fit. */
async function surplus(uses: IDBObjectStore, maxBytes: number, newest: string): Promise<IDBValidKey[]> {
  const [keys, all] = await Promise.all([answer(uses.getAllKeys()), answer(uses.getAll() as IDBRequest<Use[]>)]);
  const entries = keys.map((key, i) => ({ key, ...(all[i] as Use) })).filter(({ key }) => key !== newest);
  entries.sort((a, b) => a.used - b.used);
  let size = all.reduce((sum, use) => sum + use.size, 0);
  const gone: IDBValidKey[] = [];
  for (const entry of entries) {
    if (size <= maxBytes) break;
    gone.push(entry.key);
    size -= entry.size;
  }
  return gone;
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ENTRIES);
    request.result.createObjectStore(USES);
  };
  return answer(request);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
