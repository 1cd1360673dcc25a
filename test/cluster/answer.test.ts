// A cluster gives the same results as one machine, and stops cleanly.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { modelPath, temporary } from '../cli/run.ts';
import { debkd, hasRedis, type RedisServer, redisServer, somethingToLabel, worker } from './machines.ts';

describe.runIf(hasRedis)('a cluster on this machine', () => {
  const folder = temporary();
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await redisServer(join(folder, 'redis'));
  });
  const places = (store: string): string[] => ['--queue', redis.url, '--store', join(folder, store)];

  test('label with one worker and with three: the bytes of one machine; a second run needs no worker', async () => {
    const label = somethingToLabel(folder, 5, 500);
    const alone = await debkd([...label, '--no-cache']).ended;
    expect(alone.status, alone.said).toBe(0);
    expect(alone.stdout.split('\n')).toHaveLength(16384 * 5 + 100 + 2);
    for (const [store, count] of [
      ['one', 1],
      ['three', 3],
    ] as const) {
      const workers = await Promise.all(Array.from({ length: count }, () => worker(places(store))));
      const together = await debkd([...label, ...places(store)]).ended;
      expect(together.stdout === alone.stdout, together.said).toBe(true);
      const done = workers.map(({ stdout }) => stdout().match(/^done: labels/gm)?.length ?? 0);
      expect(done.reduce((sum, n) => sum + n, 0)).toBe(6);
      for (const { child, ended } of workers) {
        child.kill('SIGTERM');
        expect((await ended).status).toBe(0);
      }
    }
    // all results are in the store
    const again = await debkd([...label, ...places('three'), '--out', join(folder, 'again.f32')]).ended;
    expect(again.status, again.said).toBe(0);
    const margins = readFileSync(join(folder, 'again.f32'));
    expect(margins.length).toBe(4 * (16384 * 5 + 100));
    const second = Number(alone.stdout.split('\n')[2]?.split(',')[1]);
    expect(margins.readFloatLE(4)).toBe(Math.fround(second));
    expect(redis.cli('KEYS', 'debkd:*:labels-*')).toBe('');
  });

  test('compare with tuning: each setting is a task, the results are those of one machine', async () => {
    const compare = [
      ...['compare', '--teacher', modelPath('wdbc-mlp-biased/teacher.onnx'), '--data', modelPath('wdbc/data.csv')],
      ...['--preprocessing', modelPath('wdbc/preprocessing.json'), '--split', modelPath('wdbc/split.csv')],
      ...['--student', '4', '--epochs', '3', '--methods', 'hard,fitnet,debiased,debiased-hint', '--seeds', '2'],
      ...['--tune', '--json'],
    ];
    const strip = (text: string): unknown => ({ ...JSON.parse(text), timing: undefined, command: undefined });
    const alone = await debkd([...compare, '--no-cache']).ended;
    const workers = await Promise.all([1, 2].map(() => worker(places('compare'))));
    const together = await debkd([...compare, ...places('compare')]).ended;
    expect(together.status, together.said).toBe(0);
    expect(strip(together.stdout)).toEqual(strip(alone.stdout));
    expect(together.stdout).not.toContain('redis:');
    const all = workers.map(({ stdout }) => stdout()).join('');
    const counts = ['debiased', 'student', 'cell'].map((kind) => all.match(new RegExp(`^done: ${kind}`, 'gm'))?.length);
    expect(counts).toEqual([2, 120, 8]);
    for (const { child } of workers) child.kill('SIGKILL');
  });

  test('Ctrl-C: exit code 130, and tasks that no worker has started leave the queue', async () => {
    const label = somethingToLabel(folder, 12, 12000);
    const busy = await worker(places('cancel'));
    const run = debkd([...label, ...places('cancel'), '--out', join(folder, 'cancelled.csv')]);
    await busy.until(/^done: labels/m);
    const queue = redis.cli('KEYS', 'debkd:*:wait');
    expect(Number(redis.cli('LLEN', queue))).toBeGreaterThan(5);
    run.child.kill('SIGINT');
    const { status, said } = await run.ended;
    expect([status, said]).toEqual([130, expect.stringContaining('debkd: interrupted')]);
    expect(Number(redis.cli('LLEN', queue))).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('cancelled'))).toEqual([]);
    // a second interrupt ends a worker at once
    busy.child.kill('SIGINT');
    await busy.until(/stopping/);
    busy.child.kill('SIGINT');
    expect((await busy.ended).status).toBe(130);
  });
});
