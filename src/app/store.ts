// Stores the session in IndexedDB. A browser may refuse storage or have no room, and the page still works: the functions report
// it in their results and never throw.
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';

const STORE = 'run';

/** The database with the finished steps of runs, which the worker opens as a cache. */
export const PARTS = 'debkd-run';

/** The stored entries. */
export type Kept = 'files' | 'session' | 'corrections';

interface Schema extends DBSchema {
  [STORE]: { key: Kept; value: unknown };
}

let refused = false;
/** Whether the last `keep` failed because storage is full or refused. */
export const storageRefused = (): boolean => refused;

/** Stores an entry; `storageRefused` reports a failure. */
export async function keep(name: Kept, value: unknown): Promise<void> {
  refused = !(await within(async (database) => {
    await database.put(STORE, value, name);
    return true;
  }));
}

/** Changes an entry in one transaction, so that no other tab's change is lost. Resolves with the stored value; undefined if the
 * browser refuses storage, which `storageRefused` then reports. */
export async function change<T>(name: Kept, act: (old: T | undefined) => T): Promise<T | undefined> {
  const stored = await within(async (database) => {
    const transaction = database.transaction(STORE, 'readwrite');
    const value = act((await transaction.store.get(name)) as T | undefined);
    await transaction.store.put(value, name);
    await transaction.done;
    return { value };
  });
  refused = !stored;
  return stored?.value;
}

/** Reads an entry; undefined if there is none. */
export async function kept<T>(name: Kept): Promise<T | undefined> {
  return (await within((database) => database.get(STORE, name))) as T | undefined;
}

/** Deletes the session and the finished steps of runs. */
export async function forget(): Promise<void> {
  await within((database) => database.clear(STORE));
  await deleteDB(PARTS).catch(() => undefined);
}

/** The result of `act` on the database; undefined if the browser refuses storage. */
async function within<T>(act: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T | undefined> {
  let database: IDBPDatabase<Schema> | undefined;
  try {
    database = await openDB<Schema>('debkd-app', 1, { upgrade: (opened) => void opened.createObjectStore(STORE) });
    return await act(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}
