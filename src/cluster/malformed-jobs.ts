// Active jobs whose data is not JSON. BullMQ cannot read them and would retry forever.
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { alteredTask } from './requeue.ts';
import { packReason } from './task-failure.ts';

/**
 * Removes malformed jobs from the queue and publishes a failed event for each, which makes their coordinators queue them again.
 * @returns the number of removed jobs
 */
export async function removeMalformedJobs(queue: Queue, redis: Redis): Promise<number> {
  let count = 0;
  for (const id of await redis.lrange(queue.toKey('active'), 0, -1)) {
    const data = await redis.hget(queue.toKey(id), 'data');
    if (data === null || isJson(data)) continue;
    await redis.del(`${queue.toKey(id)}:lock`);
    if ((await queue.remove(id)) === 0) continue;
    const event = ['event', 'failed', 'jobId', id, 'failedReason', packReason(alteredTask()), 'prev', 'active'];
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
