// What a folder or a bucket does for a store: named blobs, whole or absent.

/** Bytes by name, in a folder or a bucket; the caller checks the names. */
export interface BlobStore {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Writes unless the name is taken. */
  create(name: string, bytes: Uint8Array): Promise<void>;
  has(name: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}
