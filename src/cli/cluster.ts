// The cluster of a command, as --queue and --store give it.
import type { Cluster } from '../cluster/cluster.ts';
import { DebkdError } from '../io/errors.ts';
import { text, type Values } from '../settings/values.ts';
import { note, postToMain } from './messages.ts';
import { stopSignal } from './stop-signal.ts';

/** Queue and store, of the options or the environment; undefined without these options. @throws DebkdError `usage` where one is missing */
export function clusterLocation(values: Values): { queue: string; store: string } | undefined {
  const queue = text(values, 'queue') ?? process.env['DEBKD_QUEUE'];
  const store = text(values, 'store') ?? process.env['DEBKD_STORE'];
  if (text(values, 'queue') === undefined && text(values, 'store') === undefined) return undefined;
  if (queue === undefined || store === undefined) {
    throw new DebkdError('usage', {
      subject: `option --${queue === undefined ? 'store' : 'queue'}`,
      seen: `needs --${queue === undefined ? 'queue' : 'store'}, too: tasks go through Redis, rows and results through a store that all machines share`,
    });
  }
  return { queue, store };
}

/** Opens the cluster; undefined where the command works in this process. @throws DebkdError as openCluster */
export async function openRequestedCluster(values: Values): Promise<Cluster | undefined> {
  const location = clusterLocation(values);
  if (!location) return undefined;
  const { openCluster } = await import('../cluster/coordinator.ts');
  const ignored = ['cache', 'no-cache'].find((name) => values[name] !== undefined);
  if (ignored) note(`note: --${ignored}: with --queue answers are kept in the store, and nowhere else`);
  const signal = stopSignal();
  const cluster = await openCluster({
    ...location,
    signal,
    onNote: note,
    onCounts({ done, running, waiting, failed, workers }) {
      const by = workers === undefined ? '' : ` by ${workers} worker${workers === 1 ? '' : 's'}`;
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
