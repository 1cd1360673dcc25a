// The store that all machines share: inputs and results of tasks by key, whole or absent.
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { openFolderStore } from './folder-store.ts';
import { openS3Store } from './s3-store.ts';

/** `get` and `put` throw where the location cannot be read or written. */
export interface Store extends LabelCache {
  /** The folder or the s3:// address, as it was given; for messages. */
  readonly location: string;
  /** The same for all machines that share the store. */
  readonly id: string;
  /** Whether the location still holds the store of this id. */
  hasId(id: string): Promise<boolean>;
  /** Whether there is an entry under the key. */
  has(key: string): Promise<boolean>;
  /** Removes an entry; does nothing where there is none. */
  remove(key: string): Promise<void>;
  /** Moves a damaged entry to `damaged/KEY`, where somebody can examine it. */
  quarantine(key: string): Promise<void>;
}

const ID = 'store-id';

/**
 * Opens a store: a folder that all machines mount, or `s3://bucket/prefix`. The first machine that opens it gives it an id.
 * @throws DebkdError `source` where it cannot be read and written
 */
export async function openStore(location: string): Promise<Store> {
  const blobs = /^s3:/i.test(location) ? await openS3Store(location) : await openFolderStore(location);
  await blobs.create(ID, new TextEncoder().encode(crypto.randomUUID()));
  const id = new TextDecoder().decode((await blobs.read(ID)) ?? new Uint8Array(0));
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw new DebkdError('source', {
      subject: `store ${quote(location, 200)}`,
      seen: `its entry ${ID} cannot be read back as it was written`,
      remedy: 'choose another location',
    });
  }
  // the location may have become read-only since the store was made
  const probe = `probe-${crypto.randomUUID()}`;
  await blobs.write(probe, new TextEncoder().encode(id));
  await blobs.remove(probe);
  return {
    location,
    id,
    hasId: async (other) => new TextDecoder().decode((await blobs.read(ID)) ?? new Uint8Array(0)) === other,
    get: async (key) => blobs.read(entryName(key)),
    put: async (key, bytes) => blobs.write(entryName(key), bytes),
    has: async (key) => blobs.has(entryName(key)),
    remove: async (key) => blobs.remove(entryName(key)),
    async quarantine(key) {
      const name = entryName(key);
      const bytes = await blobs.read(name);
      if (!bytes) return;
      await blobs.write(`damaged/${key}`, bytes);
      await blobs.remove(name);
    },
  };
}

/** Whether a value is a digest, the only form of a key: no key is a path that leaves the store. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Two levels of folders keep the number of entries in each small. */
function entryName(key: string): string {
  if (!isKey(key))
    throw new DebkdError('task', {
      subject: 'store',
      seen: `${quote(String(key))} is no key`,
      expected: '64 hexadecimal digits',
    });
  return `${key.slice(0, 2)}/${key}`;
}
