// The BullMQ queue of tasks: a job's id is that of its task, and its data is the task.
import type { Redis } from 'ioredis';
import { DebkdError } from '../io/errors.ts';
import { KEY_PREFIX } from './queue-name.ts';
import type { Task } from './task.ts';

/** What has become of a job. */
export type JobState =
  | { readonly kind: 'absent' }
  /** Its data is no JSON any more. */
  | { readonly kind: 'malformed' }
  /** In the queue, or with a worker. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Completed, or in no state that BullMQ knows. */
  | { readonly kind: 'ended' };

export interface TaskQueue {
  /** @throws DebkdError `queue` where Redis refuses it */
  add(id: string, task: Task): Promise<void>;
  /** Removes a job, unless a worker has it. */
  remove(id: string): Promise<void>;
  stateOf(id: string): Promise<JobState>;
  /** Reports each job that completes or fails from now on. */
  listen(events: TaskEvents): void;
  /** Jobs of all coordinators that a worker has, and that none has. */
  counts(): Promise<{ readonly running: number; readonly waiting: number }>;
  close(): Promise<void>;
  /** Ends the connection for events, without waiting for Redis. */
  disconnect(): void;
}

/** What the events of the queue call. */
export interface TaskEvents {
  completed(id: string): void;
  failed(id: string, reason: string): void;
}

/** Attempts of a task that fails by no fault of its own, and the first delay between them, which doubles. */
const ATTEMPTS = 4;
const BACKOFF_MS = 500;
/** When Redis forgets a failed job. */
const FAILED_EXPIRY_SECONDS = 86400;

/**
 * @param name of the queue
 * @param subject names the queue in messages
 */
export async function openTaskQueue(redis: Redis, name: string, subject: string): Promise<TaskQueue> {
  const { Queue, QueueEvents } = await import('bullmq');
  const queue = new Queue(name, { connection: redis, prefix: KEY_PREFIX });
  const eventConnection = redis.duplicate();
  const events = new QueueEvents(name, { connection: eventConnection, prefix: KEY_PREFIX });
  // all of them reconnect
  queue.on('error', () => undefined);
  events.on('error', () => undefined);
  eventConnection.on('error', () => undefined);
  await queue.waitUntilReady();
  await events.waitUntilReady();
  return {
    async add(id, task) {
      try {
        await queue.add(task.kind, task, {
          jobId: id,
          attempts: ATTEMPTS,
          backoff: { type: 'exponential', delay: BACKOFF_MS },
          removeOnComplete: true,
          removeOnFail: { age: FAILED_EXPIRY_SECONDS },
        });
      } catch (error) {
        // Redis is full, read-only, or cannot write its file
        const reason = (error as Error).message.slice(0, 200);
        throw new DebkdError('queue', {
          subject: subject,
          seen: `it takes no tasks (${reason})`,
          remedy: 'see to Redis',
        });
      }
    },
    async remove(id) {
      await queue.remove(id).catch(() => undefined);
    },
    async stateOf(id) {
      try {
        const job = await queue.getJob(id);
        if (!job) return { kind: 'absent' };
        const state = await job.getState();
        if (state === 'failed') return { kind: 'failed', reason: job.failedReason ?? '' };
        return { kind: state === 'completed' || state === 'unknown' ? 'ended' : 'pending' };
      } catch (error) {
        if (error instanceof SyntaxError) return { kind: 'malformed' };
        throw error;
      }
    },
    listen(listener) {
      events.on('completed', ({ jobId }) => listener.completed(jobId));
      events.on('failed', ({ jobId, failedReason }) => listener.failed(jobId, failedReason));
    },
    async counts() {
      const counts = await queue.getJobCounts('active', 'waiting', 'delayed');
      return { running: counts['active'] ?? 0, waiting: (counts['waiting'] ?? 0) + (counts['delayed'] ?? 0) };
    },
    async close() {
      await Promise.allSettled([queue.close(), events.close()]);
    },
    disconnect: () => eventConnection.disconnect(),
  };
}
