// A checkpoint: finished parts of a run by name, under a key that names the run. Each part is an entry of a cache, a folder or a
// cluster's store.
import type { LabelCache } from '../io/cache.ts';
import { decodeEntry, encodeEntry } from '../io/entry.ts';
import { sha256, sha256Bytes } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { withStoredNames } from '../io/stored-names.ts';

/** Where a run keeps its finished parts. A part that was put can be got by a later run with the same key. */
export interface Checkpoint {
  /** The bytes of a part; undefined where it is not finished. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Replaces an earlier part of this name. @throws DebkdError `source` where it cannot be kept */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Least milliseconds between two states of a student in training; default 1000. No result depends on it. */
  readonly pause?: number;
}

const VERSION = 1;

/** A run's key: SHA-256 over everything that its result depends on. */
export function checkpointKey(inputs: unknown): Uint8Array {
  return sha256Bytes(new TextEncoder().encode(JSON.stringify([VERSION, withStoredNames(inputs)])));
}

/** The entry of a store that holds a part of a run. */
export function partKey(key: Uint8Array, name: string): string {
  return sha256(concat([key, new TextEncoder().encode(name)]));
}

/** A checkpoint whose parts are entries of a store, each whole or absent; a damaged one counts as absent. */
export function storedCheckpoint(store: LabelCache, key: Uint8Array): Checkpoint {
  return {
    async get(name) {
      const entry = partKey(key, name);
      const stored = await store.get(entry);
      return stored && decodeEntry(entry, stored)?.body;
    },
    put(name, bytes) {
      const entry = partKey(key, name);
      return store.put(entry, encodeEntry(entry, 0, bytes));
    },
  };
}
