// The name of a queue. Each build, store and key has its own queue, because other workers cannot run its tasks.
import { sha256 } from '../io/sha256.ts';
import { BUILD } from './build.ts';
import type { Signer } from './signature.ts';
import type { Store } from './store.ts';

/** The prefix of all keys in Redis. */
export const KEY_PREFIX = 'debkd';
const short = (text: string): string => sha256(new TextEncoder().encode(text)).slice(0, 12);

export function queueName(store: Pick<Store, 'id'>, signer: Signer | undefined): string {
  return `${short(BUILD)}-${short(store.id)}${signer ? `-${signer.id}` : ''}`;
}
