// Students of images by a cluster: the results of one machine, with pixels in the store once.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporary } from '../cli/run.ts';
import { dice } from '../random.ts';
import { tinyPng, zipOf } from '../tiny-image.ts';
import { tinyImageOnnx } from '../tiny-image-model.ts';
import { debkd, hasRedis, type Process, type RedisServer, redisServer, worker } from './machines.ts';

const ROWS = 160;
const SIDE = 8;

describe.runIf(hasRedis)('images on a cluster', () => {
  const folder = temporary();
  const photos = join(folder, 'photos');
  const model = join(folder, 'model');
  const zip = join(folder, 'photos.zip');
  let redis: RedisServer;
  let workers: readonly Process[];
  let first: Uint8Array;
  const places = (): string[] => ['--queue', redis.url, '--store', join(folder, 'store')];
  const entries = (): Buffer[] =>
    readdirSync(join(folder, 'store'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /[0-9a-f]{64}$/.test(path))
      .map((path) => readFileSync(join(folder, 'store', path)));

  beforeAll(async () => {
    const d = dice(3);
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < ROWS; i++) {
      const pixels = Uint8Array.from(
        { length: SIDE * SIDE * 3 },
        (_, k) => (i % 2 ? 90 : 40) + 20 * (k % 3) + d.below(90),
      );
      if (i === 0) first = pixels;
      files[`${i % 2 ? 'cat' : 'dog'}/${i}.png`] = tinyPng(SIDE, SIDE, pixels, 3);
    }
    for (const name of ['cat', 'dog']) mkdirSync(join(photos, name), { recursive: true });
    for (const [path, bytes] of Object.entries(files)) writeFileSync(join(photos, path), bytes);
    writeFileSync(zip, zipOf(files));
    mkdirSync(model);
    writeFileSync(join(model, 'model.onnx'), tinyImageOnnx({ weights: [4, 3, 1], bias: -3 }));
    const config = {
      ...{ image_processor_type: 'ViTImageProcessor', do_resize: true, size: { height: SIDE, width: SIDE } },
      ...{ resample: 2, do_rescale: true, rescale_factor: 1 / 255, do_normalize: false },
    };
    writeFileSync(join(model, 'preprocessor_config.json'), JSON.stringify(config));
    redis = await redisServer(join(folder, 'redis'));
    workers = await Promise.all([1, 2].map(() => worker(places())));
  });

  test('compare gives the results of one machine; pixels are in the store once, whatever their files are called', async () => {
    const compare = (data: string): string[] => [
      ...['compare', '--teacher', model, '--data', data, '--positive', 'cat', '--student', 'conv:3/4', '--pixels', '8'],
      ...['--epochs', '2', '--methods', 'hard,fitnet,debiased', '--seeds', '2', '--tune', '--json'],
    ];
    const strip = (text: string): unknown => ({ ...JSON.parse(text), timing: undefined, command: undefined });
    const alone = await debkd([...compare(photos), '--no-cache']).ended;
    const together = await debkd([...compare(photos), '--no-cache', ...places()]).ended;
    expect([alone.status, together.status], together.said).toEqual([0, 0]);
    expect(together.said).not.toContain('ignoring');
    expect(strip(together.stdout)).toEqual(strip(alone.stdout));
    const done = (): number =>
      workers.map(({ stdout }) => stdout().match(/^done:/gm)?.length ?? 0).reduce((a, b) => a + b);
    const tasks = done();
    expect(tasks).toBeGreaterThan(10);
    // one entry has the pixels, and has them once
    const stored = entries();
    const times = stored.map(
      (entry) => entry.toString('latin1').split(Buffer.from(first).toString('latin1')).length - 1,
    );
    expect(times.filter((n) => n > 0)).toEqual([1]);
    // the same images in an archive are the same comparison
    const again = await debkd([...compare(zip), ...places()]).ended;
    expect([strip(again.stdout), done(), entries().length]).toEqual([strip(alone.stdout), tasks, stored.length]);
  });

  test('label refuses a queue before it reads images, and leaves nothing', async () => {
    const { status, stdout, said } = await debkd(['label', '--teacher', model, '--data', photos, ...places()]).ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(said).toMatch(
      /^debkd: teacher ".*": it reads images, which .* of a queue do not get; label the rows without/m,
    );
  });

  test('label gives the workers a table with a column of numbers for each pixel', async () => {
    const numbers = join(folder, 'numbers.csv');
    const plain = join(folder, 'plain.onnx');
    const columns = Array.from({ length: SIDE * SIDE * 3 }, (_, k) => k);
    const rows = Array.from({ length: 5 }, (_, i) => columns.map((k) => ((k + i) % 7) / 7));
    writeFileSync(numbers, [columns.map((k) => `c${k}`), ...rows].join('\n'));
    writeFileSync(plain, tinyImageOnnx());
    const label = ['label', '--teacher', plain, '--data', numbers];
    const alone = await debkd([...label, '--no-cache']).ended;
    expect([alone.status, alone.stdout.split('\n').length], alone.said).toEqual([0, 7]);
    const together = await debkd([...label, ...places()]).ended;
    expect(together.stdout, together.said).toBe(alone.stdout);
  });
});
