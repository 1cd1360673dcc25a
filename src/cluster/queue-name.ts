// The name of a queue: one for each build, store and key, because workers of another one cannot do its tasks.
import { sha256 } from '../io/sha256.ts';
import { BUILD } from './build.ts';
import type { Signer } from './signature.ts';
import type { Store } from './store.ts';

/** All keys in Redis begin with it. */
export const KEY_PREFIX = 'debkd';
const short = (text: string): string => sha256(new TextEncoder().encode(text)).slice(0, 12);

export function queueName(store: Pick<Store, 'id'>, signer: Signer | undefined): string {
  return `${short(BUILD)}-${short(store.id)}${signer ? `-${signer.id}` : ''}`;
}
