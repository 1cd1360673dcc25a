// The coordinators that wait for a task, as a set in Redis. The last one that unsubscribes removes the task.
import type { Redis } from 'ioredis';
import { KEY_PREFIX } from './queue-name.ts';

export interface TaskSubscriptions {
  /** Adds this coordinator. */
  subscribe(id: string): Promise<void>;
  /** Removes this coordinator; resolves to the number of the others, or to 1 if Redis is unreachable and the number unknown. */
  unsubscribe(id: string): Promise<number>;
}

/** Redis removes the subscriptions of a killed coordinator after this time. */
const EXPIRY_SECONDS = 86400;

/** @param queue the name of the queue */
export function openTaskSubscriptions(redis: Redis, queue: string): TaskSubscriptions {
  const coordinator = crypto.randomUUID();
  const keyOf = (id: string): string => `${KEY_PREFIX}:${queue}:subscribers/${id}`;
  const remaining = new Map<string, Promise<number>>();
  const unsubscribe = async (id: string): Promise<number> => {
    if (redis.status !== 'ready') return 1;
    const replies = await redis
      .multi()
      .srem(keyOf(id), coordinator)
      .scard(keyOf(id))
      .exec()
      .catch(() => undefined);
    return Number(replies?.[1]?.[1] ?? 1);
  };
  return {
    async subscribe(id) {
      remaining.delete(id);
      // if Redis refuses writes, adding the task reports it
      await redis
        .multi()
        .sadd(keyOf(id), coordinator)
        .expire(keyOf(id), EXPIRY_SECONDS)
        .exec()
        .catch(() => undefined);
    },
    unsubscribe(id) {
      // called at the end of a task and by the call that waits for it; only the first one may change the set
      const known = remaining.get(id);
      if (known) return known;
      const left = unsubscribe(id);
      remaining.set(id, left);
      return left;
    },
  };
}
