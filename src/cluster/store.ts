// Where the inputs and results of tasks lie, shared by all machines: entries by key, whole or absent.
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { openFolderStore } from './folder-store.ts';
import { openS3Store } from './s3-store.ts';

/** get and put throw where the place cannot be read or written. */
export interface Store extends LabelCache {
  /** As it was asked for, for messages. */
  readonly place: string;
  /** The same for all who share it. */
  readonly id: string;
  /** Whether the place still is the store of this id. */
  is(id: string): Promise<boolean>;
  /** Whether an entry is there, whole. */
  has(key: string): Promise<boolean>;
  /** An entry that is not there is no error. */
  remove(key: string): Promise<void>;
  /** Moves an entry that is damaged out of the way, where it can be looked at: `damaged/KEY`. */
  setAside(key: string): Promise<void>;
}

/** What a place must be able to do; keys are names that were checked. */
export interface BlobStore {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Writes unless it is there. */
  create(name: string, bytes: Uint8Array): Promise<void>;
  has(name: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}

const ID = 'store-id';

/**
 * Opens a store: a folder that all machines mount, or `s3://bucket/prefix`. What it is called (its id) is made by whoever opens it first.
 * @throws DebkdError `source` where it cannot be read and written
 */
export async function openStore(place: string): Promise<Store> {
  const blobs = /^s3:/i.test(place) ? await openS3Store(place) : await openFolderStore(place);
  await blobs.create(ID, new TextEncoder().encode(crypto.randomUUID()));
  const id = new TextDecoder().decode((await blobs.read(ID)) ?? new Uint8Array(0));
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw new DebkdError(
      'source',
      `store ${quote(place, 200)}: its entry ${ID} cannot be read back as it was written; choose another place`,
    );
  }
  // a place that was once writable may no longer be
  const probe = `probe-${crypto.randomUUID()}`;
  await blobs.write(probe, new TextEncoder().encode(id));
  await blobs.remove(probe);
  return {
    ...{ place, id },
    is: async (other) => new TextDecoder().decode((await blobs.read(ID)) ?? new Uint8Array(0)) === other,
    get: async (key) => blobs.read(nameOf(key)),
    put: async (key, bytes) => blobs.write(nameOf(key), bytes),
    has: async (key) => blobs.has(nameOf(key)),
    remove: async (key) => blobs.remove(nameOf(key)),
    async setAside(key) {
      const name = nameOf(key);
      const bytes = await blobs.read(name);
      if (!bytes) return;
      await blobs.write(`damaged/${key}`, bytes);
      await blobs.remove(name);
    },
  };
}

/** Keys are digests and nothing else: none can leave the store. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Two levels, so that no folder has too many entries. */
function nameOf(key: string): string {
  if (!isKey(key))
    throw new DebkdError('task', `store: ${quote(String(key))} is no key, expected 64 hexadecimal digits`);
  return `${key.slice(0, 2)}/${key}`;
}
