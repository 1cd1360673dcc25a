// The public interface of a coordinator.
import type { AbortSignalLike } from '../io/host-types.ts';
import type { Store } from './store.ts';
import type { CompareTask, LabelTask } from './task.ts';

/** The options of openCluster. */
export interface ClusterOptions {
  /** redis://[user:password@]host[:port][/database], or rediss:// for TLS. */
  readonly queue: string;
  /** The store that all machines share: a folder that they mount, or s3://bucket/prefix. */
  readonly store: string;
  /**
   * A key of at least 16 characters that signs tasks and entries, which protects them from others with write access to Redis or to the
   * store. Default: the environment variable DEBKD_CLUSTER_KEY; if it is unset, nothing is signed.
   */
  readonly secret?: string | undefined;
  /** An abort removes the tasks that no worker has started from the queue. */
  readonly signal?: AbortSignalLike | undefined;
  /** Called with notes for users: no worker is connected, Redis is unreachable. */
  readonly onNote?: ((text: string) => void) | undefined;
  /** Called about once a second with the number of tasks in each state. */
  readonly onCounts?: ((counts: Counts) => void) | undefined;
}

/** The number of tasks in each state. */
export interface Counts {
  /** Completed tasks of this coordinator. */
  readonly done: number;
  /** Failed tasks of this coordinator. */
  readonly failed: number;
  /** Tasks of all coordinators that a worker runs. */
  readonly running: number;
  /** Tasks of all coordinators that no worker has taken. */
  readonly waiting: number;
  /** Compatible workers; undefined if Redis does not allow debkd to list them. */
  readonly workers: number | undefined;
}

/** A coordinator, which gives tasks to workers and waits for their results. Close it after the last task. */
export interface Cluster {
  /** Holds the inputs and results of tasks. */
  readonly store: Store;
  /** Writes bytes to the store, and again if they are lost; resolves to their key. @throws DebkdError `source` */
  upload(bytes: Uint8Array | (() => Uint8Array)): Promise<string>;
  /**
   * Runs a task unless its result is in the store; resolves to the result of `hooks.read`.
   * @throws DebkdError `task` if the task fails, `queue` if Redis refuses it or the coordinator is closed, `source` if the store fails;
   * the signal's reason
   */
  run<T = void>(task: NewTask, hooks?: TaskHooks<T>): Promise<T>;
  /** Rejects pending tasks, removes the tasks that no worker has started from the queue, and closes the connections. */
  close(): Promise<void>;
}

/** Called before and after a worker runs a task. */
export interface TaskHooks<T> {
  /** Writes the inputs to the store. */
  readonly prepare?: () => Promise<void>;
  /** Removes the inputs; not called if another coordinator waits for the same task. */
  readonly cleanUp?: () => Promise<void>;
  /** Reads the result. Undefined means that it was damaged and quarantined; the task then runs again. */
  readonly read?: () => Promise<T | undefined>;
}

/** A task without the build, which the coordinator adds. */
export type NewTask = Omit<LabelTask, 'build'> | Omit<CompareTask, 'build'>;
