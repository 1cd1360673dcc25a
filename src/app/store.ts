// What outlives the page: the files, what was chosen and the checkpoint of a run, in IndexedDB. A browser that refuses storage, or
// has no room, loses only that: every function here says so by its answer and none throws.

const DATABASE = 'debkd-app';
const STORE = 'run';

/** What is kept: the files, what was chosen, the finished parts of a run. */
export type Kept = 'files' | 'session' | 'checkpoint';

/** Whether it is kept now. */
export async function keep(name: Kept, value: unknown): Promise<void> {
  try {
    await within('readwrite', (store) => store.put(value, name));
    refused = false;
  } catch {
    refused = true;
  }
}

let refused = false;
/** Whether the last `keep` found no room, or no storage at all. */
export const storageRefused = (): boolean => refused;

export async function kept<T = Uint8Array>(name: Kept): Promise<T | undefined> {
  try {
    return await within('readonly', (store) => store.get(name) as IDBRequest<T | undefined>);
  } catch {
    return undefined;
  }
}

export async function forget(): Promise<void> {
  try {
    await within('readwrite', (store) => store.clear());
  } catch {
    // nothing was kept then
  }
}

function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const open = indexedDB.open(DATABASE, 1);
    open.onupgradeneeded = () => open.result.createObjectStore(STORE);
    open.onerror = () => reject(open.error);
    open.onsuccess = () => {
      const database = open.result;
      const end = (settle: () => void): void => {
        database.close();
        settle();
      };
      try {
        const transaction = database.transaction(STORE, mode);
        const request = act(transaction.objectStore(STORE));
        transaction.oncomplete = () => end(() => resolve(request.result));
        transaction.onabort = () => end(() => reject(transaction.error));
      } catch (error) {
        end(() => reject(error));
      }
    };
  });
}
