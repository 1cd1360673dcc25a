// The storage of a store: a folder or a bucket.

/** Bytes by name. A blob is whole or absent; the caller checks the names. */
export interface BlobStore {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Writes unless the name exists. */
  create(name: string, bytes: Uint8Array): Promise<void>;
  has(name: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}
