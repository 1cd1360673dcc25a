// Temporary folders for results. Each holds a file that names its owner (host and process), by which a later run recognises folders
// of processes that were killed.
import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { writeSynced } from '../io/durable.ts';
import { postToMain } from './messages.ts';

/** A folder that holds a result while it is written. */
export interface TempFolder {
  readonly path: string;
  /** Path of the new result, a file or a folder, while it is written. */
  readonly newPath: string;
  /** Path of the earlier result until the new one has replaced it. */
  readonly oldPath: string;
}

const NAME = /^\.debkd-[0-9a-f]{16}$/;
const OWNER_FILE = 'debkd.json';

/** The content of the owner file. */
interface Owner {
  readonly program: 'debkd';
  /** The name of the result next to the temporary folder, or `.` where the result is the parent folder. */
  readonly for: string;
  readonly host: string;
  readonly pid: number;
  /** When the process started, as the system counts; null where it is unknown. */
  readonly started: string | null;
}

/**
 * Creates a temporary folder.
 * @param output the path of the result
 * @param inside creates it inside `output` instead of next to it
 */
export async function createTempFolder(output: string, inside: boolean = false): Promise<TempFolder> {
  const path = join(inside ? output : dirname(output), `.debkd-${randomBytes(8).toString('hex')}`);
  const owner: Owner = {
    program: 'debkd',
    for: inside ? '.' : basename(output),
    host: hostname(),
    pid: process.pid,
    started: processStart(process.pid) ?? null,
  };
  await mkdir(path);
  postToMain({ kind: 'temp-folder', path, output, exists: true });
  await writeSynced(join(path, OWNER_FILE), `${JSON.stringify(owner)}\n`);
  return { path, newPath: join(path, 'new'), oldPath: join(path, 'old') };
}

/** Removes a temporary folder. Moves an earlier result back unless a newer one exists. Synchronous, to run while the process exits. */
export function removeTempFolder(path: string, output: string): void {
  const old = join(path, 'old');
  if (exists(old) && !exists(output)) renameSync(old, output);
  for (const name of ['new', 'old']) rmSync(join(path, name), { recursive: true, force: true });
  rmSync(join(path, OWNER_FILE), { force: true });
  try {
    rmdirSync(path);
  } catch {
    // it holds other files, or no longer exists
  }
  postToMain({ kind: 'temp-folder', path, output, exists: false });
}

/** Removes the temporary folders that killed processes left next to `output` and in it. */
export function removeStaleTempFolders(output: string): void {
  for (const [folder, name] of [
    [dirname(output), basename(output)],
    [output, '.'],
  ] as const) {
    for (const entry of entriesOf(folder)) {
      if (!NAME.test(entry)) continue;
      const path = join(folder, entry);
      const owner = ownerOf(path);
      if (owner?.for === name && owner.host === hostname() && !isRunning(owner)) removeTempFolder(path, output);
    }
  }
}

/** Whether `name` in `folder` is a temporary folder of debkd. */
export function isTempFolder(folder: string, name: string): boolean {
  return NAME.test(name) && ownerOf(join(folder, name)) !== undefined;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function ownerOf(path: string): Owner | undefined {
  const mark = join(path, OWNER_FILE);
  try {
    // links may point to other files
    if (!lstatSync(path).isDirectory() || !lstatSync(mark).isFile()) return undefined;
    const owner = JSON.parse(readFileSync(mark, 'utf8')) as Owner;
    return owner.program === 'debkd' && Number.isInteger(owner.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isRunning({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // another process may have this id by now
  return started === null || (processStart(pid) ?? started) === started;
}

/** When a process started: the boot id and the ticks since boot. Only on Linux. */
function processStart(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name in parentheses may contain blanks
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot} ${ticks}`;
  } catch {
    return undefined;
  }
}

function exists(path: string): boolean {
  return (
    statSync(path, { throwIfNoEntry: false }) !== undefined || lstatSync(path, { throwIfNoEntry: false }) !== undefined
  );
}
