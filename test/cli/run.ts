// Runs the built command line.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const MAIN: string = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const cache = mkdtempSync(join(tmpdir(), 'debkd-cache-'));
const env = { ...process.env, DEBKD_CACHE: cache };
const folders: string[] = [cache];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function debkd(
  args: readonly string[],
  options: { input?: string | Uint8Array; cwd?: string; timeout?: number } = {},
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    ...options,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

export function start(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A new empty folder, removed when the tests end. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'debkd-test-'));
  folders.push(folder);
  return folder;
}

/** A path inside models/. */
export function modelPath(path: string): string {
  return fileURLToPath(new URL(`../../models/${path}`, import.meta.url));
}

/** Options of a quick distillation of the WDBC case. */
export const WDBC: readonly string[] = [
  ...['--teacher', modelPath('wdbc-mlp-biased/teacher.onnx'), '--data', modelPath('wdbc/data.csv')],
  ...['--preprocessing', modelPath('wdbc/preprocessing.json'), '--split', modelPath('wdbc/split.csv')],
  ...['--student', '8', '--epochs', '15'],
];
