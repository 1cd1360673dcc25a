// The hosts that run conformance.js: how to find each, and how to run it there.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { BROWSERS } from './browsers.mjs';
import { readFiles } from './files.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const command = join(root, 'test/runtime/command.js');
const installed = (path) => join(root, 'test/runtime/node_modules', path);
const absent = (path) => (existsSync(path) ? undefined : 'not installed; npm ci --prefix test/runtime');

/** A host with a command line. */
function byCommand(program, args = []) {
  return {
    why: absent(program),
    version: () => spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim().split('\n')[0],
    async run() {
      const { stdout } = await promisify(execFile)(program, [...args, command], { maxBuffer: 2 ** 26, cwd: root });
      return JSON.parse(stdout);
    },
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Cloudflare's runtime. It does not compile bytes, so the kernels are a module; it runs the parts that need no teacher. */
function workerd() {
  const program = installed('.bin/workerd');
  return {
    why: absent(program),
    version: () => spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    async run() {
      const folder = mkdtempSync(join(tmpdir(), 'debkd-workerd-'));
      const port = await freePort();
      await build({
        entryPoints: [join(root, 'test/runtime/worker.js')],
        alias: { 'debkd/internals': join(root, 'dist/internals.js'), debkd: join(root, 'dist/workerd.js') },
        ...{ bundle: true, outfile: join(folder, 'worker.js'), format: 'esm', platform: 'browser', target: 'es2022' },
        external: ['*.wasm', 'node:*', 'onnxruntime-web/*'],
        logLevel: 'error',
      });
      const modules = ['kernels.wasm', 'decode-jpeg.wasm', 'decode-png.wasm'];
      for (const name of modules) copyFileSync(join(root, 'dist', name), join(folder, name));
      writeFileSync(
        join(folder, 'config.capnp'),
        `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
${modules.map((name) => `    (name = "${name}", wasm = embed "${name}"),`).join('\n')}
  ],
  compatibilityDate = "2026-11-01",
);
`,
      );
      const child = spawn(program, ['serve', join(folder, 'config.capnp')], { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk) => {
        said += chunk;
      });
      try {
        const body = JSON.stringify(
          Object.fromEntries(
            Object.entries(readFiles()).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
          ),
        );
        for (let turn = 0; ; turn++) {
          const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body }).catch(() => undefined);
          if (response) {
            const record = await response.json();
            if (record.error) throw new Error(record.error);
            return record;
          }
          if (turn > 100 || child.exitCode !== null) throw new Error(`workerd did not answer: ${said.slice(0, 2000)}`);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      } finally {
        child.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** For each host: why it cannot run, its version, and a function that runs it and returns the record. `partial`: without teachers. */
export const HOSTS = {
  'Node, this one': () => byCommand(process.execPath),
  'Node 22': () => byCommand(installed('node22/bin/node')),
  'Node 24': () => byCommand(installed('node/bin/node')),
  Deno: () => byCommand(installed('.bin/deno'), ['run', '--allow-read', '--no-lock']),
  Bun: () => byCommand(installed('.bin/bun')),
  ...BROWSERS,
  workerd: () => ({ ...workerd(), partial: true }),
};

/** The record as text with sorted names, to compare and to hash. `names`: the names to include; default: all. */
export function textOf({ hashes, errors }, names) {
  const list = (object) =>
    Object.entries(object)
      .filter(([name]) => !names || names.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([list(hashes), list(errors)]);
}
