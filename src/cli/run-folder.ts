// The folder of an unfinished run, next to --out. It holds digests of the run's inputs, and its finished parts. A folder with any
// other file is refused.
import { lstat, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isEntry } from '../io/disk-cache.ts';
import { renameSynced, writeSynced } from '../io/durable.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import { withWriteErrors } from './atomic-write.ts';
import { siblingPath } from './output-path.ts';
import type { Invocation } from './parse.ts';

/** The file with the digests of the run's inputs. */
export const RUN_FILE = 'run.json';
const TEMP_RUN_FILE = /^run\.json\.part-[0-9a-f-]{36}$/;

const SUFFIXES = new Map([
  ['distill', '.checkpoint'],
  ['compare', '.cells'],
]);

/** The folder of a command's unfinished run; undefined where the command keeps none. */
export function runFolder({ command, values }: Pick<Invocation, 'command' | 'values'>): string | undefined {
  const suffix = SUFFIXES.get(command);
  const out = values['out'];
  if (suffix === undefined || typeof out !== 'string') return undefined;
  return relative('', siblingPath(out, suffix));
}

/** Whether a file belongs to a run: by its name, and run.json also by its content. */
async function isRunFile(folder: string, name: string): Promise<boolean> {
  if (name !== RUN_FILE) return TEMP_RUN_FILE.test(name) || isEntry(name);
  try {
    const { format, parts } = JSON.parse((await readRun(folder)) ?? '') as { format?: unknown; parts?: unknown };
    return typeof format === 'number' && typeof parts === 'object';
  } catch {
    return false;
  }
}

/** Checks that the folder holds no files that debkd did not make. @throws DebkdError `source` */
export async function checkRunFolder(folder: string): Promise<void> {
  const otherFiles: string[] = [];
  for (const name of await entriesOf(folder)) if (!(await isRunFile(folder, name))) otherFiles.push(name);
  if (otherFiles.length === 0) return;
  throw new DebkdError('source', {
    subject: 'option --out',
    seen: `${quote(folder, 200)}, the folder of the unfinished run, holds ${listed(
      otherFiles.map((name) => quote(name)),
      3,
    )}, which debkd did not make`,
    remedy: [`move ${otherFiles.length > 1 ? 'them' : 'it'}`, 'choose another --out'],
  });
}

/** Removes an unfinished run. @throws DebkdError `source` */
export async function removeRun(folder: string): Promise<void> {
  for (const name of await entriesOf(folder))
    if (await isRunFile(folder, name)) await withWriteErrors(folder, () => rm(join(folder, name), { force: true }));
  await rmdir(folder).catch(() => undefined); // it does not exist or holds other files
}

async function entriesOf(folder: string): Promise<string[]> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory())
    throw new DebkdError('source', {
      subject: 'option --out',
      seen: `${quote(folder, 200)}, the folder of the unfinished run, is not a folder`,
      remedy: ['move it', 'choose another --out'],
    });
  return withWriteErrors(folder, () => readdir(folder));
}

/** The digests of the run's inputs, as JSON; undefined where there is no run. */
export async function readRun(folder: string): Promise<string | undefined> {
  return readFile(join(folder, RUN_FILE), 'utf8').catch(() => undefined);
}

/** Writes the digests of the run's inputs. @throws DebkdError `source` */
export async function writeRun(folder: string, record: unknown): Promise<void> {
  const temporary = join(folder, `${RUN_FILE}.part-${crypto.randomUUID()}`);
  await withWriteErrors(folder, async () => {
    await makeFolder(folder);
    await writeSynced(temporary, `${JSON.stringify(record, null, 2)}\n`);
    await renameSynced(temporary, join(folder, RUN_FILE));
  });
}
