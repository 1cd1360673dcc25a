// Which coordinators wait for a task, as a set in Redis: the last one to unsubscribe removes the task.
import type { Redis } from 'ioredis';
import { KEY_PREFIX } from './queue-name.ts';

export interface TaskSubscriptions {
  /** Adds this coordinator to those that wait for a task. */
  subscribe(id: string): Promise<void>;
  /** Removes it; resolves to how many others are left, or to 1 while Redis is away and the number is unknown. */
  unsubscribe(id: string): Promise<number>;
}

/** When Redis forgets the subscriptions of a coordinator that was killed. */
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
      // a Redis that refuses writes reports it when the task is added
      await redis
        .multi()
        .sadd(keyOf(id), coordinator)
        .expire(keyOf(id), EXPIRY_SECONDS)
        .exec()
        .catch(() => undefined);
    },
    unsubscribe(id) {
      // both the end of a task and the call that waits for it ask; the first answer counts
      const known = remaining.get(id);
      if (known) return known;
      const left = unsubscribe(id);
      remaining.set(id, left);
      return left;
    },
  };
}
