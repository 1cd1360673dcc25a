// The service of every project, called without a network: responses, unusual names, CORS.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { type EdgeOptions, toEdge } from '../../src/deploy/edge/project.ts';
import { moduleUrl } from '../../src/deploy/shipped-module.ts';
import { PLATFORMS } from '../../src/deploy/targets.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { RawRecord } from '../../src/student/record.ts';
import { Student } from '../../src/student/student.ts';
import { dice } from '../random.ts';

const CATEGORIES = [
  'it\'s "quoted"', // the first one is in the README's example
  'plain',
  'two\nlines',
  '</script><script>alert(1)</script>',
  '`{1}` | *b* | $x',
  '__proto__',
];
const preprocessing: Preprocessing = {
  clip: 10,
  columns: [
    { name: '__proto__', kind: 'numeric', transform: 'none', mean: 1, std: 2, offset: 0, width: 1 },
    { name: '</script>', kind: 'categorical', categories: CATEGORIES, offset: 1, width: 6 },
    { name: 'a|b\n`c`', kind: 'numeric', transform: 'symlog', mean: 0, std: 1, offset: 7, width: 1 },
  ],
  encodedWidth: 8,
};
const d = dice(8);
const student = new Student({
  architecture: { hidden: [5] },
  parameters: Float32Array.from({ length: layout(8, { hidden: [5] }).size }, () => d.real(-1, 1)),
  preprocessing,
  threshold: 0.5,
  provenance: { secret: 'of the maker' },
});

interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}
type Call = (request: {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: unknown;
  read?: () => Promise<Uint8Array>;
}) => Promise<Response>;

/** Imports the exported service with its modules from their texts. */
async function open(options: EdgeOptions = {}, config = (text: string): string => text): Promise<Call> {
  const { files } = await toEdge(student, 'node', options);
  const read = (path: string): string => new TextDecoder().decode(files.find((file) => file.path === path)?.bytes);
  const source = read('src/service.js')
    .replace(`'./config.js'`, `'${moduleUrl(config(read('src/config.js')))}'`)
    .replace(`'./student.js'`, `'${moduleUrl(read('src/student.js'))}'`);
  const { respond } = (await import(moduleUrl(source))) as { respond(request: object): Promise<Response> };
  return ({ method = 'POST', path = '/predict', headers = {}, body, read: other }) => {
    const all = new Map(Object.entries({ 'content-type': 'application/json', ...headers }));
    const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
    return respond({
      method,
      path,
      header: (name: string) => all.get(name),
      read: other ?? (async (limit: number) => (bytes.length > limit ? undefined : bytes)),
    });
  };
}
const call = await open();
const record = (category: unknown, a: unknown = 3, b: unknown = 0.5): RawRecord =>
  JSON.parse(
    JSON.stringify({ '</script>': category, 'a|b\n`c`': b }).replace('{', `{"__proto__":${JSON.stringify(a)},`),
  );
const post = async (body: unknown): Promise<unknown> => JSON.parse((await call({ body })).body ?? '');

describe('names and categories that look like code', () => {
  test.each(CATEGORIES)('%j is a category like others', async (category) => {
    expect(await post(record(category))).toEqual(student.predictRecord(record(category)));
    expect(Object.hasOwn({}, 'x')).toBe(false);
  });

  test('are escaped in errors, README and code', async () => {
    const { status, body } = await call({ body: { '</script>': 'plain' } });
    expect(status).toBe(400);
    expect(JSON.parse(body ?? '').error).toMatchObject({ code: 'field', field: '__proto__' });
    for (const platform of PLATFORMS) {
      const { files } = await toEdge(student, platform);
      for (const { path, bytes } of files) {
        const text = new TextDecoder().decode(bytes);
        expect(text, path).not.toContain('of the maker');
        if (/\.js$/.test(path)) expect(text, path).not.toContain('</script');
        if (path !== 'README.md') continue;
        const table = text.slice(text.indexOf('| field |'), text.indexOf('Every field'));
        expect(table).not.toMatch(/<script|\*b\*|`c`/);
        expect(table.trim().split('\n')).toHaveLength(5);
      }
    }
  });
});

test("the README's curl command gets the README's response", async () => {
  const { files } = await toEdge(student, 'node');
  const readme = new TextDecoder().decode(files.find(({ path }) => path === 'README.md')?.bytes);
  const [, argument, response] = /^curl .* -d ('.*')\n[^{]*(\{.*\})$/m.exec(readme) ?? [];
  const { stdout } = spawnSync('sh', ['-c', `printf %s ${argument}`], { encoding: 'utf8' });
  expect(JSON.parse(stdout)).toMatchObject({ '</script>': CATEGORIES[0] });
  expect(await post(stdout)).toEqual(JSON.parse(response as string));
});

test('an unknown category gets a prediction and is named', async () => {
  const known = student.predictRecord(record('nobody'));
  expect(await post(record('nobody'))).toEqual({ ...known, unknown: ['</script>'] });
  expect(await post([record('plain'), record('Plain')])).toEqual([
    student.predictRecord(record('plain')),
    { ...known, unknown: ['</script>'] },
  ]);
  // a missing value in a field without the category '' is an unknown category
  expect(await post(record(null))).toEqual({ ...known, unknown: ['</script>'] });
});

test('equivalent values', async () => {
  const same: [RawRecord, RawRecord][] = [
    [record('plain', '3'), record('plain', 3)],
    [record('plain', ' 3.0 '), record('plain', 3)],
    [record('plain', 'NaN'), record('plain', null)],
    [record('plain', '?'), record('plain', '')],
    [{ ...record('plain'), more: 1 } as RawRecord, record('plain')],
  ];
  for (const [a, b] of same) {
    // a literal or spread would set the prototype
    const text = JSON.stringify(
      Object.fromEntries([
        ['__proto__', Object.getOwnPropertyDescriptor(a, '__proto__')?.value ?? 3],
        ...Object.entries(a).filter(([name]) => name !== '__proto__'),
      ]),
    );
    expect(JSON.parse((await call({ body: text })).body ?? '')).toEqual(student.predictRecord(b));
  }
  expect(await post([])).toEqual([]);
  // of a key given twice, the last
  const twice = JSON.stringify(record('plain', 1)).replace('{', '{"__proto__":9,');
  expect(JSON.parse((await call({ body: twice })).body ?? '')).toEqual(student.predictRecord(record('plain', 1)));
});

test('a body that times out, and then fails', async () => {
  const hasty = await open({}, (text) => {
    expect(text).toContain('maxSeconds: 20,');
    return text.replace('maxSeconds: 20,', 'maxSeconds: 0.01,');
  });
  let fail: (error: Error) => void = () => undefined;
  const read = (): Promise<Uint8Array> => new Promise((_, reject) => (fail = reject));
  const { status, headers, body } = await hasty({ read });
  expect([status, JSON.parse(body ?? '').error.code]).toEqual([408, 'time']);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  fail(new Error('the connection was closed')); // vitest reports it if no one handles the rejection
  expect((await hasty({ body: record('plain') })).status).toBe(200);
}, 20_000);

test('description and health', async () => {
  const about = JSON.parse((await call({ method: 'GET', path: '/' })).body ?? '');
  expect(about).toMatchObject({ threshold: 0.5, limits: { maxBytes: 1048576, maxRows: 1000, maxSeconds: 20 } });
  expect(about.inputs[1]).toEqual({ name: '</script>', type: 'category', categories: CATEGORIES });
  expect(about.student).toMatch(/^[0-9a-f]{16}$/);
  expect(await call({ method: 'HEAD', path: '/' })).toMatchObject({ status: 200, body: null });
  expect(JSON.parse((await call({ method: 'GET', path: '/health/' })).body ?? '').student).toBe(about.student);
});

describe('CORS', () => {
  const origin = { origin: 'https://a.example' };

  test('allows no origin by default', async () => {
    const { headers } = await call({ body: record('plain'), headers: origin });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(await call({ method: 'OPTIONS', headers: origin })).toMatchObject({
      status: 204,
      headers: { allow: 'POST, OPTIONS' },
    });
  });

  test('allows the listed origins, or all', async () => {
    const some = await open({ allowedOrigins: ['https://a.example', 'https://b.example'] });
    const preflight = await some({ method: 'OPTIONS', headers: origin });
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-headers': 'content-type',
      vary: 'origin',
    });
    const refused = await some({ body: { x: 1 }, headers: origin });
    expect(refused).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': 'https://a.example' } });
    const other = await some({ body: record('plain'), headers: { origin: 'https://c.example' } });
    expect(other.headers['access-control-allow-origin']).toBe(undefined);
    const all = await open({ allowedOrigins: ['*'] });
    expect((await all({ body: record('plain'), headers: origin })).headers['access-control-allow-origin']).toBe('*');
  });

  test('invalid names and origins are errors', async () => {
    await expect(toEdge(student, 'node', { name: 'My App' })).rejects.toThrow(
      /project name: "My App", expected lower-case/,
    );
    for (const bad of ['example.org', 'https://a.example/', 'https://a.example/x', "'];x", 'null']) {
      await expect(toEdge(student, 'node', { allowedOrigins: [bad] })).rejects.toThrow(/allowed origin/);
    }
    // all pages, or some
    await expect(toEdge(student, 'node', { allowedOrigins: ['https://a.example', '*'] })).rejects.toThrow(
      'allowed origins: * and others, expected either * alone',
    );
  });
});

test('the same student gives the same bytes, without local paths', async () => {
  for (const platform of PLATFORMS) {
    const { files } = await toEdge(student, platform);
    expect((await toEdge(student, platform)).files).toEqual(files);
    for (const { bytes } of files) expect(new TextDecoder().decode(bytes)).not.toMatch(/\/tmp\/|\/work\//);
  }
});
