// --queue and --store: the cluster of a command, where it is asked for.
import type { Cluster } from '../cluster/coordinator.ts';
import { DebkdError } from '../io/errors.ts';
import { text, type Values } from '../settings/values.ts';
import { note, postToMain } from './messages.ts';
import { stopSignal } from './stop.ts';

/** Of the options or the environment. @throws DebkdError `usage` where one is there without the other */
export function placesOf(values: Values): { queue: string; store: string } | undefined {
  const queue = text(values, 'queue') ?? process.env['DEBKD_QUEUE'];
  const store = text(values, 'store') ?? process.env['DEBKD_STORE'];
  if (text(values, 'queue') === undefined && text(values, 'store') === undefined) return undefined;
  if (queue === undefined || store === undefined) {
    throw new DebkdError(
      'usage',
      `option --${queue === undefined ? 'store' : 'queue'}: needs --${queue === undefined ? 'queue' : 'store'}, too: tasks go through Redis, rows and results through a store that all machines share`,
    );
  }
  return { queue, store };
}

/** @throws DebkdError as openCluster */
export async function openClusterOf(values: Values): Promise<Cluster | undefined> {
  const places = placesOf(values);
  if (!places) return undefined;
  const { openCluster } = await import('../cluster/coordinator.ts');
  const idle = ['cache', 'no-cache'].find((name) => values[name] !== undefined);
  if (idle) note(`note: --${idle}: with --queue answers are kept in the store, and nowhere else`);
  const signal = stopSignal();
  const cluster = await openCluster({
    ...places,
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
  postToMain({ kind: 'orderly', needed: true });
  signal.addEventListener('abort', () => {
    void cluster.close().then(() => postToMain({ kind: 'orderly', needed: false }));
  });
  return cluster;
}
