// What a cache is: entries by key, whole or absent.

/**
 * Where answers of a teacher and finished parts of a run are kept; openDiskCache and openBrowserCache make one. Several programs may use one at a time.
 * Neither function throws where the place cannot be read or written, unless it is strict: a cache is a convenience.
 */
export interface LabelCache {
  /** The bytes under a key, whole; undefined where there are none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes under a key. */
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** How large a cache may be, and whether it may fail in silence. */
export interface CacheOptions {
  /** Beyond it the entries that were not used for the longest time go; default 1 GiB. */
  readonly maxBytes?: number;
  /** Of a folder: an entry that cannot be written is a DebkdError `source`, not something to go on without; default false. */
  readonly strict?: boolean;
}

export const MAX_BYTES: number = 2 ** 30;
