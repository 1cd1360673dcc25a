// A store with signed entries, for a location that others can write to.
import { concat } from '../io/source.ts';
import { hex, SIGNATURE_BYTES, type Signer } from './signature.ts';
import type { Store } from './store.ts';

/** Appends a signature to each entry, and names entries by a hash that depends on the key. Without a key it returns the store itself. */
export function signedStore(store: Store, signer: Signer | undefined): Store {
  if (!signer) return store;
  const nameOf = (key: string): string => hex(signer.sign('name', new TextEncoder().encode(key)));
  const getVerified = async (key: string): Promise<Uint8Array | undefined> => {
    const name = nameOf(key);
    const stored = await store.get(name);
    if (!stored) return undefined;
    const bytes = stored.subarray(0, Math.max(0, stored.length - SIGNATURE_BYTES));
    if (signer.verify(key, bytes, stored.subarray(bytes.length))) return bytes;
    await store.quarantine(name);
    return undefined;
  };
  return {
    ...store,
    get: getVerified,
    put: (key, bytes) => store.put(nameOf(key), concat([bytes, signer.sign(key, bytes)])),
    // an entry without a valid signature counts as absent
    has: async (key) => (await getVerified(key)) !== undefined,
    remove: (key) => store.remove(nameOf(key)),
    quarantine: (key) => store.quarantine(nameOf(key)),
  };
}
