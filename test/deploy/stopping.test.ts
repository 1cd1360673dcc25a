// The exported services and callers that hold on: connections that say nothing, halves of requests, and the end by a signal.
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
  ...{ preprocessing, threshold: 0.5, provenance: {} },
});
const BODY = JSON.stringify({ age: 41 });

/** Far beyond every limit that is waited for: a service that holds on for ever is seen here, a slow machine is not. */
const LIMIT = 60_000;
/** Less than the 30 s that Node waits between two looks at its connections if it is not told. */
const LOOKED = 25_000;

const root = mkdtempSync(join(tmpdir(), 'debkd-stopping-'));
beforeAll(async () => {
  await write('deno', 'deno', [['src/config.js', 'maxSeconds: 20,', 'maxSeconds: 1,']]);
  await write('hurried', 'node', [
    ['src/config.js', 'maxSeconds: 20,', 'maxSeconds: 1,'],
    ['src/server.js', 'HEAD_MS = 10_000;', 'HEAD_MS = 500;'],
    // the others must do without it
    ['src/server.js', 'REQUEST_MS = HEAD_MS + 1000 * config.maxSeconds + 5000;', 'REQUEST_MS = 600_000;'],
  ]);
  // no limit on halves of requests may end what the signal must end
  await write('unhurried', 'node', [
    ['src/config.js', 'maxSeconds: 20,', 'maxSeconds: 600,'],
    ['src/server.js', 'HEAD_MS = 10_000;', 'HEAD_MS = 600_000;'],
  ]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The project, with other limits; each must be there as it is said to be. */
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
/** What runs the project for Node: this one, and others where they are installed. */
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
  /** Resolves when it has printed this. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
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
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(text);
        if (found) resolve(found);
      };
      waiting.add(look);
      look();
      ended.then(() => reject(new Error(`it ended before it said ${pattern}: ${text}`)));
    });
  const [, port] = await said(/http:\/\/127\.0\.0\.1:(\d+)/);
  return { port: Number(port), child, said, ended };
}

interface Connection {
  send(text: string): void;
  /** Resolves with all that came, when it matches. */
  heard(pattern: RegExp): Promise<string>;
  /** Resolves with all that came, when the other side has hung up. */
  readonly closed: Promise<string>;
}

/** A connection that has sent `text` and goes no further. */
async function open(port: number, text: string): Promise<Connection> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let all = '';
  const waiting = new Set<() => void>();
  socket.on('data', (chunk) => {
    all += chunk;
    for (const look of waiting) look();
  });
  socket.on('error', () => undefined); // a connection that is cut; `closed` follows
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(all));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => socket.write(text, () => resolve()));
    if (text === '') socket.once('connect', () => resolve());
  });
  const heard = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(all)) resolve(all);
      };
      waiting.add(look);
      look();
      closed.then(() => reject(new Error(`closed before ${pattern}: ${all}`)));
    });
  return { send: (more) => socket.write(more), heard, closed };
}

const POST = 'POST /predict HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n';
const HEAD_PART = 'POST /predict HTTP/1.1\r\nhost: he';
const FULL_HEAD = `${POST}content-length: ${BODY.length}\r\n\r\n`;
const GET = 'GET /health HTTP/1.1\r\nhost: here\r\n\r\n';

// they wait far more than they compute
describe.concurrent.each(present)('the project for Node on %s', (_, command, args) => {
  const serve = async (folder: string): Promise<Service> => await start(folder, command, [...args, 'src/main.js']);

  test(
    'SIGTERM: work is finished, what only holds on is cut',
    async () => {
      const { port, child, said, ended } = await serve('unhurried');
      const idle = await open(port, GET);
      await idle.heard(/"status":"ok"/);
      await open(port, '');
      const half = await open(port, HEAD_PART);
      const endless = await open(port, `${FULL_HEAD}{`);
      const work = await open(port, FULL_HEAD);
      // each of them has arrived: a later connection is answered
      await (await open(port, GET)).heard(/"status":"ok"/);
      child.kill('SIGTERM');
      await said(/stopping/);
      expect(await idle.closed).toMatch(/^HTTP\/1\.1 200/);
      await expect(open(port, GET), 'a new connection').rejects.toThrow(/ECONNREFUSED/);
      work.send(BODY);
      const answer = await work.closed; // which must not wait for the caller, who would keep it
      expect(answer).toMatch(/^HTTP\/1\.1 200[\s\S]*connection: close[\s\S]*"probability":/i);
      expect(await ended).toEqual({ code: 0, signal: null });
      for (const connection of [half, endless]) expect(await connection.closed).toBe('');
    },
    LIMIT,
  );

  test(
    'a signal without anything in work ends it, and a second one does not wait',
    async () => {
      const free = await serve('unhurried');
      const idle = await open(free.port, GET);
      await idle.heard(/"status":"ok"/);
      free.child.kill('SIGINT');
      expect(await free.ended).toEqual({ code: 0, signal: null });

      const held = await serve('unhurried');
      const half = await open(held.port, HEAD_PART);
      await (await open(held.port, GET)).heard(/"status":"ok"/);
      held.child.kill('SIGTERM');
      await held.said(/stopping/);
      held.child.kill('SIGINT');
      // the first one's deadline ends it with 0
      expect(await held.ended).toEqual({ code: 1, signal: null });
      await half.closed;
    },
    LIMIT,
  );

  test(
    'halves of requests do not last while it runs',
    async () => {
      const { port } = await serve('hurried');
      const [silent, half, endless, chunks] = await Promise.all([
        open(port, ''),
        open(port, HEAD_PART),
        open(port, `${FULL_HEAD}{`),
        open(port, `${POST}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`),
      ]);
      // answered long before its end, and never quite idle
      const unwanted = await open(port, `POST /nowhere HTTP/1.1\r\nhost: here\r\ncontent-length: 999999\r\n\r\n{`);
      const drip = setInterval(() => unwanted.send(' '), 100);
      for (const { closed } of [silent, half]) expect(await closed).toMatch(/^HTTP\/1\.1 408/);
      for (const { closed } of [endless, chunks]) {
        expect(await closed).toMatch(/^HTTP\/1\.1 408[\s\S]*nosniff[\s\S]*connection: close[\s\S]*"code":"time"/i);
      }
      expect(await unwanted.closed).toMatch(/^HTTP\/1\.1 404/);
      clearInterval(drip);
      await (await open(port, `${FULL_HEAD}${BODY}`)).heard(/"probability":/);
    },
    LOOKED,
  );
});

test("Node's own limit is above that of config.js, whatever that is", async () => {
  const { server } = (await import(pathToFileURL(join(root, 'unhurried/src/server.js')).href)) as { server: Server };
  expect([server.headersTimeout, server.requestTimeout]).toEqual([600_000, 600_000 + 600_000 + 5000]);
});

describe.runIf(existsSync(deno))('the project for Deno', () => {
  test(
    'a body that never comes is answered',
    async () => {
      const { port } = await start('deno', deno, [...DENO, 'main.js']);
      for (const tail of [
        `content-length: ${BODY.length}\r\n\r\n{`,
        'transfer-encoding: chunked\r\n\r\n1\r\n{\r\n',
        'content-length: 10000000\r\n\r\n{',
      ]) {
        const answer = await (await open(port, `${POST}${tail}`)).heard(/"code":"time"/);
        expect(answer).toMatch(/^HTTP\/1\.1 408[\s\S]*nosniff/);
      }
      await (await open(port, `${FULL_HEAD}${BODY}`)).heard(/"probability":/);
    },
    LIMIT,
  );
});
