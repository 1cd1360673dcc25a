// Redis on loopback, workers and coordinators as processes, and rows to label.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { dice } from '../random.ts';
import { wideOnnx } from '../tiny-onnx.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export const hasRedis: boolean = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) console.warn('skipped: redis-server is not installed, which the tests of the cluster need');

const alive = new Set<ChildProcess>();
afterAll(() => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface Process {
  readonly child: ChildProcess;
  /** The output so far, of both streams. */
  said(): string;
  stdout(): string;
  readonly ended: Promise<{ status: number | null; signal: NodeJS.Signals | null; stdout: string; said: string }>;
  /** Resolves when the output matches; rejects after 60 s or the end of the process. */
  until(pattern: RegExp): Promise<void>;
}

export function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Process {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  alive.add(child);
  let [all, out] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    all += text;
  });
  const ended = new Promise<Awaited<Process['ended']>>((resolve) => {
    child.on('close', (status, signal) => {
      alive.delete(child);
      resolve({ status, signal, stdout: out, said: all });
    });
  });
  return {
    child,
    ended,
    said: () => all,
    stdout: () => out,
    async until(pattern) {
      for (let i = 0; i < 1200; i++) {
        if (pattern.test(all)) return;
        if (child.exitCode !== null || child.signalCode !== null) break;
        await sleep(50);
      }
      throw new Error(`${args.join(' ')}: no ${pattern} in: ${all}`);
    },
  };
}

export const debkd = (args: readonly string[], env?: Readonly<Record<string, string>>): Process =>
  run(process.execPath, [MAIN, ...args], env);

/** Starts a worker; resolves when it is ready. */
export async function worker(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Process> {
  const started = debkd(['worker', ...args], env);
  await started.until(/ is ready:/);
  return started;
}

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  cli(...args: string[]): string;
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, with the data of its append-only file. */
  start(): Promise<void>;
}

export async function redisServer(
  folder: string,
  options: readonly string[] = [],
  bind = '127.0.0.1',
): Promise<RedisServer> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const args = ['--port', String(port), '--bind', bind, '--dir', folder, '--save', '', '--appendonly', 'yes'];
  let server: Process;
  const start = async (): Promise<void> => {
    server = run('redis-server', [...args, ...options]);
    await server.until(/Ready to accept connections/);
  };
  await start();
  return {
    port,
    url: `redis://${bind}:${port}`,
    cli: (...words) =>
      spawnSync('redis-cli', ['-h', bind, '-p', String(port), ...words], { encoding: 'utf8' }).stdout.trim(),
    async stop(signal) {
      server.child.kill(signal);
      await server.ended;
    },
    start,
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Arguments of label for `blocks` * 16,384 + 100 rows of two numbers, and a teacher that is the slower the larger `wide` is. */
export function somethingToLabel(folder: string, blocks: number, wide: number): readonly string[] {
  const { real } = dice(7);
  const rows = Array.from(
    { length: 16384 * blocks + 100 },
    () => `${real(-2, 2).toFixed(4)},${real(-2, 2).toFixed(4)}`,
  );
  const [data, teacher] = [join(folder, 'rows.csv'), join(folder, 'teacher.onnx')];
  writeFileSync(data, `a,b\n${rows.join('\n')}\n`);
  writeFileSync(teacher, wideOnnx(wide));
  return ['label', '--teacher', teacher, '--data', data, '--convention', 'logit'];
}
