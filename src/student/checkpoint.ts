// Checkpoints: finished parts of a run by name, under a key of the run's inputs. A cache, a folder or a cluster's store holds them.
import type { LabelCache } from '../io/cache.ts';
import { decodeEntry, encodeEntry } from '../io/entry.ts';
import { sha256, sha256Bytes } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { withStoredNames } from '../io/stored-names.ts';

/** Stores the finished parts of a run. A later run with the same key reads them. */
export interface Checkpoint {
  /** Returns the bytes of a part; undefined where it is not finished. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Stores a part and replaces an earlier one of the same name. @throws DebkdError `source` where it cannot be stored */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Least milliseconds between two saved states of a student in training; default 1000. It does not change results. */
  readonly pause?: number;
}

const VERSION = 1;

/** Returns a run's key: SHA-256 of everything that its result depends on. */
export function checkpointKey(inputs: unknown): Uint8Array {
  return sha256Bytes(new TextEncoder().encode(JSON.stringify([VERSION, withStoredNames(inputs)])));
}

/** Returns the key of a store's entry for a part of a run. */
export function partKey(key: Uint8Array, name: string): string {
  return sha256(concat([key, new TextEncoder().encode(name)]));
}

/** Opens a checkpoint whose parts are entries of a store. A damaged entry counts as absent. */
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
