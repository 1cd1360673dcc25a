// Signatures by a key that coordinators and workers share: then who may write to Redis or to the store can change nothing unseen.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DebkdError } from '../io/errors.ts';
import { concat } from '../io/source.ts';
import type { Store } from './store.ts';

/** The variable of the environment that the key is in. */
const VARIABLE = 'DEBKD_CLUSTER_KEY';
/** Letters that a key has at least. */
const SHORTEST = 16;
const TAG = 32;

/** What a key does. */
export interface Seal {
  /** Tells holders of this key from others; says nothing of the key. */
  readonly id: string;
  /** Of some bytes under a name, 32 bytes. */
  sign(name: string, bytes: Uint8Array): Uint8Array;
}

/**
 * @param secret the key, default that of the environment
 * @returns undefined where there is no key
 * @throws DebkdError `usage` where it is too short to be one
 */
export function openSeal(secret: string | undefined = process.env[VARIABLE]): Seal | undefined {
  if (secret === undefined || secret === '') return undefined;
  if (secret.length < SHORTEST)
    throw new DebkdError(
      'usage',
      `${VARIABLE}: ${secret.length} letters, expected ${SHORTEST} at least; make one with: openssl rand -hex 32`,
    );
  const sign = (name: string, bytes: Uint8Array): Uint8Array =>
    new Uint8Array(createHmac('sha256', secret).update(`${name}\0`).update(bytes).digest());
  return { id: hex(sign('id', new Uint8Array(0))).slice(0, 12), sign };
}

/** Signs what becomes a task. */
export function signTask<T extends object>(task: T, seal: Seal | undefined): T & { readonly signature?: string } {
  return seal ? { ...task, signature: hex(seal.sign('task', canonical(task))) } : task;
}

/** Whether a task is as it was signed; all are, where there is no key. */
export function isSigned({ signature, ...task }: Readonly<Record<string, unknown>>, seal: Seal | undefined): boolean {
  if (!seal) return true;
  const given = Buffer.from(typeof signature === 'string' ? signature : '', 'hex');
  return given.length === TAG && timingSafeEqual(given, seal.sign('task', canonical(task)));
}

/** The same store with signed entries, under names that only holders of the key know. */
export function sealedStore(store: Store, seal: Seal | undefined): Store {
  if (!seal) return store;
  const nameOf = (key: string): string => hex(seal.sign('name', new TextEncoder().encode(key)));
  const open = async (key: string): Promise<Uint8Array | undefined> => {
    const name = nameOf(key);
    const stored = await store.get(name);
    if (!stored) return undefined;
    const bytes = stored.subarray(0, Math.max(0, stored.length - TAG));
    const tag = stored.subarray(bytes.length);
    if (tag.length === TAG && timingSafeEqual(tag, seal.sign(key, bytes))) return bytes;
    await store.setAside(name);
    return undefined;
  };
  return {
    ...store,
    get: open,
    put: (key, bytes) => store.put(nameOf(key), concat([bytes, seal.sign(key, bytes)])),
    // what is there and was not written by one of us is not there
    has: async (key) => (await open(key)) !== undefined,
    remove: (key) => store.remove(nameOf(key)),
    setAside: (key) => store.setAside(nameOf(key)),
  };
}

/** JSON with its keys in order, so that what Redis gives back is what was signed. */
function canonical(value: unknown): Uint8Array {
  const sorted = (item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(
          Object.entries(item)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, inner]) => [name, sorted(inner)]),
        )
      : item;
  return new TextEncoder().encode(JSON.stringify(sorted(value)));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
