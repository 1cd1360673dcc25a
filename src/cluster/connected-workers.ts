// The workers that are connected to Redis, for all queues of debkd.
import type { Redis } from 'ioredis';

/** A worker that is connected to Redis. */
export interface ConnectedWorker {
  /** Host name and process id. */
  readonly name: string;
  readonly sameBuild: boolean;
  readonly sameStore: boolean;
  /** Whether it has the same DEBKD_CLUSTER_KEY, or both have none. */
  readonly sameKey: boolean;
}

/**
 * Lists the workers of debkd; undefined if Redis does not allow it.
 * @param queue the name of the coordinator's queue, to compare with
 */
export async function connectedWorkers(redis: Redis, queue: string): Promise<ConnectedWorker[] | undefined> {
  const clients = (await redis.client('LIST').catch(() => undefined)) as string | undefined;
  if (clients === undefined) return undefined;
  const [build, store, key] = queue.split('-');
  const workers = new Map<string, ConnectedWorker>();
  // BullMQ names the blocking connection of a worker prefix:base64(queue):w:name
  for (const [, encoded = '', name = ''] of clients.matchAll(/ name=debkd:([A-Za-z0-9+/=]+):w:(\S+)/g)) {
    const [itsBuild, itsStore, itsKey] = Buffer.from(encoded, 'base64').toString().split('-');
    workers.set(name, {
      name,
      sameBuild: itsBuild === build,
      sameStore: itsStore === store,
      sameKey: itsKey === key,
    });
  }
  return [...workers.values()];
}
