// A worker in another network namespace that loses its connection.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { temporary } from '../cli/run.ts';
import { debkd, hasRedis, redisServer, run, somethingToLabel, worker } from './machines.ts';

const ip = (...args: string[]): boolean => spawnSync('ip', args).status === 0;
const space = `debkd-${process.pid}`;
const [here, there] = [`dh${process.pid}`, `dt${process.pid}`];
const HOST = '10.213.77.1';
const able =
  hasRedis &&
  ip('netns', 'add', space) &&
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there) &&
  ip('link', 'set', there, 'netns', space) &&
  ip('address', 'add', `${HOST}/24`, 'dev', here) &&
  ip('link', 'set', here, 'up') &&
  ip('netns', 'exec', space, 'ip', 'address', 'add', '10.213.77.2/24', 'dev', there) &&
  ip('netns', 'exec', space, 'ip', 'link', 'set', there, 'up');
if (!able) console.warn('skipped: no network namespaces (they need root and iproute2)');
afterAll(() => {
  ip('link', 'delete', here);
  ip('netns', 'delete', space);
});

describe.runIf(able)('two machines', () => {
  test('a worker loses its network during a task: another one runs it; reconnected, the worker continues', async () => {
    const folder = temporary();
    const redis = await redisServer(join(folder, 'redis'), ['--protected-mode', 'no'], HOST);
    const label = somethingToLabel(folder, 7, 4000);
    const places = ['--queue', redis.url, '--store', join(folder, 'store'), '--heartbeat-timeout', '1'];
    const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
    const far = run('ip', ['netns', 'exec', space, process.execPath, main, 'worker', ...places]);
    await far.until(/ is ready:/);
    const job = debkd([...label, ...places.slice(0, 4)]);
    await far.until(/^done: /m);
    ip('link', 'set', here, 'down');
    const near = await worker(places);
    const { status, stdout, said } = await job.ended;
    expect(status, said).toBe(0);
    const alone = await debkd([...label, '--no-cache']).ended;
    expect(stdout === alone.stdout).toBe(true);
    near.child.kill('SIGKILL');
    await near.ended;
    ip('link', 'set', here, 'up');
    const more = somethingToLabel(temporary(), 2, 500);
    const before = far.stdout().length;
    const again = await debkd([...more, ...places.slice(0, 4)]).ended;
    expect(again.status, again.said).toBe(0);
    expect(far.stdout().length).toBeGreaterThan(before);
    far.child.kill('SIGKILL');
  });
});
