// Which coordinators wait for a task, kept in Redis: a task is removed only when none is left.
import type { Redis } from 'ioredis';
import { PREFIX } from './queue.ts';

export interface Waiters {
  /** Says that this coordinator waits for a task. */
  join(id: string): Promise<void>;
  /** Says that it no longer does; how many others do, of which nobody knows while Redis is away: then one. */
  leave(id: string): Promise<number>;
}

/** What a killed coordinator left is forgotten after so long. */
const KEPT_SECONDS = 86400;

/** @param queue its name */
export function openWaiters(redis: Redis, queue: string): Waiters {
  const me = crypto.randomUUID();
  const place = (id: string): string => `${PREFIX}:${queue}:waiters/${id}`;
  const left = new Map<string, Promise<number>>();
  return {
    async join(id) {
      left.delete(id);
      // a Redis that takes nothing says so when it is given the task
      await redis
        .multi()
        .sadd(place(id), me)
        .expire(place(id), KEPT_SECONDS)
        .exec()
        .catch(() => undefined);
    },
    leave(id) {
      // asked by whoever ends a task, and by what waits for it
      const known = left.get(id);
      if (known) return known;
      const found =
        redis.status === 'ready'
          ? redis
              .multi()
              .srem(place(id), me)
              .scard(place(id))
              .exec()
              .then(
                (answers) => Number(answers?.[1]?.[1] ?? 1),
                () => 1,
              )
          : Promise.resolve(1);
      left.set(id, found);
      return found;
    },
  };
}
