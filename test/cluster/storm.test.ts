// Random faults of a store and random deaths of workers. The results equal those of one machine.
import { existsSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { modelPath, temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { debkd, freePort, hasRedis, type Process, redisServer, run, somethingToLabel, worker } from './machines.ts';

const s3rver = fileURLToPath(new URL('../runtime/node_modules/s3rver/bin/s3rver.js', import.meta.url));
const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

/** The faults of an endpoint. */
const FAULTS = ['busy', 'broken', 'reset', 'cut', 'late'] as const;

/** Forwards requests to a port; one in five meets a fault. */
async function faultyProxy(port: number, seed: number): Promise<{ port: number; counts: Map<string, number> }> {
  const { below } = dice(seed);
  const counts = new Map<string, number>();
  const server = createServer((asked, answer) => {
    const fault = below(5) === 0 ? FAULTS[below(FAULTS.length)] : undefined;
    if (fault) counts.set(fault, (counts.get(fault) ?? 0) + 1);
    if (fault === 'reset') return void asked.socket.destroy();
    if (fault === 'busy' || fault === 'broken') {
      asked.resume();
      answer.writeHead(fault === 'busy' ? 503 : 500).end('<Error><Code>SlowDown</Code></Error>');
      return;
    }
    const { method, url, headers } = asked;
    const on = request({ port, host: '127.0.0.1', method, path: url, headers }, async (given) => {
      if (fault === 'late') await sleep(300);
      answer.writeHead(given.statusCode ?? 500, given.headers);
      if (fault !== 'cut') return void given.pipe(answer);
      const bytes: Buffer[] = [];
      for await (const chunk of given) bytes.push(chunk);
      answer.write(Buffer.concat(bytes).subarray(0, 20), () => answer.destroy());
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, counts };
}

describe.runIf(hasRedis)('random faults', () => {
  test.runIf(existsSync(s3rver))(
    'an S3 store fails one request in five: label gives the bytes of one machine',
    async () => {
      const folder = temporary();
      const port = await freePort();
      const where = ['--directory', join(folder, 's3'), '--address', '127.0.0.1', '--port', String(port)];
      const server = run(process.execPath, [s3rver, ...where, '--configure-bucket', 'debkd', '--no-vhost-buckets']);
      await server.until(/listening on/);
      const proxy = await faultyProxy(port, 12);
      const env = {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${proxy.port}`,
        AWS_ACCESS_KEY_ID: 'S3RVER',
        AWS_SECRET_ACCESS_KEY: 'S3RVER',
      };
      const redis = await redisServer(join(folder, 'redis'));
      const label = somethingToLabel(folder, 4, 100);
      const alone = await debkd([...label, '--no-cache']).ended;
      const places = ['--queue', redis.url, '--store', 's3://debkd/storm'];
      const two = await Promise.all([1, 2].map(() => worker(places, env)));
      const { status, stdout, said } = await debkd([...label, ...places], env).ended;
      expect(status, said).toBe(0);
      expect(stdout === alone.stdout, said).toBe(true);
      expect([...proxy.counts.keys()].sort()).toEqual([...FAULTS].sort());
      for (const { child } of [...two, server]) child.kill('SIGKILL');
    },
  );

  test('workers are killed at random during compare: the results of one machine', async () => {
    const folder = temporary();
    const redis = await redisServer(join(folder, 'redis'));
    const places = ['--queue', redis.url, '--store', join(folder, 'store'), '--heartbeat-timeout', '1'];
    const compare = [
      ...['compare', '--teacher', modelPath('wdbc-mlp-biased/teacher.onnx'), '--data', modelPath('wdbc/data.csv')],
      ...['--preprocessing', modelPath('wdbc/preprocessing.json'), '--split', modelPath('wdbc/split.csv')],
      ...['--student', '8', '--epochs', '40', '--methods', 'hard,kd,debiased', '--seeds', '2', '--tune', '--json'],
    ];
    const strip = (text: string): unknown => ({ ...JSON.parse(text), timing: undefined, command: undefined });
    const alone = await debkd([...compare, '--no-cache']).ended;
    const { below } = dice(31);
    const job = debkd([...compare, ...places.slice(0, 4)]);
    let [over, kills] = [false, 0];
    const lives = Promise.all(
      [1, 2].map(async () => {
        while (!over) {
          const one: Process = await worker(places);
          // each runs some tasks before it dies; others take over its running task
          const deaths = 1 + below(6);
          await Promise.race([one.until(new RegExp(`(^done: [\\s\\S]*){${deaths}}`, 'm')), job.ended]).catch(
            () => undefined,
          );
          await sleep(below(150));
          if (!over && kills < 8) {
            kills++;
            one.child.kill('SIGKILL');
          } else await job.ended;
          one.child.kill('SIGKILL');
          await one.ended;
        }
      }),
    );
    const { status, stdout, said } = await job.ended;
    over = true;
    await lives;
    expect(status, said).toBe(0);
    expect(kills).toBeGreaterThanOrEqual(4);
    expect(strip(stdout)).toEqual(strip(alone.stdout));
  });
});
