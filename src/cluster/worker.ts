// A worker: takes tasks from the queue and does them, as many at a time as it has threads.
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Queue as JobQueue } from 'bullmq';
import type { Redis } from 'ioredis';
import { DebkdError, OF_MACHINES } from '../io/errors.ts';
import type { HostUrl } from '../io/host-types.ts';
import { RUNTIME_SECONDS } from '../io/limit.ts';
import { BUILD } from './build.ts';
import { PREFIX, queueName } from './queue.ts';
import { connectRedis } from './redis.ts';
import { CHANGED } from './repair.ts';
import { openSeal } from './seal.ts';
import { openStore } from './store.ts';
import { parseTask, type Task } from './task.ts';
import { openThreads } from './threads.ts';

/** Where queue and store are, and how much is done at a time. */
export interface WorkerOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// */
  readonly queue: string;
  /** The same place for all: a folder that every machine mounts, or s3://bucket/prefix. */
  readonly store: string;
  /** As coordinators have it; default DEBKD_CLUSTER_KEY. */
  readonly secret?: string | undefined;
  /** Tasks at a time; default 1. */
  readonly threads?: number | undefined;
  /** Seconds that the ONNX runtime may work on one batch of rows; default 60. */
  readonly teacherLimit?: number | undefined;
  /** Seconds without a sign of life after which its tasks are given to others; default 8. */
  readonly heartbeatTimeout?: number | undefined;
  /** Told what the worker does and what becomes of Redis. */
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/** What a worker tells: a task begun, done or failed; Redis away or back. */
export type WorkerEvent =
  | { readonly kind: 'started'; readonly task: Task }
  | { readonly kind: 'done'; readonly task: Task }
  | { readonly kind: 'failed'; readonly task: Task | undefined; readonly why: string }
  | { readonly kind: 'away' }
  | { readonly kind: 'back' };

/** A worker that has been started. */
export interface ClusterWorker {
  /** Host and process, as coordinators see it. */
  readonly name: string;
  /** Takes no more tasks; resolves when those in work are done. */
  close(): Promise<void>;
}

/** Seconds; a thread computes, so that the worker itself is never too busy to give a sign. */
const HEARTBEAT_TIMEOUT = 8;
const RETRY_COOLDOWN_MS = 2000;
/** What is waited for Redis, at the end. */
const ORDERLY_MS = 2000;
/** Times that a task is given to a worker again after one that had it fell silent; then it has failed. */
const MAX_STALLED = 3;

/**
 * Starts a worker. It goes on until it is closed, and waits where Redis is away.
 * @param program task-thread.ts as it was built
 * @throws DebkdError `source` (the store), `queue` (Redis), `usage` (a package that is not installed)
 */
export async function openWorkerOf(program: HostUrl, options: WorkerOptions): Promise<ClusterWorker> {
  const {
    threads: concurrency = 1,
    teacherLimit = RUNTIME_SECONDS,
    heartbeatTimeout = HEARTBEAT_TIMEOUT,
    secret,
    onEvent,
  } = options;
  const seal = openSeal(secret);
  const store = await openStore(options.store);
  const redis = await connectRedis(options.queue);
  const { Queue, UnrecoverableError, Worker } = await import('bullmq');
  const threads = openThreads(program, store, teacherLimit, secret);
  const own = `${hostname().replace(/[^\w.-]/g, '_')}/${process.pid}-${crypto.randomUUID().slice(0, 4)}`;

  const perform = async ({ data }: Job): Promise<void> => {
    let task: Task | undefined;
    try {
      task = parseTask(data, BUILD, seal);
      onEvent?.({ kind: 'started', task });
      await threads.run(task);
      onEvent?.({ kind: 'done', task });
    } catch (error) {
      const { message } = error as Error;
      onEvent?.({ kind: 'failed', task, why: message });
      // what the task itself is at fault for would fail again; another machine, or this one later, may do the rest
      if (error instanceof DebkdError && !OF_MACHINES.includes(error.code)) throw new UnrecoverableError(message);
      // and a machine that cannot does not take one task after the other from those that can
      await sleep(RETRY_COOLDOWN_MS);
      throw error;
    }
  };
  const name = queueName(store, seal);
  const queue = new Queue(name, { connection: redis, prefix: PREFIX });
  queue.on('error', () => undefined);
  const worker = new Worker(name, perform, {
    ...{ connection: redis, prefix: PREFIX, name: own, concurrency },
    ...{
      lockDuration: 1000 * heartbeatTimeout,
      stalledInterval: 500 * heartbeatTimeout,
      maxStalledCount: MAX_STALLED,
      drainDelay: 5,
    },
  });
  // it tries again; what it cannot read it would try for ever
  worker.on('error', (error) => {
    if (error instanceof SyntaxError)
      void removeBroken(queue, redis).then(
        (count) => {
          for (let i = 0; i < count; i++) onEvent?.({ kind: 'failed', task: undefined, why: CHANGED });
        },
        () => undefined,
      );
  });
  await worker.waitUntilReady();
  let away = false;
  redis.on('close', () => {
    if (!away) onEvent?.({ kind: 'away' });
    away = true;
  });
  redis.on('ready', () => {
    if (away) onEvent?.({ kind: 'back' });
    away = false;
  });
  return {
    name: own,
    async close() {
      const here = redis.status === 'ready';
      // without Redis nothing can be ended in order: what is in work others will do
      await Promise.race([worker.close(!here).catch(() => undefined), ...(here ? [] : [sleep(ORDERLY_MS)])]);
      await threads.close();
      await queue.close().catch(() => undefined);
      redis.disconnect();
    },
  };
}

/** Takes tasks in work whose data is no JSON out of the queue, and says so as of a task that failed: their coordinators put them again. */
async function removeBroken(queue: JobQueue, redis: Redis): Promise<number> {
  let count = 0;
  for (const id of await redis.lrange(queue.toKey('active'), 0, -1)) {
    const data = await redis.hget(queue.toKey(id), 'data');
    if (data === null || isJson(data)) continue;
    await redis.del(`${queue.toKey(id)}:lock`);
    if ((await queue.remove(id)) === 0) continue;
    const said = ['event', 'failed', 'jobId', id, 'failedReason', CHANGED, 'prev', 'active'];
    await redis.xadd(queue.toKey('events'), '*', ...said);
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
