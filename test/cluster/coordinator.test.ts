// The coordinator: cancelled tasks leave the queue, and no call waits forever.
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
import { debkd, hasRedis, type RedisServer, redisServer, run, somethingToLabel, worker } from './machines.ts';

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

  test('an abort at any moment rejects every run with its reason and empties the queue', async () => {
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

  test('close rejects pending tasks and removes them from the queue', async () => {
    const cluster = await start();
    const run = cluster.run(task('open'));
    const failed = expect(run).rejects.toMatchObject({ code: 'queue' });
    await sleep(100);
    expect(left()).toHaveLength(1);
    await cluster.close();
    await failed;
    expect(left()).toEqual([]);
  });

  test('two runs of the same task share one job, and both resolve', async () => {
    const cluster = await start();
    const both = Promise.all([cluster.run(task('twice')), cluster.run(task('twice'))]);
    await sleep(200);
    expect(left()).toHaveLength(1);
    await cluster.store.put(keyOf('twice'), new Uint8Array(1)); // as a worker whose event is lost
    await both;
  });

  test('coordinator and worker close promptly while Redis is unreachable', async () => {
    const other = await redisServer(join(folder, 'other'));
    const cluster = await openCluster({ queue: other.url, store: join(folder, 'store') });
    const run = expect(cluster.run(task('away'))).rejects.toMatchObject({ code: 'queue' });
    const one = await worker(['--queue', other.url, '--store', join(folder, 'store')]);
    await sleep(100);
    await other.stop('SIGKILL');
    await one.until(/Redis is unreachable/);
    await cluster.close();
    await run;
    one.child.kill('SIGTERM');
    expect((await one.ended).status).toBe(0);
  });

  test('a full Redis: an error with its reason', async () => {
    const cluster = await start();
    redis.cli('CONFIG', 'SET', 'maxmemory', '1');
    await expect(cluster.run(task('full'))).rejects.toThrow(/Redis refuses new tasks \(OOM.*; check the memory/);
    redis.cli('CONFIG', 'SET', 'maxmemory', '0');
  });

  test.each(['openCluster', 'openWorker'])('%s that fails leaves no connection: its program ends', async (name) => {
    // BullMQ asks for the version of Redis
    redis.cli('ACL', 'SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-info');
    const where = { queue: redis.url.replace('//', '//limited:secret@'), store: join(folder, 'store') };
    const library = new URL('../../dist/cluster/index.js', import.meta.url).href;
    const program = `import { ${name} } from ${JSON.stringify(library)};
      await ${name}(${JSON.stringify(where)}).catch((error) => console.log(error.code, error.message));`;
    const one = run(process.execPath, ['--input-type=module', '--eval', program]);
    const late = setTimeout(() => one.child.kill('SIGKILL'), 20_000);
    const { status, stdout } = await one.ended;
    clearTimeout(late);
    expect(stdout).toMatch(/^queue queue ".*": the user lacks permissions \(NOPERM .*'info' command\); allow/);
    expect(status).toBe(0);
  });

  const subscribers = (): string => redis.cli('KEYS', 'debkd:*:subscribers/*');

  test('a task whose inputs cannot be written has no subscriber, and the last other one removes it', async () => {
    const [one, other] = [await start(), await start()];
    const prepare = (): Promise<void> => Promise.reject(new Error('no inputs'));
    await expect(one.run(task('unprepared'), { prepare })).rejects.toThrow('no inputs');
    expect(subscribers()).toBe('');
    const failed = expect(other.run(task('unprepared'))).rejects.toMatchObject({ code: 'queue' });
    // a call that fails next to one that waits leaves the subscription of both
    while (left().length === 0) await sleep(20);
    await expect(other.run(task('unprepared'), { prepare })).rejects.toThrow('no inputs');
    expect(subscribers()).not.toBe('');
    await other.close();
    await failed;
    expect([left(), subscribers()]).toEqual([[], '']);
  });

  test('close unsubscribes from a task whose inputs are being written', async () => {
    const cluster = await start();
    let written = (): void => undefined;
    const prepare = (): Promise<void> => new Promise((resolve) => (written = resolve));
    const failed = expect(cluster.run(task('slow'), { prepare })).rejects.toMatchObject({ code: 'queue' });
    while (subscribers() === '') await sleep(20);
    await cluster.close();
    written();
    await failed;
    expect(subscribers()).toBe('');
  });

  test('rows of waiting tasks are in the store, and not in memory', async () => {
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

  test('worker and coordinator survive a short failure of the store', async () => {
    const place = join(folder, 'shaky');
    const aside = join(folder, 'aside');
    const label = somethingToLabel(folder, 5, 3000);
    const alone = await debkd([...label, '--no-cache']).ended;
    const places = ['--queue', redis.url, '--store', place];
    const one = await worker(places);
    const job = debkd([...label, ...places]);
    await one.until(/^done: /m);
    renameSync(place, aside);
    mkdirSync(place); // like a mount point without its mount
    await sleep(1500);
    rmSync(place, { recursive: true });
    renameSync(aside, place);
    const { status, stdout, said } = await job.ended;
    expect(status, said).toBe(0);
    expect(stdout === alone.stdout).toBe(true);
    one.child.kill('SIGKILL');
  });
});

test('withRetry retries failures of the location, reports them once, and does not retry other errors', async () => {
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
  expect(notes).toEqual(['note: store: it is away; retrying', 'note: the store works again']);
  await expect(withRetry(store).has('../x')).rejects.toMatchObject({ code: 'task' });
});
