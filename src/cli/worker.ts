// debkd worker: runs the tasks of a queue until it is interrupted.
import { openWorkerOf } from '../cluster/worker.ts';
import { DebkdError, printable } from '../io/errors.ts';
import { number, type Values } from '../settings/values.ts';
import { clusterLocation } from './cluster.ts';
import { note, postToMain, print } from './messages.ts';
import { nameOption } from './name-option.ts';
import { stopSignal } from './stop-signal.ts';

const sentenceOf = (error: Error): string =>
  error instanceof DebkdError ? error.toSentence(nameOption) : error.message;

/** @param program the entry of its threads */
export async function workerCommand(values: Values, program: URL): Promise<void> {
  const signal = stopSignal();
  const location = clusterLocation({
    ...(process.env['DEBKD_QUEUE'] && { queue: process.env['DEBKD_QUEUE'] }),
    ...(process.env['DEBKD_STORE'] && { store: process.env['DEBKD_STORE'] }),
    ...values,
  });
  if (!location)
    throw new DebkdError('usage', {
      subject: 'worker',
      seen: '--queue URL and --store PLACE are missing',
      remedy: 'give the values that label or compare was given',
    });
  const threads = number(values, 'threads') ?? 1;
  const startTimes = new Map<string, number>();
  let [done, failed] = [0, 0];
  const worker = await openWorkerOf(program, {
    ...location,
    threads,
    teacherLimit: number(values, 'teacher-limit'),
    heartbeatTimeout: number(values, 'heartbeat-timeout'),
    onEvent(event) {
      if (event.kind === 'disconnected') return note('note: Redis is unreachable; waiting for it');
      if (event.kind === 'reconnected') return note('note: Redis is reachable again');
      const { task } = event;
      if (event.kind === 'started') startTimes.set(event.task.key, performance.now());
      const seconds = ((performance.now() - (startTimes.get(task?.key ?? '') ?? performance.now())) / 1000).toFixed(1);
      if (event.kind === 'done') {
        done++;
        startTimes.delete(event.task.key);
        void print(`${printable(`done: ${event.task.kind}, ${event.task.title}, ${seconds} s`)}\n`);
      }
      if (event.kind === 'failed') {
        failed++;
        note(`failed: ${task ? `${task.kind}, ${task.title}` : 'a task'}: ${sentenceOf(event.error)}`);
      }
    },
  });
  postToMain({ kind: 'graceful-stop', needed: true });
  note(`${worker.name} is ready: up to ${threads} task${threads > 1 ? 's' : ''} at a time, store ${location.store}`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  note('stopping after the running tasks; interrupt again to leave them to other workers');
  await worker.close();
  await print(`${done} tasks done, ${failed} failed\n`);
}
