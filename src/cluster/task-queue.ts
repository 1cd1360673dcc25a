// The BullMQ queue of tasks. A job has the id of its task, and the task as its data.
import type { Redis } from 'ioredis';
import { DebkdError } from '../io/errors.ts';
import { KEY_PREFIX } from './queue-name.ts';
import type { Task } from './task.ts';

/** The state of a job. */
export type JobState =
  | { readonly kind: 'absent' }
  /** Its data is not JSON: somebody else changed it. */
  | { readonly kind: 'malformed' }
  /** Waiting, or taken by a worker. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Completed, or in a state that BullMQ does not know. */
  | { readonly kind: 'ended' };

export interface TaskQueue {
  /** @throws DebkdError `queue` if Redis refuses it */
  add(id: string, task: Task): Promise<void>;
  /** Removes a job unless a worker has taken it. */
  remove(id: string): Promise<void>;
  stateOf(id: string): Promise<JobState>;
  /** Reports each job that completes or fails from now on. */
  listen(events: TaskEvents): void;
  /** The jobs of all coordinators: taken by a worker, and not yet taken. */
  counts(): Promise<{ readonly running: number; readonly waiting: number }>;
  close(): Promise<void>;
  /** Closes the connection for events without waiting for Redis. */
  disconnect(): void;
}

/** Receives the events of the queue. */
export interface TaskEvents {
  completed(id: string): void;
  failed(id: string, reason: string): void;
}

/** Attempts of a task that fails because of the machine. */
const ATTEMPTS = 4;
/** The delay before the second attempt; it doubles with each attempt. */
const BACKOFF_MS = 500;
/** Redis removes a failed job after this time. */
const FAILED_EXPIRY_SECONDS = 86400;

/**
 * @param name the name of the queue
 * @param subject names the queue in messages
 */
export async function openTaskQueue(redis: Redis, name: string, subject: string): Promise<TaskQueue> {
  const { Queue, QueueEvents } = await import('bullmq');
  const queue = new Queue(name, { connection: redis, prefix: KEY_PREFIX });
  // ioredis reconnects; without listeners an error would end the process
  queue.on('error', () => undefined);
  // only a queue that opens gets the events: nothing could end their connection if it did not
  await queue.waitUntilReady();
  const eventConnection = redis.duplicate();
  const events = new QueueEvents(name, { connection: eventConnection, prefix: KEY_PREFIX });
  events.on('error', () => undefined);
  eventConnection.on('error', () => undefined);
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
        // Redis is full, read-only, or cannot write its append-only file
        const reason = (error as Error).message.slice(0, 200);
        throw new DebkdError('queue', {
          subject,
          seen: `Redis refuses new tasks (${reason})`,
          remedy: 'check the memory and the disk of Redis',
          cause: error,
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
