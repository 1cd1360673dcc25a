// The entries that a coordinator has uploaded for its tasks. It uploads them again if they are lost.
import { sha256 } from '../io/sha256.ts';
import type { Store } from './store.ts';

export class Uploads {
  readonly #store: Store;
  readonly #contents = new Map<string, () => Uint8Array>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Writes the bytes under their digest; resolves to the digest. */
  async upload(content: Uint8Array | (() => Uint8Array)): Promise<string> {
    const bytesOf = typeof content === 'function' ? content : () => content;
    const bytes = bytesOf();
    const key = sha256(bytes);
    await this.#ensure(key, () => bytes);
    this.#contents.set(key, bytesOf);
    return key;
  }

  /** Writes missing and damaged entries again. */
  async restore(): Promise<void> {
    for (const [key, bytesOf] of this.#contents) await this.#ensure(key, bytesOf);
  }

  async #ensure(key: string, bytesOf: () => Uint8Array): Promise<void> {
    const stored = await this.#store.get(key);
    if (stored && sha256(stored) === key) return;
    if (stored) await this.#store.quarantine(key);
    await this.#store.put(key, bytesOf());
  }
}
