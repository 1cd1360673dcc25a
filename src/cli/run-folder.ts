// The folder of a run with --out that is not finished: beside it, with what the run depends on and its finished parts. Nothing else in
// it is touched, and a folder that holds anything else is none of ours.
import { lstat, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isEntry } from '../io/disk-cache.ts';
import { renameSynced, writeSynced } from '../io/durable.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import { withWriteErrors } from './atomic-write.ts';
import { siblingPath } from './output-path.ts';
import type { Invocation } from './parse.ts';

/** The file that says what a run depends on. */
export const RUN_FILE = 'run.json';
const TEMP_RUN_FILE = /^run\.json\.part-[0-9a-f-]{36}$/;

const SUFFIXES = new Map([
  ['distill', '.checkpoint'],
  ['compare', '.cells'],
]);

/** Where a command's unfinished run lies; undefined where it has none. */
export function runFolder({ command, values }: Pick<Invocation, 'command' | 'values'>): string | undefined {
  const suffix = SUFFIXES.get(command);
  const out = values['out'];
  if (suffix === undefined || typeof out !== 'string') return undefined;
  return relative('', siblingPath(out, suffix));
}

/** Whether a file in the folder is ours: by its name, and what says which run it is by its content. */
async function isRunFile(folder: string, name: string): Promise<boolean> {
  if (name !== RUN_FILE) return TEMP_RUN_FILE.test(name) || isEntry(name);
  try {
    const { format, parts } = JSON.parse((await readRun(folder)) ?? '') as { format?: unknown; parts?: unknown };
    return typeof format === 'number' && typeof parts === 'object';
  } catch {
    return false;
  }
}

/** @throws DebkdError `source` where the place is taken by what debkd did not make */
export async function checkRunFolder(folder: string): Promise<void> {
  const others: string[] = [];
  for (const name of await namesIn(folder)) if (!(await isRunFile(folder, name))) others.push(name);
  if (others.length === 0) return;
  throw new DebkdError(
    'source',
    `--out: ${quote(folder, 200)}, where the unfinished run is kept, holds ${listed(
      others.map((name) => quote(name)),
      3,
    )}, which debkd did not make; move ${others.length > 1 ? 'them' : 'it'}, or choose another --out`,
  );
}

/** Removes an unfinished run. */
export async function removeRun(folder: string): Promise<void> {
  for (const name of await namesIn(folder))
    if (await isRunFile(folder, name)) await rm(join(folder, name), { force: true });
  await rmdir(folder).catch(() => undefined); // it is not there, or holds what others made
}

async function namesIn(folder: string): Promise<string[]> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory())
    throw new DebkdError(
      'source',
      `--out: ${quote(folder, 200)}, where the unfinished run is kept, is no folder; move it, or choose another --out`,
    );
  return withWriteErrors(folder, () => readdir(folder));
}

/** What the run depends on; undefined where it is not there. */
export async function readRun(folder: string): Promise<string | undefined> {
  return readFile(join(folder, RUN_FILE), 'utf8').catch(() => undefined);
}

/** Says what the run depends on. @throws DebkdError `source` */
export async function writeRun(folder: string, record: unknown): Promise<void> {
  const part = join(folder, `${RUN_FILE}.part-${crypto.randomUUID()}`);
  await withWriteErrors(folder, async () => {
    await makeFolder(folder);
    await writeSynced(part, `${JSON.stringify(record, null, 2)}\n`);
    await renameSynced(part, join(folder, RUN_FILE));
  });
}
