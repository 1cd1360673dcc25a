// debkd/cluster: labelling and comparisons over many machines, by BullMQ on Redis. For Node.
/// <reference lib="esnext.disposable" preserve="true" />
import { type ClusterWorker, openWorkerOf, type WorkerOptions } from './worker.ts';

export type { CachedLabels } from '../teacher/label-cache.ts';
export { type ClusterPool, clusterPool } from './compare-pool.ts';
export { type Cluster, type ClusterOptions, type Counts, type NewTask, openCluster } from './coordinator.ts';
export { type Done, labelDataset, labelRows, type SharedTeacher } from './labels.ts';
export type { Store } from './store.ts';
export { openStore } from './store.ts';
export type { CompareTask, LabelTask, Task } from './task.ts';
export { packTeacher } from './teacher-package.ts';
export type { ClusterWorker, WorkerEvent, WorkerOptions } from './worker.ts';

/** Starts a worker; see WorkerOptions. @throws DebkdError `source`, `queue` or `usage` */
export function openWorker(options: WorkerOptions): Promise<ClusterWorker> {
  // named here: this file lies beside the thread's program wherever the rest is bundled to
  return openWorkerOf(new URL('./task-thread.js', import.meta.url), options);
}
