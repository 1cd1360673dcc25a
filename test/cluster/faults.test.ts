// Faults of machines. The command ends with the same bytes, or says which tasks failed and why.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporary } from '../cli/run.ts';
import {
  debkd,
  hasRedis,
  type Process,
  type RedisServer,
  redisServer,
  run,
  somethingToLabel,
  worker,
} from './machines.ts';

describe.runIf(hasRedis)('faults', () => {
  const folder = temporary();
  let redis: RedisServer;
  let label: readonly string[];
  let alone: string;
  const places = (store: string): string[] => ['--queue', redis.url, '--store', join(folder, store)];
  const quick = (store: string): string[] => [...places(store), '--heartbeat-timeout', '1'];
  const end = (...processes: Process[]): Promise<unknown> => {
    for (const { child } of processes) child.kill('SIGKILL');
    return Promise.all(processes.map(({ ended }) => ended));
  };
  const same = async (job: Process): Promise<void> => {
    const { status, stdout, said } = await job.ended;
    expect(status, said).toBe(0);
    expect(stdout === alone, said).toBe(true);
  };
  beforeAll(async () => {
    redis = await redisServer(join(folder, 'redis'));
    label = somethingToLabel(folder, 7, 4000);
    alone = (await debkd([...label, '--no-cache']).ended).stdout;
  });

  test('workers are killed or suspended: others run their tasks, late results count once', async () => {
    const [killed, stopped, steady] = await Promise.all([1, 2, 3].map(() => worker(quick('killed'))));
    const job = debkd([...label, ...places('killed')]);
    await (killed as Process).until(/^done: /m);
    killed?.child.kill('SIGKILL');
    stopped?.child.kill('SIGSTOP');
    // until the others have done most of the job
    await (steady as Process).until(/(^done: [\s\S]*){4}/m);
    stopped?.child.kill('SIGCONT');
    await same(job);
    await end(stopped as Process, steady as Process);
  });

  test('Redis is killed, restarted and emptied', async () => {
    const one = await worker(quick('redis'));
    const job = debkd([...label, ...places('redis')]);
    await one.until(/^done: /m);
    await redis.stop('SIGKILL');
    await one.until(/Redis is unreachable/);
    await redis.start();
    await one.until(/Redis is reachable again/);
    await one.until(/Redis is reachable again[\s\S]*^done: /m);
    redis.cli('FLUSHALL');
    await same(job);
    expect(job.said()).toMatch(/Redis is unreachable[\s\S]*Redis is reachable again/);
    await end(one);
  });

  test('the coordinator is killed and restarted', async () => {
    const one = await worker(quick('coordinator'));
    const first = debkd([...label, ...places('coordinator')]);
    await one.until(/^done: /m);
    await end(first);
    await same(debkd([...label, ...places('coordinator')]));
    // a task that was done while the second coordinator started may be queued again
    const done = one.stdout().match(/^done: labels, rows \d+/gm) ?? [];
    expect(new Set(done).size).toBe(8);
    expect(done.length).toBeLessThanOrEqual(9);
    await end(one);
  });

  test('rows that the teacher refuses are named; the other tasks are done and kept', async () => {
    const data = join(folder, 'bad.csv');
    const rows = readFileSync(join(folder, 'rows.csv'), 'utf8').split('\n');
    rows[20000] = '0.5,x';
    writeFileSync(data, rows.join('\n'));
    const bad = [...label.slice(0, 3), '--data', data, ...label.slice(5)];
    const one = await worker(places('bad'));
    const { status, said, stdout } = await debkd([...bad, ...places('bad')]).ended;
    expect(status).toBe(2);
    expect(said).toContain('debkd: cluster: 1 of 8 tasks failed: rows 16385 to 32768: data');
    expect(said).toMatch(/column "b", row 20000: "x" cannot go into the teacher as it is/);
    expect(stdout === `${alone.split('\n').slice(0, 16385).join('\n')}\n`).toBe(true);
    expect(one.stdout().match(/^done: labels/gm)).toHaveLength(7);
    await end(one);
  });

  test('a teacher exceeds the time limit of a worker', async () => {
    const slow = somethingToLabel(temporary(), 1, 200_000);
    const patient = await worker([...places('slow'), '--teacher-limit', '0.1']);
    const { status, said } = await debkd([...slow, ...places('slow')]).ended;
    expect(status, said).toBe(2);
    expect(said).toMatch(/2 of 2 tasks failed: rows 1 to 16384: teacher: the ONNX runtime took longer than .* 0.1 s/);
    expect(said).toMatch(/raise the limit \(--teacher-limit\).* or run the same again/);
    await end(patient);
  });

  test('a task kills its workers', async () => {
    const program = fileURLToPath(new URL('crashing-worker.mjs', import.meta.url));
    const title = 'rows 16385 to 32768';
    const steady = { over: false };
    const job = debkd([...label, ...places('poison')]);
    let deaths = 0;
    const lives = (async () => {
      while (!steady.over) {
        const mortal = run(process.execPath, [program, redis.url, join(folder, 'poison'), title]);
        void job.ended.then(() => mortal.child.kill('SIGKILL'));
        if ((await mortal.ended).signal === 'SIGKILL' && !steady.over) deaths++;
      }
    })();
    const ended = await job.ended;
    steady.over = true;
    await lives;
    expect(ended.status, ended.said).toBe(2);
    expect(ended.said).toMatch(
      /debkd: cluster: 1 of 8 tasks failed: rows 16385 to 32768: workers: every worker that took the task stopped/,
    );
    expect(deaths).toBeGreaterThanOrEqual(4);
    // a worker that survives the task runs it, and no other task
    const sound = await worker(places('poison'));
    await same(debkd([...label, ...places('poison')]));
    expect(sound.stdout().match(/^done: labels/gm)).toHaveLength(1);
    await end(sound);
  });

  describe('reported before any work', () => {
    const copy = fileURLToPath(new URL('../../build/other-build', import.meta.url));
    afterAll(() => rmSync(copy, { recursive: true, force: true }));
    const refused = async (args: readonly string[], message: RegExp, env?: Record<string, string>): Promise<void> => {
      const { status, said, stdout } = await debkd(args, env).ended;
      expect(said).toMatch(message);
      // before the error is progress only, where the connection takes long
      expect(
        said
          .replace(/^\d+ %.*\n/gm, '')
          .trim()
          .split('\n'),
      ).toHaveLength(1);
      expect([status, stdout]).toEqual([2, '']);
    };

    test('workers of another build or store; with compatible workers present they get no tasks', async () => {
      cpSync(fileURLToPath(new URL('../../dist', import.meta.url)), copy, { recursive: true });
      const chunks = join(copy, 'chunks');
      let replaced = 0;
      for (const name of readdirSync(chunks)) {
        const text = readFileSync(join(chunks, name), 'utf8');
        const changed = text.replace(/(BUILD = true \? ")[0-9a-f]{12}/, '$1000000000000');
        if (changed !== text) replaced++;
        writeFileSync(join(chunks, name), changed);
      }
      expect(replaced).toBe(1);
      const other = run(process.execPath, [join(copy, 'cli', 'main.js'), 'worker', ...places('builds')]);
      await other.until(/ is ready:/);
      await refused(
        [...label, ...places('builds')],
        /the only worker is incompatible \(\S+ runs another build of debkd\); install the same build/,
      );
      const able = await worker(places('builds'));
      const job = debkd([...label, ...places('builds')]);
      await same(job);
      expect(job.said()).toMatch(/note: worker \S+ runs another build of debkd and gets none of these tasks/);
      expect(other.stdout()).toBe('');
      await end(other, able);

      const elsewhere = await worker(places('elsewhere'));
      await refused([...label, ...places('builds')], /uses another store\); give all machines the same store/);
      await end(elsewhere);
    });

    test('no Redis, an unknown host, an invalid address, a wrong password, an evicting Redis', async () => {
      const store = ['--store', join(folder, 'nothing')];
      await refused(
        [...label, '--queue', 'redis://127.0.0.1:1', ...store],
        /no Redis listens at this address; start Redis/,
      );
      await refused([...label, '--queue', 'redis://no-such-host.invalid', ...store], /host not found|no answer within/);
      await refused([...label, '--queue', 'localhost:6379', ...store], /expected redis:\/\/HOST:PORT/);
      const guarded = await redisServer(join(folder, 'guarded'), ['--requirepass', 'right']);
      for (const who of ['', 'default:wrong@', ':wrong@']) {
        const url = guarded.url.replace('redis://', `redis://${who}`);
        await refused([...label, '--queue', url, ...store], /user or password is wrong or missing/);
        const { said } = await debkd(['worker', '--queue', url, ...store]).ended;
        expect(said).not.toContain('wrong@');
      }
      const right = guarded.url.replace('redis://', 'redis://:right@');
      const one = await worker(['--queue', right, '--store', join(folder, 'guarded-store')]);
      await same(debkd([...label, '--queue', right, '--store', join(folder, 'guarded-store')]));
      await end(one);
      const forgetful = await redisServer(join(folder, 'forgetful'), ['--maxmemory-policy', 'allkeys-lru']);
      await refused([...label, '--queue', forgetful.url, ...store], /maxmemory-policy allkeys-lru/);
    });

    test('a store that is a file or cannot be written; a missing or misspelled option', async () => {
      await refused([...label, '--queue', redis.url, '--store', join(folder, 'rows.csv')], /rows\.csv.*cannot be/);
      await refused(
        [...label, '--queue', redis.url, '--store', '/proc/debkd'],
        /"store \/proc\/debkd": cannot be written/,
      );
      await refused([...label, '--queue', redis.url], /option --queue: --store is missing, expected both/);
      await refused(['worker'], /--queue URL and --store PLACE are missing/);
      await refused(['worker', '--queu', redis.url], /did you mean --queue\?/);
    });
  });
});
