// The store that all machines share. It holds inputs and results of tasks by key; an entry is whole or absent.
import type { LabelCache } from '../io/cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { openFolderStore } from './folder-store.ts';
import { openS3Store } from './s3-store.ts';

/** A shared store. Each method throws DebkdError `source` if the location cannot be read or written, `task` for an invalid key. */
export interface Store extends LabelCache {
  /** The folder or the s3:// address, as you gave it. */
  readonly location: string;
  /** The same on all machines that share the store. */
  readonly id: string;
  /** Whether the location still holds the store with this id. */
  hasId(id: string): Promise<boolean>;
  /** Whether the store has an entry under the key. */
  has(key: string): Promise<boolean>;
  /** Removes an entry, if there is one. */
  remove(key: string): Promise<void>;
  /** Moves a damaged entry to `damaged/KEY`, where you can examine it. */
  quarantine(key: string): Promise<void>;
}

const ID = 'store-id';

/**
 * Opens a store: a folder that all machines mount, or `s3://bucket/prefix`. The first machine to open it gives it an id.
 * @throws DebkdError `source` if it cannot be read and written, `usage` if a package is not installed
 * @example
 * const store = await openStore('/mnt/debkd');
 * const { margins } = await softLabels(teacher, train, { cache: store });
 */
export async function openStore(location: string): Promise<Store> {
  const blobs = /^s3:/i.test(location) ? await openS3Store(location) : await openFolderStore(location);
  await blobs.create(ID, new TextEncoder().encode(crypto.randomUUID()));
  const id = new TextDecoder().decode((await blobs.read(ID)) ?? new Uint8Array(0));
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw new DebkdError('source', {
      subject: `store ${quote(location, 200)}`,
      seen: `its entry ${ID} is not an id`,
      expected: 'a UUID',
      remedy: 'choose another location',
    });
  }
  // the location may have become read-only since the store was created
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

/** Whether a value is a digest. Any other key is refused, because it could be a path outside the store. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Subfolders keep each folder small. */
function entryName(key: string): string {
  if (!isKey(key))
    throw new DebkdError('task', {
      subject: `store key ${quote(String(key))}`,
      seen: 'not a digest',
      expected: '64 hexadecimal digits',
    });
  return `${key.slice(0, 2)}/${key}`;
}
