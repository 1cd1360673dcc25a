// Who works at a queue, and who cannot since it has another build or store.
import type { Redis } from 'ioredis';
import { DebkdError } from '../io/errors.ts';
import { type SeenWorker, seenWorkers } from './queue.ts';
import type { Seal } from './seal.ts';
import type { Store } from './store.ts';

type Note = ((text: string) => void) | undefined;

export interface WorkerRegistry {
  /** @throws DebkdError `queue` where workers are there, and none of them can do the tasks */
  check(onNote: Note): Promise<void>;
  /** Looks again, and tells of newcomers that cannot, once. */
  notice(waiting: boolean, onNote: Note): Promise<void>;
  /** Workers that can; undefined where Redis does not tell. */
  count(): number | undefined;
}

/** How often it is looked at. */
const PAUSE_MS = 2000;

export function openWorkerRegistry(
  redis: Redis,
  store: Store,
  seal: Seal | undefined,
  subject: string,
): WorkerRegistry {
  const told = new Set<string>();
  let [able, last] = [undefined as number | undefined, -Infinity];
  let lonely = false;
  const look = async (): Promise<SeenWorker[]> => {
    last = performance.now();
    const seen = await seenWorkers(redis, store, seal);
    able = seen?.filter(canWork).length;
    return seen?.filter((worker) => !canWork(worker)) ?? [];
  };
  const noteUnable = (unable: readonly SeenWorker[], onNote: Note): void => {
    for (const worker of unable) {
      if (!told.has(worker.name)) onNote?.(`note: worker ${worker.name} gets none of these tasks: ${why(worker)}`);
      told.add(worker.name);
    }
  };
  return {
    async check(onNote) {
      const unable = await look();
      const [first] = unable;
      if (first && able === 0) {
        throw new DebkdError(
          'queue',
          `${subject}: ${unable.length} worker${unable.length > 1 ? 's' : ''}, and none can do these tasks: ${first.name}: ${why(first)}`,
        );
      }
      noteUnable(unable, onNote);
    },
    async notice(waiting, onNote) {
      if (performance.now() - last < PAUSE_MS) return;
      noteUnable(await look(), onNote);
      if (able === 0 && waiting && !lonely)
        onNote?.('note: no worker is there; start some: debkd worker --queue ... --store ...');
      lonely = able === 0 && waiting;
    },
    count: () => able,
  };
}

const canWork = ({ sameBuild, sameStore, sameKey }: SeenWorker): boolean => sameBuild && sameStore && sameKey;

function why({ sameBuild, sameStore, sameKey }: SeenWorker): string {
  if (!sameBuild) return 'it is another build of debkd; run the same on all machines';
  if (!sameStore) return 'its store is another place; give all the same --store, one that they share';
  return sameKey ? '' : 'its DEBKD_CLUSTER_KEY is another, or it has none; give all the same';
}
