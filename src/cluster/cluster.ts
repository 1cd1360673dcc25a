// What a cluster is to its user: where tasks are run, and what is told about them.
import type { Store } from './store.ts';
import type { CompareTask, LabelTask } from './task.ts';

/** Where queue and store are, and who is told about the progress. */
export interface ClusterOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// */
  readonly queue: string;
  /** The same for all machines: a folder that every machine mounts, or s3://bucket/prefix. */
  readonly store: string;
  /** Signs tasks and entries, which protects them from others who may write to Redis or to the store; default DEBKD_CLUSTER_KEY, without it nothing is signed. */
  readonly secret?: string | undefined;
  /** Aborting removes the tasks that no worker has begun from the queue. */
  readonly signal?: AbortSignal | undefined;
  /** Is called with what people should know: there is no worker, Redis is away. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Is called about once a second with the number of tasks in each state. */
  readonly onCounts?: ((counts: Counts) => void) | undefined;
}

/** How many tasks are in each state. */
export interface Counts {
  /** Of this coordinator. */
  readonly done: number;
  /** Of this coordinator: tasks that ended in an error. */
  readonly failed: number;
  /** In the queue, of all coordinators: tasks that a worker has. */
  readonly running: number;
  /** In the queue, of all coordinators: tasks that no worker has. */
  readonly waiting: number;
  /** Workers that can do the tasks; undefined where Redis does not allow to list them. */
  readonly workers: number | undefined;
}

/** A coordinator: gives tasks to workers, and waits for their results. Close it when all is done. */
export interface Cluster {
  /** Where inputs and results are. */
  readonly store: Store;
  /** Puts bytes into the store, and again where they get lost; resolves to their key. */
  upload(bytes: Uint8Array | (() => Uint8Array)): Promise<string>;
  /**
   * Runs a task, unless its result is in the store already; resolves to what `read` makes of the result.
   * @throws DebkdError `task` with the worker's reason, `queue` where Redis refuses the task; the signal's reason
   */
  run<T = void>(task: NewTask, hooks?: TaskHooks<T>): Promise<T>;
  /** Rejects pending tasks, removes those that no worker has begun from the queue, and ends the connections. */
  close(): Promise<void>;
}

/** What a coordinator does for a task before and after a worker does it. */
export interface TaskHooks<T> {
  /** Puts the inputs into the store. */
  readonly prepare?: () => Promise<void>;
  /** Removes the inputs, unless another coordinator waits for the same task. */
  readonly cleanUp?: () => Promise<void>;
  /** Reads the result; undefined where it was damaged and quarantined, which makes the task run again. */
  readonly read?: () => Promise<T | undefined>;
}

/** A task without the build, which the coordinator adds. */
export type NewTask = Omit<LabelTask, 'build'> | Omit<CompareTask, 'build'>;
