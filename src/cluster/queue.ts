// The queue of one build and one store: workers of others never see its tasks.
import type { Redis } from 'ioredis';
import { sha256 } from '../io/sha256.ts';
import { BUILD } from './build.ts';
import type { Seal } from './seal.ts';
import type { Store } from './store.ts';

/** Before all keys in Redis. */
export const PREFIX = 'debkd';
const short = (text: string): string => sha256(new TextEncoder().encode(text)).slice(0, 12);

/** @param seal of another key than ours, workers see none of our tasks, either */
export function queueName(store: Store, seal: Seal | undefined): string {
  return `${short(BUILD)}-${short(store.id)}${seal ? `-${seal.id}` : ''}`;
}

/** A worker that Redis knows. */
export interface SeenWorker {
  /** Host and process. */
  readonly name: string;
  readonly sameBuild: boolean;
  readonly sameStore: boolean;
  /** The same DEBKD_CLUSTER_KEY, or none as we. */
  readonly sameKey: boolean;
}

/** All workers of debkd at this Redis; undefined where it does not tell. */
export async function seenWorkers(
  redis: Redis,
  store: Store,
  seal: Seal | undefined,
): Promise<SeenWorker[] | undefined> {
  const list = (await redis.client('LIST').catch(() => undefined)) as string | undefined;
  if (list === undefined) return undefined;
  // BullMQ calls the connection that a worker waits on prefix:base64(queue):w:name
  const [build, place, key] = queueName(store, seal).split('-');
  const seen = new Map<string, SeenWorker>();
  for (const [, encoded = '', name = ''] of list.matchAll(/ name=debkd:([A-Za-z0-9+/=]+):w:(\S+)/g)) {
    const [theirBuild, theirPlace, theirKey] = Buffer.from(encoded, 'base64').toString().split('-');
    seen.set(name, {
      name,
      sameBuild: theirBuild === build,
      sameStore: theirPlace === place,
      sameKey: theirKey === key,
    });
  }
  return [...seen.values()];
}
