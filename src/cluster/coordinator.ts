// The coordinator: puts tasks into the queue and waits until their results lie in the store. Events say when; what has no event,
// since Redis was away or lost it, is looked for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { DebkdError, quote } from '../io/errors.ts';
import type { AbortSignalLike } from '../io/host-types.ts';
import { sha256 } from '../io/sha256.ts';
import { BUILD } from './build.ts';
import { PREFIX, queueName } from './queue.ts';
import { connectRedis, redacted } from './redis.ts';
import { CHANGED, isRepairable, MAX_REPAIRS } from './repair.ts';
import { withRetry } from './retry.ts';
import { openSeal, sealedStore, signTask } from './seal.ts';
import { openStore, type Store } from './store.ts';
import type { CompareTask, LabelTask, Task } from './task.ts';
import { openWaiters } from './waiters.ts';
import { openWorkerRegistry } from './worker-registry.ts';

/** Where queue and store are, and who is told how it goes. */
export interface ClusterOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// */
  readonly queue: string;
  /** The same place for all: a folder that every machine mounts, or s3://bucket/prefix. */
  readonly store: string;
  /** Signs tasks and entries, so that neither Redis nor the store need be trusted; default DEBKD_CLUSTER_KEY, without it nothing is signed. */
  readonly secret?: string | undefined;
  /** Aborting takes the tasks that nobody has begun out of the queue. */
  readonly signal?: AbortSignalLike | undefined;
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
  /** Puts bytes into the store, once, and again where they get lost; resolves to their key. */
  upload(bytes: Uint8Array | (() => Uint8Array)): Promise<string>;
  /**
   * Resolves when the result lies in the store, at once where it was there before, to what `take` makes of it.
   * @throws DebkdError `task` with what the worker said, `queue` where Redis refuses it; the signal's reason
   */
  run<T = void>(task: NewTask, work?: TaskWork<T>): Promise<T>;
  /** Rejects what is open, takes what nobody has begun out of the queue, and ends the connections. */
  close(): Promise<void>;
}

/** What a coordinator does for a task before and after a worker does it. */
export interface TaskWork<T> {
  /** Puts what the task is about into the store. */
  readonly prepare?: () => Promise<void>;
  /** Takes it out again, where no other coordinator waits for the same task. */
  readonly clean?: () => Promise<void>;
  /** Reads the result; undefined where it was damaged, and set aside: then it is made again. */
  readonly take?: () => Promise<T | undefined>;
}

/** A task without the build, which the coordinator adds. */
export type NewTask = Omit<LabelTask, 'build'> | Omit<CompareTask, 'build'>;

/** Tasks in the queue at a time: enough for all workers there are, and no more in Redis and the store than needed. */
const MAX_WAITING = 1024;
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
  /** How often it was put again. */
  repairs: number;
}

/** @throws DebkdError `source` (the store), `queue` (Redis, or workers of another build or store), `usage` */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { signal, onNote, onCounts } = options;
  const seal = openSeal(options.secret);
  const store = sealedStore(withRetry(await openStore(options.store), onNote), seal);
  const redis = await connectRedis(options.queue);
  const subject = `queue ${quote(redacted(options.queue), 200)}`;
  const workers = openWorkerRegistry(redis, store, seal, subject);
  try {
    await workers.check(onNote);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const { Queue, QueueEvents } = await import('bullmq');
  const name = queueName(store, seal);
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
  const uploads = new Map<string, () => Uint8Array>();
  const waiters = openWaiters(redis, name);
  const free: (() => void)[] = [];
  let [places, done, failed] = [MAX_WAITING, 0, 0];
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
    if (!pending.has(id) && (await waiters.leave(id)) === 0) await queue.remove(id).catch(() => undefined);
  };
  /** A task by its id; undefined where it is not there, 'broken' where what Redis has of it is none. */
  const jobOf = (id: string): Promise<Job | undefined | 'broken'> =>
    queue.getJob(id).catch((error: unknown) => {
      if (error instanceof SyntaxError) return 'broken';
      throw error;
    });
  const restore = async (): Promise<void> => {
    for (const [key, make] of uploads) {
      const bytes = await store.get(key);
      if (bytes && sha256(bytes) === key) continue;
      if (bytes) await store.setAside(key);
      await store.put(key, make());
    }
  };
  /** Puts a task again, with all that it is about. */
  const repair = async (id: string, found: Pending, reason: string): Promise<void> => {
    found.repairs++;
    onNote?.(`note: ${found.task.title}: ${reason}; it is put again`);
    await queue.remove(id).catch(() => undefined);
    await restore();
    if (pending.has(id)) await add(id, found.task);
  };
  const refuse = async (id: string, reason: string): Promise<void> => {
    const found = pending.get(id);
    if (!found) return;
    // by a worker that had been given up
    if (await store.has(found.task.key)) return settle(id);
    if (isRepairable(reason) && found.repairs < MAX_REPAIRS) return repair(id, found, reason);
    settle(id, new DebkdError('task', reasonOf(reason)));
    await queue.remove(id).catch(() => undefined); // so that it may be tried again
  };
  /** Finds out what has become of a task. @param said whether it was said to be done */
  const look = async (id: string, said = false): Promise<void> => {
    const found = pending.get(id);
    if (!found) return;
    found.seen = performance.now();
    if (await store.has(found.task.key)) return settle(id);
    if (said) found.late ??= performance.now();
    const job = await jobOf(id);
    if (job === 'broken') return refuse(id, CHANGED);
    const state = await job?.getState();
    if (state === 'failed') return refuse(id, job?.failedReason ?? '');
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
    if (pending.has(jobId)) void rescued(jobId, refuse(jobId, failedReason));
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
    // a task that another coordinator waits for, too, is its
    await Promise.all(
      ids.map(async (id) => {
        if ((await waiters.leave(id)) === 0) await queue.remove(id).catch(() => undefined);
      }),
    );
  };
  const abort = (): void => void end(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });

  const wait = async (id: string, task: Task): Promise<void> => {
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
      pending.set(id, { task, resolve: both, reject: neither, seen: performance.now(), late: undefined, repairs: 0 });
    });
    settled.catch(() => undefined);
    if (!other) {
      try {
        const old = await jobOf(id);
        // of an earlier coordinator: it has failed, or was done without a result
        if (old === 'broken' || (old && (await old.isFailed()))) await queue.remove(id).catch(() => undefined);
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
    async upload(given) {
      const make = typeof given === 'function' ? given : () => given;
      const bytes = make();
      const key = sha256(bytes);
      const there = await store.get(key);
      if (there && sha256(there) !== key) await store.setAside(key);
      if (!there || sha256(there) !== key) await store.put(key, bytes);
      uploads.set(key, make);
      return key;
    },
    async run<T>(given: NewTask, { prepare, clean, take }: TaskWork<T> = {}): Promise<T> {
      const task = signTask({ ...given, build: BUILD } as Task, seal);
      // a digest may be all digits, which BullMQ takes for numbers of its own
      const id = `${task.kind}-${task.key}`;
      let prepared = false;
      const once = async (): Promise<void> => {
        if (places === 0) await new Promise<void>((resolve) => free.push(resolve));
        else places--;
        try {
          check();
          await waiters.join(id);
          if (!prepared) await prepare?.();
          prepared = true;
          check();
          await wait(id, task);
        } finally {
          const next = free.shift();
          if (next) next();
          else places++;
        }
      };
      try {
        for (let tries = 0; tries <= MAX_REPAIRS; tries++) {
          check();
          if (await store.has(task.key)) done++;
          else await once();
          const result = take ? await take() : undefined;
          if (!take || result !== undefined) return result as T;
        }
        throw new DebkdError('task', 'its result in the store was damaged again and again; see to the store');
      } finally {
        if (prepared && (await waiters.leave(id)) === 0) await clean?.().catch(() => undefined);
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
