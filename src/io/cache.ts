// The interface of caches: entries by key, whole or absent.

/**
 * A cache for a teacher's answers and finished parts of a run; openDiskCache and openBrowserCache make one. Several
 * programs may use a cache at the same time. `get` and `put` do not throw if the storage cannot be read or written; the
 * `put` of a strict cache does.
 */
export interface LabelCache {
  /** Reads the bytes of a key; undefined if there are none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Stores bytes under a key. */
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** Options of caches. */
export interface CacheOptions {
  /** Maximum size; above it, the least recently used entries are removed. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Only for openDiskCache: throw a DebkdError `source` if an entry cannot be written; default false. */
  readonly strict?: boolean;
}

/** Default of CacheOptions.maxBytes: 1 GiB. */
export const MAX_BYTES: number = 2 ** 30;
