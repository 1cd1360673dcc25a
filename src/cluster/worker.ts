// A worker takes tasks from the queue and runs one on each of its threads.
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { DebkdError, MACHINE_ERRORS } from '../io/errors.ts';
import type { HostUrl } from '../io/host-types.ts';
import { RUNTIME_SECONDS } from '../io/limit.ts';
import { BUILD } from './build.ts';
import { removeMalformedJobs } from './malformed-jobs.ts';
import { KEY_PREFIX, queueName } from './queue-name.ts';
import { connectRedis, queueError, queueSubject, watchConnection } from './redis.ts';
import { alteredTask } from './requeue.ts';
import { openSigner, type Signer } from './signature.ts';
import { openStore, type Store } from './store.ts';
import { parseTask, type Task } from './task.ts';
import { packReason } from './task-failure.ts';
import { openTaskThreads, type TaskThreads } from './task-threads.ts';

/** The options of openWorker. */
export interface WorkerOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// for TLS. */
  readonly queue: string;
  /** The store that all machines share: a folder that they mount, or s3://bucket/prefix. */
  readonly store: string;
  /** The key of the coordinators, at least 16 characters; default: the environment variable DEBKD_CLUSTER_KEY. */
  readonly secret?: string | undefined;
  /** The number of tasks to run at a time; default 1. */
  readonly threads?: number | undefined;
  /** Time limit of the ONNX runtime for opening a model or for one batch of rows, in seconds; default 60. */
  readonly teacherLimit?: number | undefined;
  /** Reassign the worker's tasks after this many seconds without a heartbeat; default 8. */
  readonly heartbeatTimeout?: number | undefined;
  /** Called when a task starts or ends, and when the connection to Redis is lost or restored. */
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/** An event of a worker: a task starts, is done or fails; the connection to Redis is lost or restored. */
export type WorkerEvent =
  | { readonly kind: 'started'; readonly task: Task }
  | { readonly kind: 'done'; readonly task: Task }
  | { readonly kind: 'failed'; readonly task: Task | undefined; readonly error: Error }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'reconnected' };

/** A started worker. */
export interface ClusterWorker {
  /** Host name and process id, as coordinators see them. */
  readonly name: string;
  /** Takes no more tasks; resolves when the running tasks are done. */
  close(): Promise<void>;
}

/** In seconds. Threads do the computing, which leaves the main thread free to send heartbeats. */
const HEARTBEAT_TIMEOUT = 8;
const RETRY_COOLDOWN_MS = 2000;
/** The time limit for Redis when the worker closes. */
const SHUTDOWN_TIMEOUT_MS = 2000;
/** A task is reassigned this many times after its worker died; then it fails. */
const MAX_STALLED = 3;

/**
 * Starts a worker; see openWorker.
 * @param program the built task-thread.ts
 */
export async function openWorkerOf(program: HostUrl, options: WorkerOptions): Promise<ClusterWorker> {
  const { teacherLimit = RUNTIME_SECONDS, secret } = options;
  const signer = openSigner(secret);
  const store = await openStore(options.store);
  const redis = await connectRedis(options.queue);
  const threads = openTaskThreads(program, { location: store.location, storeId: store.id, secret }, teacherLimit);
  try {
    return await startWorker({ store, signer, redis, threads }, options);
  } catch (error) {
    // a connection would keep the process alive
    redis.disconnect();
    throw queueError(error, queueSubject(options.queue));
  }
}

interface Parts {
  readonly store: Store;
  readonly signer: Signer | undefined;
  readonly redis: Redis;
  readonly threads: TaskThreads;
}

async function startWorker(
  { store, signer, redis, threads }: Parts,
  { threads: concurrency = 1, heartbeatTimeout = HEARTBEAT_TIMEOUT, onEvent }: WorkerOptions,
): Promise<ClusterWorker> {
  const { Queue, UnrecoverableError, Worker } = await import('bullmq');
  const name = `${hostname().replace(/[^\w.-]/g, '_')}/${process.pid}-${crypto.randomUUID().slice(0, 4)}`;

  const processJob = async ({ data }: Job): Promise<void> => {
    let task: Task | undefined;
    try {
      task = parseTask(data, BUILD, signer);
      onEvent?.({ kind: 'started', task });
      await threads.run(task);
      onEvent?.({ kind: 'done', task });
    } catch (error) {
      onEvent?.({ kind: 'failed', task, error: error as Error });
      const reason = packReason(error);
      // an error of the task itself would recur; others may pass with time or not occur on another machine
      if (error instanceof DebkdError && !MACHINE_ERRORS.includes(error.code)) throw new UnrecoverableError(reason);
      // without the pause a broken machine would take the tasks from machines that can run them
      await sleep(RETRY_COOLDOWN_MS);
      throw new Error(reason, { cause: error });
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
    for (let i = 0; i < count; i++) onEvent?.({ kind: 'failed', task: undefined, error: alteredTask() });
  };
  // BullMQ retries a job that it cannot parse forever
  worker.on('error', (error) => {
    if (error instanceof SyntaxError) void dropMalformedJobs().catch(() => undefined);
  });
  const close = async (): Promise<void> => {
    const connected = redis.status === 'ready';
    const closed = worker.close(!connected).catch(() => undefined);
    // without Redis the worker cannot return its tasks; others get them after the heartbeat timeout
    await (connected ? closed : Promise.race([closed, sleep(SHUTDOWN_TIMEOUT_MS)]));
    await threads.close();
    await queue.close().catch(() => undefined);
    redis.disconnect();
  };
  try {
    await worker.waitUntilReady();
  } catch (error) {
    await close();
    throw error;
  }
  watchConnection(
    redis,
    () => onEvent?.({ kind: 'disconnected' }),
    () => onEvent?.({ kind: 'reconnected' }),
  );
  return { name, close };
}
