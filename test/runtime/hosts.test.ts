// The same job on every host at hand: the same hashes. Hosts are installed by `npm ci --prefix test/runtime`, Chromium
// by the system.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const command = join(root, 'test/runtime/command.js');
type Hashes = Record<string, string>;

async function byCommand(program: string, args: readonly string[]): Promise<Hashes> {
  const { stdout } = await promisify(execFile)(program, [...args, command], { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Hashes;
}

function host(path: string): string | undefined {
  const file = join(root, 'test/runtime/node_modules', path);
  if (existsSync(file)) return file;
  console.warn(`skipped: ${path} is absent; npm ci --prefix test/runtime installs it`);
  return undefined;
}

const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
if (!chromium) console.warn('skipped: no Chromium on the PATH, so the page is not tested');

const here = await byCommand(process.execPath, []);

test('twice on this host', async () => {
  expect(Object.keys(here).length).toBe(36);
  expect(new Set(Object.values(here)).size).toBeGreaterThan(20);
  expect(await byCommand(process.execPath, [])).toEqual(here);
});

const node24 = host('node/bin/node');
test.runIf(node24)('Node 24', async () => {
  expect(await byCommand(node24 as string, [])).toEqual(here);
});

const deno = host('deno/bin.cjs');
test.runIf(deno)('Deno', async () => {
  expect(await byCommand(process.execPath, [deno as string, 'run', '-A', '--no-lock'])).toEqual(here);
});

test.runIf(chromium)('headless Chromium', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'test/runtime/page.js')],
    alias: { debkd: join(root, 'dist/index.js') },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  });
  const wasm = join(root, 'node_modules/onnxruntime-web/dist');
  let answered: (answer: unknown) => void = () => undefined;
  const answer = new Promise<unknown>((resolve, reject) => {
    answered = resolve;
    setTimeout(() => reject(new Error('the page did not answer')), 90_000).unref();
  });
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        response.end();
        answered(JSON.parse(body));
      });
      return;
    }
    const send = (type: string, content: string | Uint8Array): void =>
      void response.setHeader('content-type', type).end(content);
    if (path === '/') send('text/html', '<!doctype html><script type="module" src="/page.js"></script>');
    else if (path === '/page.js') send('text/javascript', outputFiles[0]?.contents as Uint8Array);
    else if (path.startsWith('/models/')) send('application/octet-stream', readFileSync(join(root, path)));
    else if (/^\/[\w.-]+\.wasm$/.test(path)) send('application/wasm', readFileSync(join(wasm, path)));
    else if (/^\/[\w.-]+\.mjs$/.test(path)) send('text/javascript', readFileSync(join(wasm, path)));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const profile = mkdtempSync(join(tmpdir(), 'debkd-chromium-'));
  const { port } = server.address() as AddressInfo;
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
  const browser = spawn(chromium as string, [...flags, `http://127.0.0.1:${port}/`], {
    stdio: 'ignore',
    detached: true, // a process group of its own, so that its children end with it
  });
  try {
    expect(await answer).toEqual({
      hashes: here,
      cache: { rows: 569, cached: [0, 569, 0], same: true, aligned: true, kept: ['a', 'c'], whole: true },
    });
  } finally {
    const ended = new Promise((resolve) => browser.once('exit', resolve));
    process.kill(-(browser.pid as number), 'SIGKILL');
    server.close();
    await ended;
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    } catch {
      // A child that is still writing its profile is no failure of ours; the system clears its temporary folder.
    }
  }
});
