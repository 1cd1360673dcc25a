// The workers at a queue: how many can do its tasks, and which cannot because they have another build, store or key.
import type { Redis } from 'ioredis';
import { DebkdError } from '../io/errors.ts';
import { type ConnectedWorker, connectedWorkers } from './connected-workers.ts';

export interface WorkerRegistry {
  /** @throws DebkdError `queue` where workers are connected, and none of them can do the tasks */
  check(): Promise<void>;
  /** Lists the workers again, and reports each new incompatible one, and the absence of workers while tasks are pending. */
  refresh(tasksPending: boolean): Promise<void>;
  /** How many workers can do the tasks; undefined where Redis does not allow to list them. */
  count(): number | undefined;
}

/** The shortest time between two lists. */
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
        onNote(`note: worker ${worker.name} gets none of these tasks: ${incompatibility(worker)}`);
      reported.add(worker.name);
    }
  };
  return {
    async check() {
      const incompatible = await listIncompatible();
      const [first] = incompatible;
      if (first && compatible === 0) {
        throw new DebkdError('queue', {
          subject: subject,
          seen: `${incompatible.length} worker${incompatible.length > 1 ? 's' : ''}, and none can do these tasks: ${first.name}: ${incompatibility(first)}`,
        });
      }
      report(incompatible);
    },
    async refresh(tasksPending) {
      if (performance.now() - refreshedAt < REFRESH_MS) return;
      report(await listIncompatible());
      const absent = compatible === 0 && tasksPending;
      if (absent && !absenceReported)
        onNote('note: no worker is there; start some: debkd worker --queue ... --store ...');
      absenceReported = absent;
    },
    count: () => compatible,
  };
}

const isCompatible = ({ sameBuild, sameStore, sameKey }: ConnectedWorker): boolean => sameBuild && sameStore && sameKey;

function incompatibility({ sameBuild, sameStore, sameKey }: ConnectedWorker): string {
  if (!sameBuild) return 'it is another build of debkd; run the same on all machines';
  if (!sameStore) return 'its store is another place; give all the same --store, one that they share';
  return sameKey ? '' : 'its DEBKD_CLUSTER_KEY is another, or it has none; give all the same';
}
