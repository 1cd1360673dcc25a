// The limit of tasks in the queue.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Semaphore } from '../../src/cluster/semaphore.ts';

test('work runs in order and never exceeds the permits, even if some of it fails', async () => {
  const semaphore = new Semaphore(3);
  const started: number[] = [];
  let [running, most] = [0, 0];
  const work = (i: number) => async (): Promise<number> => {
    started.push(i);
    most = Math.max(most, ++running);
    await turn();
    running--;
    if (i % 4 === 0) throw new Error(`${i}`);
    return i;
  };
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  const results = await Promise.allSettled(numbers.map((i) => semaphore.run(work(i))));
  expect([most, started]).toEqual([3, numbers]);
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual(numbers.map((i) => i % 4 !== 0));
});

test('flush starts the waiting work', async () => {
  const semaphore = new Semaphore(1);
  const never = semaphore.run(() => new Promise<void>(() => undefined));
  const waiting = [1, 2].map((i) => semaphore.run(async () => i));
  semaphore.flush();
  expect(await Promise.all(waiting)).toEqual([1, 2]);
  expect(await Promise.race([never, turn('still running')])).toBe('still running');
});
