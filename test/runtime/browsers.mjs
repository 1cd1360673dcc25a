// Starts browsers. Each opens a page from a server on loopback, and the page posts its result to the server.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { fileUrls } from './files.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PATIENCE = 120_000;
/** The strictest policy that works: pages may compile wasm, and toJavaScript may run its export. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' data:";

const found = (...names) => names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
const version = (name) => (spawnSync(name, ['--version'], { encoding: 'utf8' }).stdout ?? '').trim();

const TYPES = {
  ...{ html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' },
  ...{ css: 'text/css', svg: 'image/svg+xml' },
};
const typeOf = (path) => TYPES[path.split('.').at(-1)] ?? 'application/octet-stream';

/**
 * Starts a server on loopback. find(path) returns the content of a path, or undefined; `answer` resolves to what the page posts.
 * isolated: the page has SharedArrayBuffer. page: requests for wasm get a page, as from servers of single-page apps.
 */
async function serve(find, { isolated = false, page = false } = {}) {
  let answered;
  const answer = new Promise((resolve, reject) => {
    answered = resolve;
    setTimeout(() => reject(new Error('the page did not answer')), PATIENCE).unref();
  });
  answer.catch(() => {});
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        response.end();
        answered(JSON.parse(Buffer.concat(chunks).toString()));
      });
      return;
    }
    response.setHeader('content-security-policy', POLICY);
    if (isolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = pathname === '/' ? '/index.html' : decodeURIComponent(pathname);
    const asked = page && path.endsWith('.wasm') ? '/index.html' : path;
    const content = find(asked);
    if (content === undefined) response.writeHead(404).end();
    else response.setHeader('content-type', typeOf(asked)).end(content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, answer, close: () => server.close() };
}

/** Serves the page of conformance.js with its modules and files. */
async function openPage(query) {
  const { outputFiles } = await build({
    entryPoints: { page: join(root, 'test/runtime/page.js'), thread: join(root, 'dist/worker/thread.js') },
    outdir: root,
    alias: {
      'debkd/internals': join(root, 'dist/internals.js'),
      'debkd/worker': join(root, 'dist/worker/client.js'),
      debkd: join(root, 'dist/index.js'),
    },
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'error' },
  });
  const files = fileUrls();
  const made = new Map([
    ...outputFiles.map((file) => [`/${basename(file.path)}`, file.contents]),
    ['/index.html', '<!doctype html><script type="module" src="/page.js"></script>'],
    ['/files.json', JSON.stringify([...files.keys()])],
  ]);
  const runtime = join(root, 'node_modules/onnxruntime-web/dist');
  const find = (path) => {
    if (made.has(path)) return made.get(path);
    const file = files.get(path.slice('/files/'.length));
    if (path.startsWith('/files/')) return file && readFileSync(file);
    return /^\/[\w.-]+\.(wasm|mjs)$/.test(path) ? readFileSync(join(runtime, path)) : undefined;
  };
  return serve(find, { isolated: query.includes('worker'), page: query.includes('html') });
}

/** Serves a built page. */
export function openFolder(folder) {
  return serve((path) => {
    const file = join(folder, path);
    return existsSync(file) ? readFileSync(file) : undefined;
  });
}

/** Runs a browser until the page has posted its result, then ends it and its children. */
async function visit(query, start, open = openPage) {
  const server = await open(query);
  const profile = mkdtempSync(join(tmpdir(), 'debkd-browser-'));
  const child = start(`${server.address}${query}`, profile);
  try {
    const record = await server.answer;
    if (record.error) throw new Error(record.error);
    return record;
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    try {
      process.kill(-child.pid, 'SIGKILL'); // its process group
    } catch {}
    server.close();
    await ended;
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    } catch {
      // a child may still write its profile; the system clears the temporary folder
    }
  }
}

const launch = (program, args, env = {}) =>
  spawn(program, args, { stdio: 'ignore', detached: true, env: { ...process.env, ...env } });

const CHROMIUM = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'];

function chromium(query, open) {
  const program = found('chromium', 'chromium-browser', 'google-chrome');
  const start = (url, profile) => launch(program, [...CHROMIUM, `--user-data-dir=${profile}`, url]);
  return {
    why: program ? undefined : 'no Chromium on the PATH',
    version: () => version(program),
    run: () => visit(query, start, open),
  };
}

function firefox(open) {
  const program = found('firefox-esr', 'firefox');
  return {
    why: program ? undefined : 'no Firefox on the PATH',
    version: () => version(program),
    run: () =>
      visit(
        '',
        (url, profile) => launch(program, ['--headless', '--no-remote', '--profile', profile, url], { HOME: profile }),
        open,
      ),
  };
}

const MINI_BROWSERS = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-4.1/MiniBrowser`);

/** Safari's engine: Debian's webkit2gtk-driver under Xvfb, by WebDriver. */
function webkit(open) {
  const program = MINI_BROWSERS.find((path) => existsSync(path));
  const missing = ['WebKitWebDriver', 'Xvfb', 'dbus-run-session'].find(
    (name) => spawnSync('which', [name]).status !== 0,
  );
  const port = 4444 + (process.pid % 1000);
  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    return (await response.json()).value;
  };
  return {
    why: program && !missing ? undefined : `no ${missing ?? 'MiniBrowser'} (webkit2gtk-driver, xvfb, dbus)`,
    version: () => version(program),
    run: () =>
      visit(
        '',
        (url, profile) => {
          const display = `:${100 + (process.pid % 400)}`;
          const script = `Xvfb ${display} -screen 0 800x600x24 & export DISPLAY=${display}; sleep 1; exec dbus-run-session -- WebKitWebDriver --port=${port}`;
          const child = launch('sh', ['-c', script], { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', HOME: profile });
          (async () => {
            for (let turn = 0; turn < 100; turn++) {
              const ready = await ask('GET', '/status').catch(() => undefined);
              if (ready) break;
              await new Promise((resolve) => setTimeout(resolve, 200));
            }
            const options = { binary: program, args: ['--automation'] };
            const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
            const { sessionId } = await ask('POST', '/session', { capabilities });
            await ask('POST', `/session/${sessionId}/url`, { url });
          })().catch(() => {}); // the page then posts nothing, which the server reports
          return child;
        },
        open,
      ),
  };
}

/** For each browser: why it cannot run, its version, and a function that runs it and returns the record. */
export const BROWSERS = {
  'Chromium, page': () => chromium(''),
  'Chromium, worker': () => chromium('?worker'),
  Firefox: () => firefox(),
  WebKit: () => webkit(),
};

/** A page that works by debkd/worker. Its record has the page's longest block, in ms. */
export const remotePage = () => chromium('?remote');

/** A page whose server responds to requests for wasm with a page. Its record has the error of loadTeacher. */
export const mistakenPage = () => chromium('?html');

/** A built page that posts its result. */
export const builtPage = (folder) => chromium('', () => openFolder(folder));

/** Serves the built app with app-drive.js, which drives it and posts the results. */
function openApp() {
  const folder = join(root, 'dist/app');
  const driver = join(root, 'test/runtime/app-drive.js');
  return serve((path) => {
    if (path === '/app-drive.js') return readFileSync(driver);
    const file = join(folder, path);
    if (!existsSync(file)) return undefined;
    if (path !== '/index.html') return readFileSync(file);
    return readFileSync(file, 'utf8').replace('</head>', '<script type="module" src="app-drive.js"></script></head>');
  });
}

/** The main flow of the app in each engine. */
export const APPS = {
  Chromium: () => chromium('', openApp),
  Firefox: () => firefox(openApp),
  WebKit: () => webkit(openApp),
};
