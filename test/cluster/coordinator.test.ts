// The coordinator by itself: what is cancelled leaves the queue, and nothing waits for ever.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { openCluster } from '../../src/cluster/coordinator.ts';
import { labelRows, type SharedTeacher } from '../../src/cluster/label-tasks.ts';
import { withRetry } from '../../src/cluster/retry.ts';
import { openStore } from '../../src/cluster/store.ts';
import { denseMatrix, type Matrix } from '../../src/data/matrix.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { sha256 } from '../../src/io/sha256.ts';
import { temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { debkd, hasRedis, type RedisServer, redisServer, somethingToLabel, worker } from './machines.ts';

const keyOf = (text: string): string => sha256(new TextEncoder().encode(text));
const task = (name: string) => ({
  ...({ kind: 'labels', title: name, count: 1 } as const),
  ...{ key: keyOf(name), teacher: keyOf('t'), rows: keyOf('r') },
});

describe.runIf(hasRedis)('a coordinator', () => {
  const folder = temporary();
  let redis: RedisServer;
  const open: Cluster[] = [];
  beforeAll(async () => {
    redis = await redisServer(join(folder, 'redis'));
  });
  afterEach(async () => {
    for (const cluster of open.splice(0)) await cluster.close();
    redis.cli('FLUSHALL');
  });
  const start = async (more: object = {}): Promise<Cluster> => {
    const cluster = await openCluster({ queue: redis.url, store: join(folder, 'store'), ...more });
    open.push(cluster);
    return cluster;
  };
  const left = (): string[] =>
    redis
      .cli('KEYS', 'debkd:*:labels-*')
      .split('\n')
      .filter((key) => key !== '');

  test('aborted at any moment: every run rejects with the reason, and the queue is empty', async () => {
    const { below } = dice(3);
    for (let round = 0; round < 8; round++) {
      const controller = new AbortController();
      const cluster = await start({ signal: controller.signal });
      const prepare = (): Promise<void> => sleep(below(30));
      const runs = Array.from({ length: 60 }, (_, i) => cluster.run(task(`${round} ${i}`), { prepare }));
      const ended = Promise.allSettled(runs);
      await sleep(below(40));
      controller.abort(new Error('enough'));
      for (const one of await ended) expect(one).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
      await cluster.close();
      expect(left()).toEqual([]);
      await expect(cluster.run(task('late'))).rejects.toThrow('enough');
    }
  });

  test('closed: what is open is rejected and leaves the queue', async () => {
    const cluster = await start();
    const run = cluster.run(task('open'));
    const failed = expect(run).rejects.toMatchObject({ code: 'queue' });
    await sleep(100);
    expect(left()).toHaveLength(1);
    await cluster.close();
    await failed;
    expect(left()).toEqual([]);
  });

  test('the same task twice is one, and both are answered', async () => {
    const cluster = await start();
    const both = Promise.all([cluster.run(task('twice')), cluster.run(task('twice'))]);
    await sleep(200);
    expect(left()).toHaveLength(1);
    await cluster.store.put(keyOf('twice'), new Uint8Array(1)); // as a worker that nobody heard of
    await both;
  });

  test('closed while Redis is away, also by a worker: within a moment', async () => {
    const other = await redisServer(join(folder, 'other'));
    const cluster = await openCluster({ queue: other.url, store: join(folder, 'store') });
    const run = expect(cluster.run(task('away'))).rejects.toMatchObject({ code: 'queue' });
    const one = await worker(['--queue', other.url, '--store', join(folder, 'store')]);
    await sleep(100);
    await other.stop('SIGKILL');
    await one.until(/Redis is away/);
    await cluster.close();
    await run;
    one.child.kill('SIGTERM');
    expect((await one.ended).status).toBe(0);
  });

  test('Redis that takes nothing more: an error that says so', async () => {
    const cluster = await start();
    redis.cli('CONFIG', 'SET', 'maxmemory', '1');
    await expect(cluster.run(task('full'))).rejects.toThrow(/it takes no tasks \(OOM.*see to Redis/);
    redis.cli('CONFIG', 'SET', 'maxmemory', '0');
  });

  test('rows that wait are in the store, and not in memory', async () => {
    const held: WeakRef<Int32Array>[] = [];
    const cluster = await start();
    const teacher = { identity: 'i' } as SharedTeacher['teacher'];
    const ask = (i: number): Promise<unknown> => {
      const rows: Matrix = denseMatrix(new Float32Array(10_000).fill(i), 10);
      held.push(new WeakRef(rows.data));
      return labelRows(cluster, { teacher, packed: keyOf('t') }, rows, `${i}`);
    };
    const runs = Promise.allSettled(Array.from({ length: 20 }, (_, i) => ask(i)));
    await sleep(500);
    const { setFlagsFromString } = await import('node:v8');
    setFlagsFromString('--expose-gc');
    const gc = (await import('node:vm')).runInNewContext('gc') as () => void;
    gc();
    await sleep(50);
    gc();
    expect(held.filter((reference) => reference.deref() !== undefined)).toEqual([]);
    await cluster.close();
    await runs;
  });

  test('a store that fails for a moment: worker and coordinator go on', async () => {
    const place = join(folder, 'shaky');
    const aside = join(folder, 'aside');
    const label = somethingToLabel(folder, 5, 3000);
    const alone = await debkd([...label, '--no-cache']).ended;
    const places = ['--queue', redis.url, '--store', place];
    const one = await worker(places);
    const job = debkd([...label, ...places]);
    await one.until(/^done: /m);
    renameSync(place, aside);
    mkdirSync(place); // as a mount point without its mount
    await sleep(1500);
    rmSync(place, { recursive: true });
    renameSync(aside, place);
    const { status, stdout, said } = await job.ended;
    expect(status, said).toBe(0);
    expect(stdout === alone.stdout).toBe(true);
    one.child.kill('SIGKILL');
  });
});

test('a store with retries tries again, says so once, and gives up on what is no trouble of the place', async () => {
  const notes: string[] = [];
  const store = await openStore(join(temporary(), 's'));
  let failures = 2;
  const shaky = {
    ...store,
    async has(key: string) {
      if (failures-- > 0) throw new DebkdError('source', { subject: 'store', seen: 'it is away' });
      return store.has(key);
    },
  };
  expect(await withRetry(shaky, (text) => notes.push(text)).has(keyOf('a'))).toBe(false);
  expect(notes).toEqual(['note: store: it is away; trying again', 'note: the store is back']);
  await expect(withRetry(store).has('../x')).rejects.toMatchObject({ code: 'task' });
});
