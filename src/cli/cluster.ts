// Opens the cluster of a command for --queue and --store.
import type { Cluster } from '../cluster/cluster.ts';
import { DebkdError } from '../io/errors.ts';
import { text, type Values } from '../settings/values.ts';
import { note, noteIgnored, postToMain } from './messages.ts';
import { stopSignal } from './stop-signal.ts';

/**
 * Queue and store. Where one of the options is given, the environment may supply the other; undefined where neither is given.
 * @throws DebkdError `usage` where one is missing
 */
export function clusterLocation(values: Values): { queue: string; store: string } | undefined {
  const queue = text(values, 'queue') ?? (process.env['DEBKD_QUEUE'] || undefined);
  const store = text(values, 'store') ?? (process.env['DEBKD_STORE'] || undefined);
  if (text(values, 'queue') === undefined && text(values, 'store') === undefined) return undefined;
  if (queue === undefined || store === undefined) {
    const [given, missing] = queue === undefined ? ['store', 'queue'] : ['queue', 'store'];
    throw new DebkdError('usage', {
      subject: `option --${given}`,
      seen: `--${missing} is missing`,
      expected: 'both: tasks go through Redis, rows and results through a store that all machines share',
    });
  }
  return { queue, store };
}

/** Opens the cluster; undefined where the command does its work in this process. @throws DebkdError as `openCluster` does */
export async function openRequestedCluster(values: Values): Promise<Cluster | undefined> {
  const location = clusterLocation(values);
  if (!location) return undefined;
  const { openCluster } = await import('../cluster/coordinator.ts');
  const ofCache = ['cache', 'no-cache'].filter((name) => values[name] !== undefined);
  noteIgnored(ofCache, "with --queue, only the store keeps the teacher's answers");
  const signal = stopSignal();
  const cluster = await openCluster({
    ...location,
    signal,
    onNote: note,
    onCounts({ done, running, waiting, failed, workers }) {
      const by = workers === undefined ? '' : ` on ${workers} worker${workers === 1 ? '' : 's'}`;
      postToMain({
        kind: 'detail',
        text: `tasks: ${done} done, ${running} running${by}, ${waiting} waiting, ${failed} failed`,
      });
    },
  });
  postToMain({ kind: 'graceful-stop', needed: true });
  signal.addEventListener('abort', () => {
    void cluster.close().then(() => postToMain({ kind: 'graceful-stop', needed: false }));
  });
  return cluster;
}
