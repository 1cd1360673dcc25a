// debkd/cluster: label rows and compare methods on many machines, by BullMQ on Redis. For Node.
/// <reference lib="esnext.disposable" preserve="true" />
import { type ClusterWorker, openWorkerOf, type WorkerOptions } from './worker.ts';

export type { CachedLabels } from '../teacher/label-cache.ts';
export type { Cluster, ClusterOptions, Counts, NewTask, TaskHooks } from './cluster.ts';
export { type ClusterPool, clusterPool } from './compare-pool.ts';
export { openCluster } from './coordinator.ts';
export { labelDataset, labelRows, type OnRowsDone, type SharedTeacher } from './label-tasks.ts';
export { packTeacher } from './packed-teacher.ts';
export { openStore, type Store } from './store.ts';
export type { CompareTask, LabelTask, Task } from './task.ts';
export type { ClusterWorker, WorkerEvent, WorkerOptions } from './worker.ts';

/**
 * Starts a worker. It runs tasks until you close it, and waits while Redis is unreachable.
 * @throws DebkdError `source` if the store cannot be used, `queue` if Redis cannot be used, `usage` if a package is not installed or
 * the key is too short
 * @example
 * const worker = await openWorker({ queue: 'redis://HOST:6379', store: '/mnt/debkd', threads: 8 });
 * process.once('SIGTERM', () => worker.close());
 */
export function openWorker(options: WorkerOptions): Promise<ClusterWorker> {
  // the build puts this entry next to the thread's program; bundled chunks are in another folder
  return openWorkerOf(new URL('./task-thread.js', import.meta.url), options);
}
