// debkd serve: loopback only, only the app's files, a strict policy.
import { request } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { debkd } from '../cli/run.ts';
import { type Served, serveApp } from './open-app.ts';

let served: Served;
beforeAll(async () => {
  served = await serveApp();
});
afterAll(() => served.stop());

function ask(
  path: string,
  headers: Record<string, string> = {},
  method: string = 'GET',
): Promise<{ status: number; headers: Record<string, unknown> }> {
  const { hostname, port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('serves the page and its files with a policy', async () => {
  expect(new URL(served.url).hostname).toBe('127.0.0.1');
  const page = await ask('/');
  expect(page.status).toBe(200);
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'/);
  expect((await ask('/ort-wasm-simd-threaded.wasm', {}, 'HEAD')).headers['content-type']).toBe('application/wasm');
  expect((await ask('/examples/wdbc/data.csv?x=1')).status).toBe(200);
});

/** The body of a response, as it was sent. */
function bodyOf(
  path: string,
  accepted: string | undefined,
): Promise<{ body: Buffer; headers: Record<string, unknown> }> {
  const { hostname, port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
    const sent = request({ hostname, port, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ body: Buffer.concat(parts), headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('compresses as the browser accepts, each with its own tag', async () => {
  const plain = await bodyOf('/main.js', undefined);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers).toMatchObject({ vary: 'accept-encoding', 'content-length': `${plain.body.length}` });
  const tags = new Set([plain.headers['etag']]);
  for (const [accepted, encoding] of [
    ['gzip, deflate, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['gzip;q=0.9, br;q=0.5', 'gzip'],
    ['*', 'br'],
  ] as const) {
    const { body, headers } = await bodyOf('/main.js', accepted);
    expect(headers['content-encoding'], accepted).toBe(encoding);
    expect(headers['vary']).toBe('accept-encoding');
    expect(body.length).toBeLessThan(plain.body.length / 2);
    expect((encoding === 'br' ? brotliDecompressSync(body) : gunzipSync(body)).equals(plain.body)).toBe(true);
    tags.add(headers['etag']);
  }
  expect(tags.size).toBe(3);
  for (const accepted of ['', 'identity', 'deflate', 'gzip;q=0', 'gzip;q=0.2, identity'])
    expect((await bodyOf('/main.js', accepted)).headers['content-encoding'], accepted).toBeUndefined();
});

test('a file that did not change is not sent again', async () => {
  const headers = { 'accept-encoding': 'gzip' };
  const etag = (await ask('/style.css', headers)).headers['etag'] as string;
  expect(etag).toMatch(/^"[0-9a-f]{20}-gzip"$/);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
    expect((await ask('/style.css', { ...headers, 'if-none-match': known })).status, known).toBe(304);
  // the tag of another encoding is another
  expect((await ask('/style.css', { 'accept-encoding': 'br', 'if-none-match': etag })).status).toBe(200);
  expect((await ask('/app.webmanifest', {}, 'HEAD')).headers['content-type']).toBe('application/manifest+json');
});

test('refuses paths outside the folder, other hosts and other methods', async () => {
  for (const path of [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/examples/wdbc',
    '/nowhere',
    '//etc/passwd',
    '//',
    '/..\\package.json',
    '/example\\data.csv',
    '/example/..\\..\\..\\package.json',
    '/..%5cpackage.json',

    '/%',
  ])
    expect((await ask(path)).status, path).toBe(404);
  expect((await ask('/', { host: 'evil.example' })).status).toBe(404);
  const { status, headers } = await ask('/', {}, 'POST');
  expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
});

/** Sends raw bytes and returns the response. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
  });
}

test.each([
  ['200', 'a page', 'GET / HTTP/1.1\r\nhost: localhost\r\n'],
  ['200', 'a HEAD request', 'HEAD / HTTP/1.1\r\nhost: localhost\r\n'],
  ['200', 'a script', 'GET /main.js HTTP/1.1\r\nhost: localhost\r\n'],
  ['404', 'no such file', 'GET /nowhere HTTP/1.1\r\nhost: localhost\r\n'],
  ['404', 'another host', 'GET / HTTP/1.1\r\nhost: evil.example\r\n'],
  ['405', 'another method', 'DELETE / HTTP/1.1\r\nhost: localhost\r\n'],
  // by default Node answers these itself
  ['404', 'no host', 'GET / HTTP/1.1\r\n'],
  ['200', 'an Expect header', 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: tea\r\n'],
  ['400', 'not HTTP', 'tea, please\r\n'],
  ['431', 'a long header', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n`],
])('%s, %s: headers forbid framing and sniffing', async (status, _, head) => {
  const [headers = ''] = (await raw(`${head}connection: close\r\n\r\n`)).split('\r\n\r\n', 1);
  expect(headers).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(headers).toMatch(/^content-security-policy: default-src 'none';.* frame-ancestors 'none'\r?$/im);
  expect(headers).toMatch(/^x-content-type-options: nosniff\r?$/im);
});

test('refuses a port that is taken or invalid', () => {
  const { port } = new URL(served.url);
  const taken = debkd(['serve', '--port', port]);
  expect([taken.status, taken.stderr]).toEqual([
    2,
    expect.stringMatching(
      new RegExp(`^debkd: port ${port}: another program listens on it; choose another port \\(--port\\)`),
    ),
  ]);
  expect(debkd(['serve', '--port', '99999']).stderr).toMatch(/"99999", expected a whole number from 0 to 65535/);
});
