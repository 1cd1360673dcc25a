// Starts exported projects on their target runtimes. Each listens on loopback.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const modules = fileURLToPath(new URL('node_modules/', import.meta.url));
const why = (name) => (existsSync(join(modules, name)) ? undefined : 'not installed; npm ci --prefix test/runtime');
const require = createRequire(new URL('package.json', import.meta.url));

/** Starts a program in the project's folder; resolves when it prints the port that it listens on. */
function program(command, args, folder, { wait = /https?:\/\/[\d.]+:(\d+)/, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, PORT: '0', HOST: '127.0.0.1', NO_COLOR: '1', ...env },
    });
    let said = '';
    const ended = new Promise((done) => child.once('exit', done));
    const stop = async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(timer);
    };
    const hear = (chunk) => {
      said += chunk;
      const port = said.match(wait)?.[1];
      if (port) resolve({ url: `http://127.0.0.1:${port}`, stop });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said.slice(0, 2000)}`)));
  });
}

/** The modules of a worker: names and paths, with index.js first. */
function workerModules(folder) {
  return readdirSync(join(folder, 'src'))
    .filter((name) => /\.(js|wasm)$/.test(name))
    .sort((a, b) => (a === 'index.js' ? -1 : b === 'index.js' ? 1 : a < b ? -1 : 1))
    .map((name) => ({ name, path: join(folder, 'src', name) }));
}

const dateOf = (folder) => JSON.parse(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')).compatibility_date;

async function workerd(folder) {
  const work = mkdtempSync(join(tmpdir(), 'debkd-workerd-'));
  const list = workerModules(folder).map(({ name, path }) => {
    writeFileSync(join(work, name), readFileSync(path));
    return `(name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}")`;
  });
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [${list.join(', ')}], compatibilityDate = "${dateOf(folder)}"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`;
  writeFileSync(join(work, 'config.capnp'), config);
  // --control-fd prints the port
  const args = ['serve', join(work, 'config.capnp'), '--control-fd=1'];
  const running = await program(join(modules, '.bin/workerd'), args, work, { wait: /"port":(\d+)/ });
  return {
    ...running,
    async stop() {
      await running.stop();
      rmSync(work, { recursive: true, force: true });
    },
  };
}

async function miniflare(folder) {
  const { Miniflare } = await import(pathToFileURL(require.resolve('miniflare')).href);
  const server = new Miniflare({
    modules: workerModules(folder).map(({ path }) => ({
      type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule',
      path,
    })),
    modulesRoot: join(folder, 'src'),
    compatibilityDate: dateOf(folder),
    ...{ host: '127.0.0.1', port: 0 },
  });
  const url = await server.ready;
  return { url: url.origin, stop: () => server.dispose() };
}

/** One script whose handler responds to fetch events, as Vercel builds it. */
async function edgeRuntime(folder) {
  const { EdgeRuntime, runServer } = await import(pathToFileURL(require.resolve('edge-runtime')).href);
  const contents = `import handler from './api/index.js'; // { fetch }, as Vercel's functions have it
addEventListener('fetch', (event) => event.respondWith(handler.fetch(event.request)));`;
  const { outputFiles } = await build({
    ...{ stdin: { contents, resolveDir: folder }, bundle: true, write: false, format: 'iife', target: 'es2022' },
    logLevel: 'error',
  });
  const runtime = new EdgeRuntime({ initialCode: outputFiles[0].text });
  const server = await runServer({ runtime, host: '127.0.0.1', port: 0 });
  return { url: new URL(server.url).origin, stop: () => server.close() };
}

/** Imitates a function URL of AWS Lambda: requests become events, results become responses. */
async function lambda(folder) {
  const { handler } = await import(pathToFileURL(join(folder, 'src/index.js')).href);
  const server = createServer(async (request, response) => {
    const parts = [];
    try {
      for await (const part of request) parts.push(part);
    } catch {
      return; // Lambda makes no event of an incomplete request
    }
    const body = Buffer.concat(parts);
    const [path, rawQueryString = ''] = request.url.split('?');
    const answer = await handler({
      ...{ version: '2.0', rawPath: path, rawQueryString, headers: request.headers },
      requestContext: { http: { method: request.method, path }, stage: '$default' },
      ...(body.length > 0 && { body: body.toString('base64'), isBase64Encoded: true }),
    });
    response.writeHead(answer.statusCode, answer.headers);
    response.end(answer.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** For each runtime: the exported project, why it cannot run here, and a function that starts it and returns { url, stop() }. */
export const PLATFORM_RUNTIMES = {
  'this Node': { project: 'node', start: (folder) => program(process.execPath, ['src/main.js'], folder) },
  Bun: {
    ...{ project: 'node', why: why('.bin/bun') },
    start: (folder) => program(join(modules, '.bin/bun'), ['src/main.js'], folder),
  },
  Deno: {
    ...{ project: 'deno', why: why('.bin/deno') },
    start: (folder) =>
      program(
        join(modules, '.bin/deno'),
        ['run', '--allow-net', '--allow-env=PORT,HOST', '--no-lock', 'main.js'],
        folder,
      ),
  },
  workerd: { project: 'cloudflare', why: why('.bin/workerd'), start: workerd },
  miniflare: { project: 'cloudflare', why: why('miniflare'), start: miniflare },
  'edge-runtime (Vercel)': { project: 'vercel', why: why('edge-runtime'), start: edgeRuntime },
  'Lambda, event harness': { project: 'aws-lambda', start: lambda },
};
