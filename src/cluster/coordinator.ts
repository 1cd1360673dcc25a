// The coordinator queues tasks and waits until their results are in the store.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { DebkdError, quote } from '../io/errors.ts';
import { BUILD } from './build.ts';
import type { Cluster, ClusterOptions, NewTask, TaskHooks } from './cluster.ts';
import { PendingTasks } from './pending-tasks.ts';
import { queueName } from './queue-name.ts';
import { connectRedis, queueError, queueSubject, watchConnection } from './redis.ts';
import { MAX_REQUEUES } from './requeue.ts';
import { withRetry } from './retry.ts';
import { Semaphore } from './semaphore.ts';
import { openSigner, type Signer, signTask } from './signature.ts';
import { signedStore } from './signed-store.ts';
import { openStore, type Store } from './store.ts';
import type { Task } from './task.ts';
import { TaskMonitor } from './task-monitor.ts';
import { openTaskQueue, type TaskQueue } from './task-queue.ts';
import { openTaskSubscriptions, type TaskSubscriptions } from './task-subscriptions.ts';
import { Uploads } from './uploads.ts';
import { openWorkerRegistry, type WorkerRegistry } from './worker-registry.ts';

/** Tasks in the queue at a time: enough for all workers, without filling Redis and the store. */
const MAX_QUEUED = 1024;
const POLL_MS = 1000;
/** The time limit for Redis when the coordinator ends. */
const SHUTDOWN_TIMEOUT_MS = 2000;

/**
 * Connects to the queue and the store of a cluster.
 * @throws DebkdError `source` if the store cannot be used, `queue` if Redis cannot be used or all connected workers are incompatible,
 * `usage` if a package is not installed or the key is too short
 * @example
 * const cluster = await openCluster({ queue: 'redis://HOST:6379', store: '/mnt/debkd' });
 * const packed = await cluster.upload(await packTeacher('teacher.onnx'));
 * await labelDataset(cluster, { teacher, packed }, train, { part: 'train' });
 * await cluster.close();
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { onNote } = options;
  const signer = openSigner(options.secret);
  const store = signedStore(withRetry(await openStore(options.store), onNote), signer);
  const redis = await connectRedis(options.queue);
  const subject = queueSubject(options.queue);
  try {
    const name = queueName(store, signer);
    const workers = openWorkerRegistry(redis, name, subject, onNote);
    await workers.check();
    const pending = new PendingTasks();
    const uploads = new Uploads(store);
    const subscriptions = openTaskSubscriptions(redis, name);
    const queue = await openTaskQueue(redis, name, subject);
    const monitor = new TaskMonitor({ pending, queue, store, uploads, subscriptions, onNote });
    queue.listen(monitor);
    const parts = { store, signer, redis, subject, workers, pending, uploads, subscriptions, queue, monitor };
    return new Coordinator(options, parts);
  } catch (error) {
    // a connection would keep the process alive
    redis.disconnect();
    throw queueError(error, subject);
  }
}

interface Parts {
  readonly store: Store;
  readonly signer: Signer | undefined;
  readonly redis: Redis;
  /** Names the queue in messages. */
  readonly subject: string;
  readonly workers: WorkerRegistry;
  readonly pending: PendingTasks;
  readonly uploads: Uploads;
  readonly subscriptions: TaskSubscriptions;
  readonly queue: TaskQueue;
  readonly monitor: TaskMonitor;
}

class Coordinator implements Cluster {
  readonly store: Store;
  readonly #options: ClusterOptions;
  readonly #parts: Parts;
  readonly #slots = new Semaphore(MAX_QUEUED);
  /** The tasks that calls have subscribed to. */
  readonly #subscribed = new Set<string>();
  /** Aborted when the coordinator ends. */
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => void this.#end(this.#options.signal?.reason);
  #polling = false;

  constructor(options: ClusterOptions, parts: Parts) {
    this.store = parts.store;
    this.#options = options;
    this.#parts = parts;
    this.#timer = setInterval(() => void this.#poll().catch(() => undefined), POLL_MS);
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    watchConnection(
      parts.redis,
      () => {
        if (!this.#ended.signal.aborted) options.onNote?.('note: Redis is unreachable; waiting for it');
      },
      () => options.onNote?.('note: Redis is reachable again'),
    );
  }

  upload(bytes: Uint8Array | (() => Uint8Array)): Promise<string> {
    return this.#parts.uploads.upload(bytes);
  }

  async run<T>(newTask: NewTask, { prepare, cleanUp, read }: TaskHooks<T> = {}): Promise<T> {
    const { signer, subscriptions, pending } = this.#parts;
    const task = signTask({ ...newTask, build: BUILD } as Task, signer);
    // BullMQ reserves ids that consist of digits, which a digest may
    const id = `${task.kind}-${task.key}`;
    let [subscribed, prepared] = [false, false];
    const begin = async (): Promise<void> => {
      subscribed = true;
      this.#subscribed.add(id);
      await subscriptions.subscribe(id);
      if (!prepared) await prepare?.();
      prepared = true;
    };
    try {
      for (let attempt = 0; attempt <= MAX_REQUEUES; attempt++) {
        this.#ended.signal.throwIfAborted();
        if (await this.store.has(task.key)) pending.countDone();
        else await this.#slots.run(() => this.#runOnce(id, task, begin));
        const result = await read?.();
        if (!read || result !== undefined) return result as T;
      }
      throw new DebkdError('task', {
        subject: `store ${quote(this.store.location, 200)}`,
        seen: `the result of the task was damaged after each of ${MAX_REQUEUES + 1} attempts`,
        remedy: 'check the storage',
      });
    } finally {
      // where another call waits for the same task, that one unsubscribes
      if (subscribed && !pending.has(id)) {
        const others = await subscriptions.unsubscribe(id);
        this.#subscribed.delete(id);
        if (prepared && others === 0) await cleanUp?.().catch(() => undefined);
      }
    }
  }

  async close(): Promise<void> {
    const { redis, queue, subject } = this.#parts;
    clearInterval(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    const shutDown = async (): Promise<void> => {
      await this.#end(
        new DebkdError('queue', { subject, seen: 'the coordinator was closed', remedy: 'open a new one' }),
      );
      await queue.close();
    };
    // without Redis no task can be removed from the queue
    await Promise.race([shutDown(), sleep(redis.status === 'ready' ? SHUTDOWN_TIMEOUT_MS : 0)]);
    redis.disconnect();
    queue.disconnect();
  }

  /** @param begin subscribes, and writes the inputs */
  async #runOnce(id: string, task: Task, begin: () => Promise<void>): Promise<void> {
    this.#ended.signal.throwIfAborted();
    await begin();
    this.#ended.signal.throwIfAborted();
    await this.#settled(id, task);
  }

  /** Queues a task unless it is pending, and waits until it ends. */
  async #settled(id: string, task: Task): Promise<void> {
    const { pending, queue, monitor } = this.#parts;
    const same = pending.get(id);
    if (same) return same.settled;
    const added = pending.add(id, task);
    try {
      const { kind } = await queue.stateOf(id);
      // left by an earlier coordinator
      if (kind === 'malformed' || kind === 'failed') await queue.remove(id);
      this.#ended.signal.throwIfAborted();
      await monitor.enqueue(added);
    } catch (error) {
      pending.reject(id, error);
    }
    return added.settled;
  }

  async #poll(): Promise<void> {
    const { redis, monitor, queue, workers, pending } = this.#parts;
    if (this.#polling || redis.status !== 'ready') return;
    this.#polling = true;
    try {
      await monitor.poll();
      const counts = await queue.counts();
      await workers.refresh(pending.size > 0);
      const { done, failed } = pending;
      this.#options.onCounts?.({ ...counts, done, failed, workers: workers.count() });
    } finally {
      this.#polling = false;
    }
  }

  /** Rejects all pending tasks and unsubscribes from all; resolves when the tasks that no worker has started are removed from the queue. */
  async #end(reason: unknown): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(reason);
    const { pending, monitor } = this.#parts;
    const ids = pending.ids();
    for (const id of ids) pending.reject(id, reason);
    this.#slots.flush();
    await Promise.all([...new Set([...ids, ...this.#subscribed])].map((id) => monitor.withdraw(id)));
  }
}
