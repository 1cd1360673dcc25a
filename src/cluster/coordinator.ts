// The coordinator: puts tasks into the queue and waits until their results lie in the store. Events say when; what has no event,
// since Redis was away or lost it, is looked for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { DebkdError, quote } from '../io/errors.ts';
import { sha256 } from '../io/sha256.ts';
import { BUILD } from './build.ts';
import { PREFIX, queueName } from './queue.ts';
import { connectRedis, redacted } from './redis.ts';
import { roster } from './roster.ts';
import { steady } from './steady.ts';
import { openStore, type Store } from './store.ts';
import type { CompareTask, LabelTask, Task } from './task.ts';

/** Where queue and store are, and who is told how it goes. */
export interface ClusterOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// */
  readonly queue: string;
  /** The same place for all: a folder that every machine mounts, or s3://bucket/prefix. */
  readonly store: string;
  /** Aborting takes the tasks that nobody has begun out of the queue. */
  readonly signal?: AbortSignal | undefined;
  /** Told what people should know: no worker is there, Redis is away. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Told about once a second how many tasks are where. */
  readonly onCounts?: ((counts: Counts) => void) | undefined;
}

/** How many tasks are where. */
export interface Counts {
  /** Of this coordinator. */
  readonly done: number;
  /** Tasks that ended in a refusal. */
  readonly failed: number;
  /** In the queue, whoever put them there. */
  readonly running: number;
  /** Tasks that nobody has taken yet. */
  readonly waiting: number;
  /** Undefined where Redis does not tell. */
  readonly workers: number | undefined;
}

/** A coordinator: gives tasks to workers, and waits for their results. Close it when all is done. */
export interface Cluster {
  /** Where rows and results lie. */
  readonly store: Store;
  /** Puts bytes into the store, once; resolves to their key. */
  upload(bytes: Uint8Array): Promise<string>;
  /**
   * Resolves when the result lies in the store, at once where it was there before.
   * @param prepare puts what the task is about into the store
   * @throws DebkdError `task` with what the worker said, `queue` where Redis refuses it; the signal's reason
   */
  run(task: NewTask, prepare?: () => Promise<void>): Promise<void>;
  /** Rejects what is open, takes what nobody has begun out of the queue, and ends the connections. */
  close(): Promise<void>;
}

/** A task without the build, which the coordinator adds. */
export type NewTask = Omit<LabelTask, 'build'> | Omit<CompareTask, 'build'>;

/** Tasks in the queue at a time: enough for all workers there are, and no more in Redis and the store than needed. */
const MOST_WAITING = 1024;
/** Tries of a task that fails by no fault of its own, and the first pause between them. */
const ATTEMPTS = 4;
const PAUSE_MS = 500;
/** Without news of a task for so long it is looked for, so many of them at a time. */
const SILENCE_MS = 4000;
const LOOKED_FOR = 64;
/** How long a store may take to show what was written elsewhere. */
const LATE_MS = 90_000;
const KEPT_SECONDS = 86400;
/** What is waited for Redis, at the end. */
const ORDERLY_MS = 2000;

interface Pending {
  readonly task: Task;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** When it was last looked for. */
  seen: number;
  /** When it was first said to be done, without a result. */
  late: number | undefined;
}

/** @throws DebkdError `source` (the store), `queue` (Redis, or workers of another build or store), `usage` */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { signal, onNote, onCounts } = options;
  const store = steady(await openStore(options.store), onNote);
  const redis = await connectRedis(options.queue);
  const subject = `queue ${quote(redacted(options.queue), 200)}`;
  const workers = roster(redis, store, subject);
  try {
    await workers.check(onNote);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const { Queue, QueueEvents } = await import('bullmq');
  const name = queueName(store);
  const queue = new Queue(name, { connection: redis, prefix: PREFIX });
  const listening = redis.duplicate();
  const events = new QueueEvents(name, { connection: listening, prefix: PREFIX });
  // all of them try again
  queue.on('error', () => undefined);
  events.on('error', () => undefined);
  listening.on('error', () => undefined);
  await queue.waitUntilReady();
  await events.waitUntilReady();

  const pending = new Map<string, Pending>();
  const free: (() => void)[] = [];
  let [places, done, failed] = [MOST_WAITING, 0, 0];
  /** Why nothing more is done. */
  let ended: { readonly reason: unknown } | undefined;
  const check = (): void => {
    if (ended) throw ended.reason;
  };

  const settle = (id: string, error?: unknown): void => {
    const found = pending.get(id);
    if (!found) return;
    pending.delete(id);
    if (error === undefined) {
      done++;
      found.resolve();
    } else {
      failed++;
      found.reject(error);
    }
  };
  const add = async (id: string, task: Task): Promise<void> => {
    try {
      await queue.add(task.kind, task, {
        ...{ jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: PAUSE_MS } },
        ...{ removeOnComplete: true, removeOnFail: { age: KEPT_SECONDS } },
      });
    } catch (error) {
      // what Redis answers where it is full, read-only or cannot write its file
      const why = (error as Error).message.slice(0, 200);
      throw new DebkdError('queue', `${subject}: it takes no tasks (${why}); see to Redis`);
    }
    // cancelled meanwhile
    if (!pending.has(id)) await queue.remove(id).catch(() => undefined);
  };
  const refuse = async (id: string, job: Job | undefined, reason: string): Promise<void> => {
    const found = pending.get(id);
    if (!found) return;
    // by a worker that had been given up
    if (await store.has(found.task.key)) return settle(id);
    settle(id, new DebkdError('task', reasonOf(reason)));
    await job?.remove().catch(() => undefined); // so that it may be tried again
  };
  /** Finds out what has become of a task. @param said whether it was said to be done */
  const look = async (id: string, said = false): Promise<void> => {
    const found = pending.get(id);
    if (!found) return;
    found.seen = performance.now();
    if (await store.has(found.task.key)) return settle(id);
    if (said) found.late ??= performance.now();
    const job = await queue.getJob(id);
    const state = await job?.getState();
    if (state === 'failed') return refuse(id, job, job?.failedReason ?? '');
    if (job && state !== 'completed' && state !== 'unknown') return;
    if (found.late !== undefined && performance.now() - found.late > LATE_MS) {
      const place = quote(store.place, 200);
      return settle(
        id,
        new DebkdError(
          'task',
          `it is done, but after ${LATE_MS / 1000} s its result is not in the store ${place}; see whether all machines share that place`,
        ),
      );
    }
    // done, and a store that shows it late; or lost by the queue: in both cases it is found out again by a worker
    if (said) return;
    await job?.remove().catch(() => undefined);
    if (pending.has(id)) await add(id, found.task);
  };
  const rescued = (id: string, work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      // a store that stays away ends the task; what Redis does not answer is looked for again
      if (error instanceof DebkdError) settle(id, error);
    });
  events.on('completed', ({ jobId }) => void rescued(jobId, look(jobId, true)));
  events.on('failed', ({ jobId, failedReason }) => {
    if (pending.has(jobId))
      void rescued(
        jobId,
        queue.getJob(jobId).then((job) => refuse(jobId, job, failedReason)),
      );
  });

  let looking = false;
  const tick = async (): Promise<void> => {
    if (looking || redis.status !== 'ready') return;
    looking = true;
    try {
      const silent = [...pending].filter(([, { seen }]) => performance.now() - seen > SILENCE_MS);
      silent.sort(([, a], [, b]) => a.seen - b.seen);
      await Promise.all(silent.slice(0, LOOKED_FOR).map(([id]) => rescued(id, look(id))));
      const counts = await queue.getJobCounts('active', 'waiting', 'delayed');
      await workers.notice(pending.size > 0, onNote);
      onCounts?.({
        ...{ done, failed, running: counts['active'] ?? 0, workers: workers.count() },
        waiting: (counts['waiting'] ?? 0) + (counts['delayed'] ?? 0),
      });
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void tick().catch(() => undefined), 1000);
  let away = false;
  redis.on('close', () => {
    if (!ended && !away) onNote?.('note: Redis is away; waiting for it');
    away = true;
  });
  redis.on('ready', () => {
    if (away) onNote?.('note: Redis is back');
    away = false;
  });
  /** Rejects all that is open; resolves when what nobody had begun is out of the queue. */
  const end = async (reason: unknown): Promise<void> => {
    if (ended) return;
    ended = { reason };
    const ids = [...pending.keys()];
    for (const id of ids) settle(id, reason);
    for (const next of free.splice(0)) next();
    await Promise.all(ids.map((id) => queue.remove(id).catch(() => undefined)));
  };
  const abort = (): void => void end(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });

  const wait = async (task: Task): Promise<void> => {
    // a digest may be all digits, which BullMQ takes for numbers of its own
    const id = `${task.kind}-${task.key}`;
    const other = pending.get(id);
    const settled = new Promise<void>((resolve, reject) => {
      // the same task twice is done once, and answered twice
      const both = (): void => {
        other?.resolve();
        resolve();
      };
      const neither = (error: unknown): void => {
        other?.reject(error);
        reject(error);
      };
      pending.set(id, { task, resolve: both, reject: neither, seen: performance.now(), late: undefined });
    });
    settled.catch(() => undefined);
    if (!other) {
      try {
        const old = await queue.getJob(id);
        // of an earlier coordinator: it has failed, or was done without a result
        if (old && (await old.isFailed())) await old.remove().catch(() => undefined);
        check();
        await add(id, task);
      } catch (error) {
        settle(id, error);
      }
    }
    await settled;
  };
  return {
    store,
    async upload(bytes) {
      const key = sha256(bytes);
      if (!(await store.has(key))) await store.put(key, bytes);
      return key;
    },
    async run(given, prepare) {
      const task = { ...given, build: BUILD } as Task;
      check();
      if (await store.has(task.key)) {
        done++;
        return;
      }
      if (places === 0) await new Promise<void>((resolve) => free.push(resolve));
      else places--;
      try {
        check();
        await prepare?.();
        check();
        await wait(task);
      } finally {
        const next = free.shift();
        if (next) next();
        else places++;
      }
    },
    async close() {
      clearInterval(timer);
      signal?.removeEventListener('abort', abort);
      const orderly = async (): Promise<void> => {
        await end(new DebkdError('queue', `${subject}: the coordinator was closed; open another`));
        await Promise.allSettled([queue.close(), events.close()]);
      };
      // without Redis nothing ends in order
      await Promise.race([orderly(), sleep(redis.status === 'ready' ? ORDERLY_MS : 0)]);
      redis.disconnect();
      listening.disconnect();
    },
  };
}

/** What BullMQ says of a task whose workers fell silent, in words of ours. */
function reasonOf(reason: string): string {
  return /stalled more than/.test(reason)
    ? 'every worker that had it fell silent (killed, or out of memory); see what it does to a machine before it is tried again'
    : reason;
}
