// The workers that are connected to Redis: how many can run the coordinator's tasks, and which cannot, because their build, store or key
// differs.
import type { Redis } from 'ioredis';
import { DebkdError } from '../io/errors.ts';
import { type ConnectedWorker, connectedWorkers } from './connected-workers.ts';

export interface WorkerRegistry {
  /** @throws DebkdError `queue` if workers are connected and all of them are incompatible */
  check(): Promise<void>;
  /** Lists the workers again. Reports each new incompatible worker, and, if tasks are pending, that no worker is connected. */
  refresh(tasksPending: boolean): Promise<void>;
  /** The number of compatible workers; undefined if Redis does not allow debkd to list them. */
  count(): number | undefined;
}

/** The minimum time between two lists. */
const REFRESH_MS = 2000;

/**
 * @param queue the name of the queue
 * @param subject names the queue in messages
 */
export function openWorkerRegistry(
  redis: Redis,
  queue: string,
  subject: string,
  onNote: (text: string) => void = () => undefined,
): WorkerRegistry {
  const reported = new Set<string>();
  let compatible: number | undefined;
  let refreshedAt = -Infinity;
  let absenceReported = false;
  /** Counts the compatible workers and returns the others. */
  const listIncompatible = async (): Promise<ConnectedWorker[]> => {
    refreshedAt = performance.now();
    const workers = await connectedWorkers(redis, queue);
    compatible = workers?.filter(isCompatible).length;
    return workers?.filter((worker) => !isCompatible(worker)) ?? [];
  };
  const report = (incompatible: readonly ConnectedWorker[]): void => {
    for (const worker of incompatible) {
      if (!reported.has(worker.name))
        onNote(`note: worker ${worker.name} ${differenceOf(worker).seen} and gets none of these tasks`);
      reported.add(worker.name);
    }
  };
  return {
    async check() {
      const incompatible = await listIncompatible();
      const [first] = incompatible;
      if (first && compatible === 0) {
        const { seen, remedy } = differenceOf(first);
        const workers = incompatible.length === 1 ? 'the only worker is' : `all ${incompatible.length} workers are`;
        throw new DebkdError('queue', { subject, seen: `${workers} incompatible (${first.name} ${seen})`, remedy });
      }
      report(incompatible);
    },
    async refresh(tasksPending) {
      if (performance.now() - refreshedAt < REFRESH_MS) return;
      report(await listIncompatible());
      const absent = compatible === 0 && tasksPending;
      if (absent && !absenceReported)
        onNote('note: no worker is connected; start workers with the same queue and store');
      absenceReported = absent;
    },
    count: () => compatible,
  };
}

const isCompatible = ({ sameBuild, sameStore, sameKey }: ConnectedWorker): boolean => sameBuild && sameStore && sameKey;

/** How an incompatible worker differs from the coordinator. */
function differenceOf({ sameBuild, sameStore }: ConnectedWorker): { readonly seen: string; readonly remedy: string } {
  if (!sameBuild)
    return { seen: 'runs another build of debkd', remedy: 'install the same build of debkd on all machines' };
  if (!sameStore) return { seen: 'uses another store', remedy: 'give all machines the same store' };
  return { seen: 'has another DEBKD_CLUSTER_KEY, or none', remedy: 'give all machines the same key' };
}
