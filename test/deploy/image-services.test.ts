// Exported projects of students of images on their own runtimes: files and pixels over HTTP, error responses, and the projects' tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDecoder } from '../../src/data/image/decode.ts';
import { toEdge } from '../../src/deploy/edge/project.ts';
import { jsonRecord } from '../../src/deploy/edge/sample.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { PLATFORMS } from '../../src/deploy/targets.ts';
import type { Student } from '../../src/student/student.ts';
import { pictureFile } from '../pictures.ts';
import { tinyImageStudent } from '../tiny-images.ts';

interface Runtime {
  readonly project: (typeof PLATFORMS)[number];
  readonly why?: string;
  start(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }>;
}
const { PLATFORM_RUNTIMES } = (await import('../runtime/platforms.mjs' as string)) as {
  PLATFORM_RUNTIMES: Readonly<Record<string, Runtime>>;
};
const runtimes = Object.entries(PLATFORM_RUNTIMES).filter(([name, { why }]) => {
  if (why) console.warn(`skipped: ${name}: ${why}`);
  return !why;
});
const root = mkdtempSync(join(tmpdir(), 'debkd-images-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let student: Student;
beforeAll(async () => {
  const form = { size: [16, 12], channels: 3, others: true } as const;
  student = await tinyImageStudent(form, { hidden: [4], conv: { channels: [6, 8] } });
  for (const platform of PLATFORMS) {
    const { files, largestDifference } = await toEdge(student, platform, { name: 'images' });
    expect(largestDifference).toBe(0);
    for (const { path, bytes } of files) {
      const file = join(root, platform, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
  }
});

const FILES = ['rgb.png', 'grey-alpha.png', 'progressive.jpg'];

describe.each(runtimes)('%s', (_, { project, start }) => {
  let running: Awaited<ReturnType<Runtime['start']>>;
  beforeAll(async () => {
    running = await start(join(root, project));
  });
  afterAll(() => running?.stop());
  const send = (body: string | Uint8Array, type: string, query = ''): Promise<Response> =>
    fetch(`${running.url}/predict${query}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: body as Uint8Array<ArrayBuffer>,
    });
  const errorOf = async (response: Response): Promise<[number, string, string | undefined, number | undefined]> => {
    const { error } = (await response.json()) as { error: { code: string; field?: string; index?: number } };
    return [response.status, error.code, error.field, error.index];
  };

  test('PNG and JPEG files, and pixels, have the answers of the student', async () => {
    const decoder = await openDecoder();
    for (const name of FILES) {
      const bytes = pictureFile(name);
      const record = { age: 31, colour: 'red', image: decoder.decode(bytes, name) };
      const expected = student.predictRecord(record);
      const type = name.endsWith('.png') ? 'image/png' : 'image/jpeg';
      const one = await send(bytes, type, '?age=31&colour=red');
      expect(await one.json(), name).toEqual(expected);
      const text = Buffer.from(bytes).toString('base64');
      const inside = await send(JSON.stringify({ ...record, image: text }), 'application/json');
      expect(await inside.json(), name).toEqual(expected);
      const unknown = await send(bytes, type, '?age=31&colour=green');
      expect(await unknown.json()).toMatchObject({ unknown: ['colour'] });
    }
    const records = syntheticRecords(student).slice(0, 20);
    const many = await send(JSON.stringify(records.map(jsonRecord)), 'application/json');
    const answers = (await many.json()) as { probability: number }[];
    expect(answers.map(({ probability }) => probability)).toEqual(
      records.map((record) => student.predictRecord(record).probability),
    );
  });

  test('what is refused, and how', async () => {
    const png = pictureFile('rgb.png');
    const query = '?age=31&colour=red';
    expect(await errorOf(await send(png, 'image/png'))).toEqual([400, 'field', 'age', undefined]);
    expect(await errorOf(await send(png, 'image/webp', query))).toEqual([415, 'type', undefined, undefined]);
    expect(await errorOf(await send(png.slice(0, -20), 'image/png', query))).toEqual([
      400,
      'image',
      'image',
      undefined,
    ]);
    expect(await errorOf(await send('GIF89a.......', 'image/png', query))).toEqual([400, 'image', 'image', undefined]);
    expect(await errorOf(await send('', 'image/jpeg', query))).toEqual([400, 'image', 'image', undefined]);
    expect(await errorOf(await send(new Uint8Array(2 ** 22 + 1), 'image/png', query))).toEqual([
      413,
      'size',
      undefined,
      undefined,
    ]);
    // many pixels in few bytes: refused before they are decoded
    const large = await errorOf(await send(pictureFile('large.png'), 'image/png', query));
    expect(large).toEqual([413, 'pixels', 'image', undefined]);
    const records = [
      { age: 1, colour: null, image: Buffer.from(png).toString('base64') },
      { age: 1, colour: null, image: '!' },
    ];
    expect(await errorOf(await send(JSON.stringify(records), 'application/json'))).toEqual([400, 'image', 'image', 1]);
    expect(await errorOf(await send(JSON.stringify({ age: 1, colour: null, image: 7 }), 'application/json'))).toEqual([
      400,
      'field',
      'image',
      undefined,
    ]);
    const description = (await (await fetch(`${running.url}/`)).json()) as { inputs: object[]; limits: object };
    expect(description.inputs).toContainEqual({ name: 'image', type: 'image' });
    expect(description.limits).toMatchObject({ maxPixels: 2 ** 22 });
  });
});

describe("the projects' own tests", () => {
  test.each(PLATFORMS.filter((platform) => platform !== 'deno'))('%s', (platform) => {
    const { status, stdout, stderr } = spawnSync('npm', ['test'], { cwd: join(root, platform), encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });

  test('deno', () => {
    const deno = fileURLToPath(new URL('../runtime/node_modules/.bin/deno', import.meta.url));
    if (!existsSync(deno)) return console.warn('skipped: Deno: not installed; npm ci --prefix test/runtime');
    const { status, stdout, stderr } = spawnSync(deno, ['task', 'test'], { cwd: join(root, 'deno'), encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });
});
