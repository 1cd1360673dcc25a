// Jobs in work whose data is no JSON: BullMQ cannot read them, and would try for ever.
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { TASK_ALTERED } from './requeue.ts';

/**
 * Removes them from the queue, and publishes the event of a failed job for each: their coordinators queue them again.
 * @returns how many there were
 */
export async function removeMalformedJobs(queue: Queue, redis: Redis): Promise<number> {
  let count = 0;
  for (const id of await redis.lrange(queue.toKey('active'), 0, -1)) {
    const data = await redis.hget(queue.toKey(id), 'data');
    if (data === null || isJson(data)) continue;
    await redis.del(`${queue.toKey(id)}:lock`);
    if ((await queue.remove(id)) === 0) continue;
    const event = ['event', 'failed', 'jobId', id, 'failedReason', TASK_ALTERED, 'prev', 'active'];
    await redis.xadd(queue.toKey('events'), '*', ...event);
    count++;
  }
  return count;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
