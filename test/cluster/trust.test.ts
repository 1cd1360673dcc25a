// Others write to Redis or to the store. The results stay those of one machine, or the command fails with the reason.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { isSigned, openSigner, signTask } from '../../src/cluster/signature.ts';
import { signedStore } from '../../src/cluster/signed-store.ts';
import { openStore } from '../../src/cluster/store.ts';
import { encodeLabels } from '../../src/teacher/label-cache.ts';
import { modelPath, temporary } from '../cli/run.ts';
import { debkd, hasRedis, type Process, type RedisServer, redisServer, somethingToLabel, worker } from './machines.ts';

const SECRET = 'a key of thirty-two letters, long';

describe('a signer', () => {
  const signer = openSigner(SECRET);

  test('no key gives no signer; a short key is refused', () => {
    expect([openSigner(''), openSigner(undefined)]).toEqual([undefined, undefined]);
    expect(() => openSigner('short')).toThrow(/DEBKD_CLUSTER_KEY: a key of 5 characters, expected at least 16/);
  });

  test('a signature is valid for the task in any order of its keys, and for no other task', () => {
    const signed = signTask({ kind: 'cell', job: { method: 'kd', seed: 1 } }, signer);
    expect(isSigned(signed, signer)).toBe(true);
    expect(isSigned({ ...signed, job: { seed: 1, method: 'kd' } }, signer)).toBe(true);
    for (const other of [
      { ...signed, job: { method: 'hard', seed: 1 } },
      { ...signed, more: 1 },
      { ...signed, signature: undefined },
      { ...signed, signature: 'ab'.repeat(32) },
      { ...signed, signature: 7 },
    ])
      expect(isSigned(other, signer)).toBe(false);
    expect(isSigned(signed, openSigner('another key of many letters'))).toBe(false);
    expect(isSigned({ kind: 'cell' }, undefined)).toBe(true);
  });

  test('an entry without a valid signature is absent and quarantined', async () => {
    const folder = temporary();
    const plain = await openStore(folder);
    const store = signedStore(plain, signer);
    const key = 'ab'.repeat(32);
    await store.put(key, Uint8Array.of(1, 2, 3));
    expect(await store.get(key)).toEqual(Uint8Array.of(1, 2, 3));
    expect([await store.has(key), await plain.has(key)]).toEqual([true, false]);
    const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /[0-9a-f]{64}$/.test(name));
    expect(names).toHaveLength(1);
    const path = join(folder, names[0] as string);
    writeFileSync(path, readFileSync(path).fill(9, 0, 1));
    expect([await store.get(key), await store.has(key)]).toEqual([undefined, false]);
    expect(readdirSync(join(folder, 'damaged'))).toHaveLength(1);
    // a signed entry under another name
    await store.put('cd'.repeat(32), Uint8Array.of(7));
    const [other] = (readdirSync(folder, { recursive: true }) as string[]).filter((name) =>
      /^[0-9a-f]{2}\/[0-9a-f]{64}$/.test(name),
    );
    writeFileSync(path, readFileSync(join(folder, other as string)));
    expect(await store.get(key)).toBeUndefined();
  });
});

describe.runIf(hasRedis)('changes by others', () => {
  const folder = temporary();
  let redis: RedisServer;
  let label: readonly string[];
  let alone: string;
  const places = (store: string): string[] => ['--queue', redis.url, '--store', join(folder, store)];
  const key = (pattern: string): string => redis.cli('KEYS', pattern).split('\n')[0] ?? '';
  const waiting = async (pattern: string, job: Process): Promise<string> => {
    for (let i = 0; i < 600 && key(pattern) === ''; i++) await sleep(50);
    expect(key(pattern), job.said()).not.toBe('');
    return key(pattern);
  };
  const same = async (job: Process): Promise<string> => {
    const { status, stdout, said } = await job.ended;
    expect(status, said).toBe(0);
    expect(stdout === alone, said).toBe(true);
    return said;
  };
  const entries = (store: string): string[] =>
    (readdirSync(join(folder, store), { recursive: true }) as string[])
      .filter((name) => /^[0-9a-f]{2}\/[0-9a-f]{64}$/.test(name))
      .map((name) => join(folder, store, name));
  beforeAll(async () => {
    redis = await redisServer(join(folder, 'redis'));
    label = somethingToLabel(folder, 2, 400);
    alone = (await debkd([...label, '--no-cache']).ended).stdout;
  });

  test('the method of a waiting task is changed: the worker refuses the task, and the coordinator queues it again', async () => {
    const compare = [
      ...['compare', '--teacher', modelPath('wdbc-mlp-biased/teacher.onnx'), '--data', modelPath('wdbc/data.csv')],
      ...['--preprocessing', modelPath('wdbc/preprocessing.json'), '--split', modelPath('wdbc/split.csv')],
      ...['--student', '4', '--epochs', '3', '--methods', 'hard,kd', '--seeds', '1', '--json'],
    ];
    const strip = (text: string): unknown => ({ ...JSON.parse(text), timing: undefined, command: undefined });
    const one = await debkd([...compare, '--no-cache']).ended;
    // afterwards the labels are in the store, and only cells wait without a worker
    const first = await worker(places('method'));
    const before = await debkd([...compare, ...places('method')]).ended;
    expect(strip(before.stdout)).toEqual(strip(one.stdout));
    first.child.kill('SIGKILL');
    const again = [...compare.slice(0, -3), '--seeds', '2', '--json'];
    const alone2 = await debkd([...again, '--no-cache']).ended;
    const job = debkd([...again, ...places('method')]);
    const task = await waiting('debkd:*:cell-*', job);
    const data = JSON.parse(redis.cli('HGET', task, 'data'));
    data.job.method = data.job.method === 'kd' ? 'hard' : 'kd';
    redis.cli('HSET', task, 'data', JSON.stringify(data));
    const second = await worker(places('method'));
    const { status, stdout, said } = await job.ended;
    expect(status, said).toBe(0);
    expect(said).toMatch(/note: (kd|hard) of seed 2: queued task: altered in the queue.*; queued again/);
    expect(strip(stdout)).toEqual(strip(alone2.stdout));
    second.child.kill('SIGKILL');
  });

  test('a task that is no longer JSON is reported and queued again at once', async () => {
    const job = debkd([...label, ...places('broken')]);
    const task = await waiting('debkd:*:labels-*', job);
    redis.cli('HSET', task, 'data', '{"build":');
    const one = await worker([...places('broken'), '--heartbeat-timeout', '30']);
    expect(await same(job)).toMatch(/note: rows .*: queued task: altered in the queue.*; queued again/);
    one.child.kill('SIGKILL');
  });

  test('damaged results and uploads are quarantined and written again', async () => {
    const one = await worker(places('damaged'));
    await same(debkd([...label, ...places('damaged')]));
    const all = entries('damaged');
    for (const path of all) writeFileSync(path, readFileSync(path).subarray(0, 40));
    await same(debkd([...label, ...places('damaged')]));
    expect(readdirSync(join(folder, 'damaged', 'damaged')).length).toBe(all.length);
    one.child.kill('SIGKILL');
  });

  test('the teacher is damaged after its upload: the coordinator reports it and queues the task again', async () => {
    const job = debkd([...label, ...places('teacher')]);
    const task = await waiting('debkd:*:labels-*', job);
    const { teacher } = JSON.parse(redis.cli('HGET', task, 'data'));
    const path = join(folder, 'teacher', teacher.slice(0, 2), teacher);
    writeFileSync(path, readFileSync(path).fill(0, 100, 200));
    const one = await worker(places('teacher'));
    expect(await same(job)).toMatch(/task inputs: teacher damaged in the store.*; queued again/);
    one.child.kill('SIGKILL');
  });

  test('two coordinators share tasks: after Ctrl-C at one, the other ends with all results', async () => {
    const first = debkd([...label, ...places('two')]);
    await waiting('debkd:*:labels-*', first);
    const second = debkd([...label, ...places('two')]);
    for (
      let i = 0;
      i < 600 &&
      redis
        .cli('KEYS', 'debkd:*:subscribers/*')
        .split('\n')
        .some((set) => redis.cli('SCARD', set) !== '2');
      i++
    )
      await sleep(50);
    first.child.kill('SIGINT');
    expect((await first.ended).status).toBe(130);
    expect(key('debkd:*:labels-*'), 'the other one still waits for its tasks').not.toBe('');
    const one = await worker(places('two'));
    await same(second);
    expect(redis.cli('KEYS', 'debkd:*:subscribers/*')).toBe('');
    expect(entries('two')).toHaveLength(4); // teacher and labels of three blocks; no rows
    one.child.kill('SIGKILL');
  });

  test('with a key: the same results; workers with another key get no tasks; forged labels are computed again', async () => {
    const env = { DEBKD_CLUSTER_KEY: SECRET };
    const stranger = await worker(places('sealed'), { DEBKD_CLUSTER_KEY: 'some other key of many letters' });
    const refused = await debkd([...label, ...places('sealed')], env).ended;
    expect([refused.status, refused.said]).toEqual([
      2,
      expect.stringContaining('has another DEBKD_CLUSTER_KEY, or none'),
    ]);
    const one = await worker(places('sealed'), env);
    await same(debkd([...label, ...places('sealed')], env));
    // well-formed labels, forged by somebody with write access to the store
    const [victim] = entries('sealed').filter((path) => readFileSync(path).length > 16384 * 8);
    const forged = encodeLabels('ab'.repeat(32), { margins: new Float64Array(16384).fill(9), clippedCount: 0 });
    writeFileSync(victim as string, Buffer.concat([forged, new Uint8Array(32)]));
    await same(debkd([...label, ...places('sealed')], env));
    expect(stranger.stdout()).toBe('');
    stranger.child.kill('SIGKILL');
    one.child.kill('SIGKILL');
  });
});
