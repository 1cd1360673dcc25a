// debkd/cluster: labelling and comparisons over many machines, by BullMQ on Redis. For Node.
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

/** Starts a worker; see WorkerOptions. @throws DebkdError `source`, `queue` or `usage` */
export function openWorker(options: WorkerOptions): Promise<ClusterWorker> {
  // this entry of the build is in the folder of the thread's program; the rest is bundled elsewhere
  return openWorkerOf(new URL('./task-thread.js', import.meta.url), options);
}
