// Exported services under slow clients (silent connections, incomplete requests), and their shutdown by a signal.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { toEdge } from '../../src/deploy/edge/project.ts';
import { layout } from '../../src/kernels/layout.ts';
import { Student } from '../../src/student/student.ts';

const preprocessing: Preprocessing = {
  clip: 10,
  columns: [{ name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: 0, width: 1 }],
  encodedWidth: 1,
};
const student = new Student({
  architecture: { hidden: [2] },
  parameters: new Float32Array(layout(1, { hidden: [2] }).size).fill(0.5),
  preprocessing,
  threshold: 0.5,
  provenance: {},
});
const BODY = JSON.stringify({ age: 41 });

/** Time limit of a test, far above every limit of the services: it fails if a service hangs, but not on a slow machine. */
const TEST_MS = 60_000;
/** Less than 30 s, Node's default interval between checks of its connections. */
const CHECKED_MS = 25_000;

const root = mkdtempSync(join(tmpdir(), 'debkd-stopping-'));
beforeAll(async () => {
  await write('deno', 'deno', [['src/config.js', 'maxSeconds: 20,', 'maxSeconds: 1,']]);
  await write('hurried', 'node', [
    ['src/config.js', 'maxSeconds: 20,', 'maxSeconds: 1,'],
    ['src/server.js', 'HEAD_MS = 10_000;', 'HEAD_MS = 500;'],
    // Node's limit for whole requests must not be the one that ends them
    ['src/server.js', 'REQUEST_MS = HEAD_MS + 1000 * config.maxSeconds + 5000;', 'REQUEST_MS = 600_000;'],
  ]);
  // the signal, not a time limit, must end incomplete requests
  await write('unhurried', 'node', [
    ['src/config.js', 'maxSeconds: 20,', 'maxSeconds: 600,'],
    ['src/server.js', 'HEAD_MS = 10_000;', 'HEAD_MS = 600_000;'],
  ]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Exports the project and replaces texts in it; each must occur. */
async function write(
  folder: string,
  platform: 'node' | 'deno',
  changes: readonly (readonly [path: string, from: string, to: string])[],
): Promise<void> {
  for (const { path, bytes } of (await toEdge(student, platform)).files) {
    const file = join(root, folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  for (const [path, from, to] of changes) {
    const text = readFileSync(join(root, folder, path), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(root, folder, path), text.replace(from, to));
  }
}

const at = (path: string): string => fileURLToPath(new URL(`../runtime/node_modules/${path}`, import.meta.url));
const DENO = ['run', '--allow-net', '--allow-env=PORT,HOST', '--no-lock'];
const deno = at('.bin/deno');
/** The runtimes for the Node project: this Node, and the installed ones of test/runtime. */
const hosts: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['this Node', process.execPath, []],
  ['Node 24', at('node/bin/node'), []],
  ['Node 22', at('node22/bin/node'), []],
  ['Bun', at('.bin/bun'), []],
  ['Deno', deno, DENO],
];
const present = hosts.filter(([name, command]) => {
  if (!existsSync(command)) console.warn(`skipped: ${name}: not installed; npm ci --prefix test/runtime`);
  return existsSync(command);
});

interface Service {
  readonly port: number;
  readonly child: ChildProcess;
  /** Resolves when the output matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}
const running: ChildProcess[] = [];
const sockets: Socket[] = [];
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const child of running) child.kill('SIGKILL');
});

async function start(folder: string, command: string, args: readonly string[]): Promise<Service> {
  const env = { ...process.env, PORT: '0', HOST: '127.0.0.1', NO_COLOR: '1' };
  const child = spawn(command, args, { cwd: join(root, folder), env });
  running.push(child);
  let text = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
      for (const check of waiting) check();
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = pattern.exec(text);
        if (found) resolve(found);
      };
      waiting.add(check);
      check();
      ended.then(() => reject(new Error(`ended before it printed ${pattern}: ${text}`)));
    });
  const [, port] = await printed(/http:\/\/127\.0\.0\.1:(\d+)/);
  return { port: Number(port), child, printed, ended };
}

interface Connection {
  send(text: string): void;
  /** Resolves with everything received, once it matches. */
  received(pattern: RegExp): Promise<string>;
  /** Resolves with everything received, once the connection is closed. */
  readonly closed: Promise<string>;
}

/** Opens a connection and sends `text`. */
async function open(port: number, text: string): Promise<Connection> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let all = '';
  const waiting = new Set<() => void>();
  socket.on('data', (chunk) => {
    all += chunk;
    for (const check of waiting) check();
  });
  socket.on('error', () => undefined); // a reset connection; `closed` resolves next
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(all));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => socket.write(text, () => resolve()));
    if (text === '') socket.once('connect', () => resolve());
  });
  const received = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (pattern.test(all)) resolve(all);
      };
      waiting.add(check);
      check();
      closed.then(() => reject(new Error(`closed before ${pattern}: ${all}`)));
    });
  return { send: (more) => socket.write(more), received, closed };
}

const POST = 'POST /predict HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n';
const HEAD_PART = 'POST /predict HTTP/1.1\r\nhost: he';
const FULL_HEAD = `${POST}content-length: ${BODY.length}\r\n\r\n`;
const GET = 'GET /health HTTP/1.1\r\nhost: here\r\n\r\n';

// concurrent, because they mostly wait
describe.concurrent.each(present)('the project for Node on %s', (_, command, args) => {
  const serve = async (folder: string): Promise<Service> => await start(folder, command, [...args, 'src/main.js']);

  test(
    'SIGTERM: finishes open requests, closes idle and incomplete ones',
    async () => {
      const { port, child, printed, ended } = await serve('unhurried');
      const idle = await open(port, GET);
      await idle.received(/"status":"ok"/);
      await open(port, '');
      const partial = await open(port, HEAD_PART);
      const endless = await open(port, `${FULL_HEAD}{`);
      const active = await open(port, FULL_HEAD);
      // a later connection has a response, so the server has accepted them all
      await (await open(port, GET)).received(/"status":"ok"/);
      child.kill('SIGTERM');
      await printed(/stopping/);
      expect(await idle.closed).toMatch(/^HTTP\/1\.1 200/);
      await expect(open(port, GET), 'a new connection').rejects.toThrow(/ECONNREFUSED/);
      active.send(BODY);
      const response = await active.closed; // closed by the server: the client would keep it open
      expect(response).toMatch(/^HTTP\/1\.1 200[\s\S]*connection: close[\s\S]*"probability":/i);
      expect(await ended).toEqual({ code: 0, signal: null });
      for (const connection of [partial, endless]) expect(await connection.closed).toBe('');
    },
    TEST_MS,
  );

  test(
    'a signal ends an idle server at once, a second signal a busy one',
    async () => {
      const free = await serve('unhurried');
      const idle = await open(free.port, GET);
      await idle.received(/"status":"ok"/);
      free.child.kill('SIGINT');
      expect(await free.ended).toEqual({ code: 0, signal: null });

      const held = await serve('unhurried');
      const partial = await open(held.port, HEAD_PART);
      await (await open(held.port, GET)).received(/"status":"ok"/);
      held.child.kill('SIGTERM');
      await held.printed(/stopping/);
      held.child.kill('SIGINT');
      // code 1; at the first signal's deadline it would be 0
      expect(await held.ended).toEqual({ code: 1, signal: null });
      await partial.closed;
    },
    TEST_MS,
  );

  test(
    'incomplete requests time out',
    async () => {
      const { port } = await serve('hurried');
      const [silent, partial, endless, chunks] = await Promise.all([
        open(port, ''),
        open(port, HEAD_PART),
        open(port, `${FULL_HEAD}{`),
        open(port, `${POST}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`),
      ]);
      // gets its response before the body is complete, and keeps sending
      const rejected = await open(port, `POST /nowhere HTTP/1.1\r\nhost: here\r\ncontent-length: 999999\r\n\r\n{`);
      const drip = setInterval(() => rejected.send(' '), 100);
      for (const { closed } of [silent, partial]) expect(await closed).toMatch(/^HTTP\/1\.1 408/);
      for (const { closed } of [endless, chunks]) {
        expect(await closed).toMatch(/^HTTP\/1\.1 408[\s\S]*nosniff[\s\S]*connection: close[\s\S]*"code":"time"/i);
      }
      expect(await rejected.closed).toMatch(/^HTTP\/1\.1 404/);
      clearInterval(drip);
      await (await open(port, `${FULL_HEAD}${BODY}`)).received(/"probability":/);
    },
    CHECKED_MS,
  );
});

test("Node's time limit for a request follows maxSeconds", async () => {
  const { server } = (await import(pathToFileURL(join(root, 'unhurried/src/server.js')).href)) as { server: Server };
  expect([server.headersTimeout, server.requestTimeout]).toEqual([600_000, 600_000 + 600_000 + 5000]);
});

describe.runIf(existsSync(deno))('the project for Deno', () => {
  test(
    'a body that never arrives gets a 408',
    async () => {
      const { port } = await start('deno', deno, [...DENO, 'main.js']);
      for (const tail of [
        `content-length: ${BODY.length}\r\n\r\n{`,
        'transfer-encoding: chunked\r\n\r\n1\r\n{\r\n',
        'content-length: 10000000\r\n\r\n{',
      ]) {
        const response = await (await open(port, `${POST}${tail}`)).received(/"code":"time"/);
        expect(response).toMatch(/^HTTP\/1\.1 408[\s\S]*nosniff/);
      }
      await (await open(port, `${FULL_HEAD}${BODY}`)).received(/"probability":/);
    },
    TEST_MS,
  );
});
