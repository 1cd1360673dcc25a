// The queue of one build and one store: workers of others never see its tasks.
import type { Redis } from 'ioredis';
import { sha256 } from '../io/sha256.ts';
import { BUILD } from './build.ts';
import type { Store } from './store.ts';

/** Before all keys in Redis. */
export const PREFIX = 'debkd';
const short = (text: string): string => sha256(new TextEncoder().encode(text)).slice(0, 12);

export function queueName(store: Store): string {
  return `${short(BUILD)}-${short(store.id)}`;
}

/** A worker that Redis knows. */
export interface SeenWorker {
  /** Host and process. */
  readonly name: string;
  readonly sameBuild: boolean;
  readonly sameStore: boolean;
}

/** All workers of debkd at this Redis; undefined where it does not tell. */
export async function seenWorkers(redis: Redis, store: Store): Promise<SeenWorker[] | undefined> {
  const list = (await redis.client('LIST').catch(() => undefined)) as string | undefined;
  if (list === undefined) return undefined;
  // BullMQ calls the connection that a worker waits on prefix:base64(queue):w:name
  const [build, place] = queueName(store).split('-');
  const seen = new Map<string, SeenWorker>();
  for (const [, encoded = '', name = ''] of list.matchAll(/ name=debkd:([A-Za-z0-9+/=]+):w:(\S+)/g)) {
    const [theirBuild, theirPlace] = Buffer.from(encoded, 'base64').toString().split('-');
    seen.set(name, { name, sameBuild: theirBuild === build, sameStore: theirPlace === place });
  }
  return [...seen.values()];
}
