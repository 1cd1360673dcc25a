// Batches run several at a time, and fail as if they ran one at a time.
import { expect, test } from 'vitest';
import { runBatches } from '../../src/teacher/run-batches.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test.each([1, 2, 5])('at most %i at a time, started in order, each once', async (most) => {
  const started: number[] = [];
  const ended: number[] = [];
  let [running, seen] = [0, 0];
  await runBatches(Array.from({ length: 20 }).keys(), {
    concurrency: () => most,
    async run(batch) {
      started.push(batch);
      seen = Math.max(seen, ++running);
      await wait((batch * 7) % 5);
      running--;
      ended.push(batch);
    },
  });
  expect(seen).toBe(most);
  expect(started).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(ended.toSorted((a, b) => a - b)).toEqual(started);
});

test('of several failed batches, the error is that of the first in the plan, and no further batch starts', async () => {
  const started: number[] = [];
  const error = await runBatches([0, 1, 2, 3, 4, 5, 6], {
    concurrency: () => 3,
    async run(batch) {
      started.push(batch);
      await wait(batch === 2 ? 1 : 20);
      if (batch > 0) throw new Error(`batch ${batch}`);
    },
  }).catch((reason: unknown) => reason);
  expect(error).toEqual(new Error('batch 1'));
  expect(started).toEqual([0, 1, 2]);
});

test('an abort is told at once, starts no further batch, and wins over the errors that it causes', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let end: (reason: Error) => void = () => undefined;
  let started = 0;
  const run = runBatches([1, 2, 3, 4], {
    concurrency: () => 2,
    signal,
    onAbort: () => end(new Error('the thread ended')),
    run: () =>
      new Promise((_, reject) => {
        started++;
        end = (reason) => reject(reason);
        if (started === 1) reject(new Error('the first'));
        setTimeout(() => controller.abort('enough'), 5);
      }),
  });
  await expect(run).rejects.toBe('enough');
  expect(started).toBeLessThan(3);
  await expect(runBatches([1], { concurrency: () => 1, signal, run: () => wait(0) })).rejects.toBe('enough');
});

test('an empty plan', async () => {
  await runBatches([], { concurrency: () => 2, run: () => Promise.reject(new Error('no batch')) });
});
