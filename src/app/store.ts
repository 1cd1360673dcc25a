// What outlives the page: the files and what was chosen, in IndexedDB. A browser that refuses storage, or
// has no room, loses only that: every function here says so by its answer and none throws.
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';

const STORE = 'run';

/** The database of the finished parts of runs, which the worker opens as a cache. */
export const PARTS = 'debkd-run';

/** What is kept: the files, what was chosen. */
export type Kept = 'files' | 'session';

interface Schema extends DBSchema {
  [STORE]: { key: Kept; value: unknown };
}

let refused = false;
/** Whether the last `keep` found no room, or no storage at all. */
export const storageRefused = (): boolean => refused;

/** Whether it is kept now. */
export async function keep(name: Kept, value: unknown): Promise<void> {
  refused = !(await within(async (database) => {
    await database.put(STORE, value, name);
    return true;
  }));
}

export async function kept<T>(name: Kept): Promise<T | undefined> {
  return (await within((database) => database.get(STORE, name))) as T | undefined;
}

/** Forgets the files, what was chosen and the finished parts of runs. */
export async function forget(): Promise<void> {
  await within((database) => database.clear(STORE));
  await deleteDB(PARTS).catch(() => undefined);
}

/** What `act` does with the database; undefined where the browser refuses it. */
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
