// Stores: folders and an S3-compatible endpoint.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/cluster/store.ts';
import { createSynced } from '../../src/io/durable.ts';
import { sha256 } from '../../src/io/sha256.ts';
import { temporary } from '../cli/run.ts';
import { debkd, freePort, hasRedis, redisServer, run, somethingToLabel, worker } from './machines.ts';

const keyOf = (text: string): string => sha256(new TextEncoder().encode(text));
const bytes = new TextEncoder().encode('something');

async function behaves(place: string): Promise<void> {
  const [one, two] = await Promise.all([openStore(place), openStore(place)]);
  expect(one.id).toBe((await openStore(place)).id);
  expect(two.id).toHaveLength(36);
  const key = keyOf('a');
  expect([await one.get(key), await one.has(key)]).toEqual([undefined, false]);
  await one.put(key, bytes);
  await one.put(key, bytes);
  expect([await two.get(key), await two.has(key)]).toEqual([bytes, true]);
  await two.remove(key);
  await two.remove(key);
  expect([await one.get(key), await one.has(key)]).toEqual([undefined, false]);
  for (const bad of ['', '../x', '/etc/passwd', key.toUpperCase(), `${key}/..`, `..${key.slice(2)}`, 'store-id'])
    await expect(one.get(bad)).rejects.toMatchObject({ code: 'task' });
}

test('a folder', async () => {
  const place = join(temporary(), 'a', 'store');
  await behaves(place);
  expect(readdirSync(place, { recursive: true }).filter((name) => String(name).includes('part-'))).toEqual([]);
});

test('a hundred concurrent opens of a new folder get the same id', async () => {
  const place = join(temporary(), 'store');
  const ids = await Promise.all(Array.from({ length: 100 }, async () => (await openStore(place)).id));
  expect(new Set(ids).size).toBe(1);
});

test('a folder that is a file, or has an invalid id', async () => {
  const folder = temporary();
  writeFileSync(join(folder, 'file'), '');
  await expect(openStore(join(folder, 'file'))).rejects.toMatchObject({ code: 'source' });
  mkdirSync(join(folder, 'odd'));
  writeFileSync(join(folder, 'odd', 'store-id'), 'what');
  await expect(openStore(join(folder, 'odd'))).rejects.toMatchObject({ code: 'source' });
});

test.runIf(process.getuid?.() !== 0)('a folder without permission', async () => {
  const folder = temporary();
  chmodSync(folder, 0o500);
  await expect(openStore(folder)).rejects.toMatchObject({ code: 'source' });
  chmodSync(folder, 0o700);
});

/** Mounts a small file system; undefined where this user may not. */
function mount(options: string): string | undefined {
  const folder = temporary();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
    mounted.push(folder);
    return folder;
  } catch {
    return undefined;
  }
}
const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) execFileSync('umount', [folder]);
});
// of two files, the root is one: the id can be written to a temporary file, but neither linked nor created
const [withoutFiles, withoutRoom] = [mount('nr_inodes=2'), mount('size=16k')];
if (!withoutFiles || !withoutRoom)
  console.warn('skipped: this user may not mount a file system, so a store on a full disk is not tested');

test.runIf(withoutFiles)('a folder on a full disk', async () => {
  await expect(openStore(withoutFiles as string)).rejects.toThrow(/cannot be written \(the disk is full\)/);
  expect(readdirSync(withoutFiles as string)).toEqual([]);
});

test.runIf(withoutRoom)('a file that is created whole, once, or not at all', async () => {
  const file = join(withoutRoom as string, 'file');
  await expect(createSynced(file, new Uint8Array(2 ** 20))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(existsSync(file)).toBe(false);
  expect([await createSynced(file, 'first'), await createSynced(file, 'second')]).toEqual([true, false]);
  expect(readFileSync(file, 'utf8')).toBe('first');
});

const s3rver = fileURLToPath(new URL('../runtime/node_modules/s3rver/bin/s3rver.js', import.meta.url));
if (!existsSync(s3rver)) console.warn('skipped: s3rver is not installed; npm ci --prefix test/runtime');

describe.runIf(existsSync(s3rver))('an S3-compatible endpoint', () => {
  const folder = temporary();
  let env: Record<string, string> = {};
  beforeAll(async () => {
    const port = await freePort();
    const where = ['--directory', join(folder, 's3'), '--address', '127.0.0.1', '--port', String(port)];
    const server = run(process.execPath, [s3rver, ...where, '--configure-bucket', 'debkd', '--no-vhost-buckets']);
    await server.until(/listening on/);
    env = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
    };
  });
  const within = async (changes: Record<string, string | undefined>, work: () => Promise<void>): Promise<void> => {
    const before = { ...process.env };
    Object.assign(process.env, env, changes);
    for (const [name, value] of Object.entries(changes)) if (value === undefined) delete process.env[name];
    try {
      await work();
    } finally {
      for (const name of Object.keys({ ...env, ...changes })) delete process.env[name];
      Object.assign(process.env, before);
    }
  };

  test('behaves as a folder, with and without a prefix', async () => {
    await within({}, async () => {
      await behaves('s3://debkd');
      await behaves('s3://debkd/some/ prefix/');
      expect((await openStore('s3://debkd')).id).not.toBe((await openStore('s3://debkd/some')).id);
    });
  });

  test('refuses a missing bucket, an invalid address, wrong or missing credentials, a missing endpoint', async () => {
    const refused = (place: string, message: RegExp): Promise<void> =>
      expect(openStore(place)).rejects.toThrow(message) as unknown as Promise<void>;
    await within({}, () => refused('s3://other', /store "s3:\/\/other": cannot be \w+ \(status 404/));
    await within({}, () => refused('s3://debkd/../x', /expected s3:\/\/BUCKET/));
    await within({ AWS_ACCESS_KEY_ID: 'nobody' }, () =>
      refused('s3://debkd', /cannot be \w+ \(status 403.*check the bucket, the region .* credentials/),
    );
    await within({ AWS_SECRET_ACCESS_KEY: undefined }, () => refused('s3://debkd', /no credentials; set AWS_ACCESS/));
    await within({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, () => refused('s3://debkd', /no answer from 127.0.0.1:1/));
  });

  test.runIf(hasRedis)('label gives the bytes of one machine', async () => {
    const redis = await redisServer(join(folder, 'redis'));
    const label = somethingToLabel(folder, 2, 100);
    const places = ['--queue', redis.url, '--store', 's3://debkd/label'];
    const alone = await debkd([...label, '--no-cache']).ended;
    const two = await Promise.all([1, 2].map(() => worker(places, env)));
    const { stdout, said } = await debkd([...label, ...places], env).ended;
    expect(stdout === alone.stdout, said).toBe(true);
    for (const { child } of two) child.kill('SIGKILL');
  });
});
