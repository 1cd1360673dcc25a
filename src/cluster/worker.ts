// A worker: takes tasks from the queue and runs them, as many at a time as it has threads.
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { DebkdError, OF_MACHINES } from '../io/errors.ts';
import type { HostUrl } from '../io/host-types.ts';
import { RUNTIME_SECONDS } from '../io/limit.ts';
import { BUILD } from './build.ts';
import { removeMalformedJobs } from './malformed-jobs.ts';
import { KEY_PREFIX, queueName } from './queue-name.ts';
import { connectRedis, watchConnection } from './redis.ts';
import { TASK_ALTERED } from './requeue.ts';
import { openSigner } from './signature.ts';
import { openStore } from './store.ts';
import { parseTask, type Task } from './task.ts';
import { openThreadPool } from './thread-pool.ts';

/** Where queue and store are, and how much is done at a time. */
export interface WorkerOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// */
  readonly queue: string;
  /** The same for all machines: a folder that every machine mounts, or s3://bucket/prefix. */
  readonly store: string;
  /** The key of the coordinators; default DEBKD_CLUSTER_KEY. */
  readonly secret?: string | undefined;
  /** Tasks at a time; default 1. */
  readonly threads?: number | undefined;
  /** Seconds that the ONNX runtime may work on one batch of rows; default 60. */
  readonly teacherLimit?: number | undefined;
  /** Seconds without a heartbeat after which its tasks are given to other workers; default 8. */
  readonly heartbeatTimeout?: number | undefined;
  /** Is called when a task starts or ends, and when the connection to Redis is lost or back. */
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/** What happens in a worker: a task starts, is done or fails; the connection to Redis is lost or back. */
export type WorkerEvent =
  | { readonly kind: 'started'; readonly task: Task }
  | { readonly kind: 'done'; readonly task: Task }
  | { readonly kind: 'failed'; readonly task: Task | undefined; readonly reason: string }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'reconnected' };

/** A worker that has been started. */
export interface ClusterWorker {
  /** Host and process, as coordinators see it. */
  readonly name: string;
  /** Takes no more tasks; resolves when those in work are done. */
  close(): Promise<void>;
}

/** Seconds. Threads compute, which leaves the worker itself free for its heartbeats. */
const HEARTBEAT_TIMEOUT = 8;
const RETRY_COOLDOWN_MS = 2000;
/** How long the end may wait for Redis. */
const SHUTDOWN_TIMEOUT_MS = 2000;
/** How often a task is given to another worker after its worker died; then it fails. */
const MAX_STALLED = 3;

/**
 * Starts a worker. It runs until it is closed, and waits where Redis is away.
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
  const signer = openSigner(secret);
  const store = await openStore(options.store);
  const redis = await connectRedis(options.queue);
  const { Queue, UnrecoverableError, Worker } = await import('bullmq');
  const threads = openThreadPool(program, { location: store.location, storeId: store.id, secret }, teacherLimit);
  const name = `${hostname().replace(/[^\w.-]/g, '_')}/${process.pid}-${crypto.randomUUID().slice(0, 4)}`;

  const processJob = async ({ data }: Job): Promise<void> => {
    let task: Task | undefined;
    try {
      task = parseTask(data, BUILD, signer);
      onEvent?.({ kind: 'started', task });
      await threads.run(task);
      onEvent?.({ kind: 'done', task });
    } catch (error) {
      const { message } = error as Error;
      onEvent?.({ kind: 'failed', task, reason: message });
      // a fault of the task itself would recur; other failures another machine, or this one later, may not have
      if (error instanceof DebkdError && !OF_MACHINES.includes(error.code)) throw new UnrecoverableError(message);
      // the cooldown keeps a machine that cannot do tasks from taking them all from those that can
      await sleep(RETRY_COOLDOWN_MS);
      throw error;
    }
  };
  const queueId = queueName(store, signer);
  const queue = new Queue(queueId, { connection: redis, prefix: KEY_PREFIX });
  queue.on('error', () => undefined);
  const worker = new Worker(queueId, processJob, {
    connection: redis,
    prefix: KEY_PREFIX,
    name,
    concurrency,
    lockDuration: 1000 * heartbeatTimeout,
    stalledInterval: 500 * heartbeatTimeout,
    maxStalledCount: MAX_STALLED,
    drainDelay: 5,
  });
  const dropMalformedJobs = async (): Promise<void> => {
    const count = await removeMalformedJobs(queue, redis);
    for (let i = 0; i < count; i++) onEvent?.({ kind: 'failed', task: undefined, reason: TASK_ALTERED });
  };
  // BullMQ retries after an error, also what it can never parse
  worker.on('error', (error) => {
    if (error instanceof SyntaxError) void dropMalformedJobs().catch(() => undefined);
  });
  await worker.waitUntilReady();
  watchConnection(
    redis,
    () => onEvent?.({ kind: 'disconnected' }),
    () => onEvent?.({ kind: 'reconnected' }),
  );
  return {
    name,
    async close() {
      const connected = redis.status === 'ready';
      const closed = worker.close(!connected).catch(() => undefined);
      // without Redis the worker cannot give its tasks back: they are given to others after the heartbeat timeout
      await (connected ? closed : Promise.race([closed, sleep(SHUTDOWN_TIMEOUT_MS)]));
      await threads.close();
      await queue.close().catch(() => undefined);
      redis.disconnect();
    },
  };
}
