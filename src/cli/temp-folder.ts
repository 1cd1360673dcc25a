// Temporary folders for results. Each holds a file that names its owner (host and process), so that the remains of a killed program
// can be told from files of others.
import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { writeSynced } from '../io/durable.ts';
import { postToMain } from './messages.ts';

/** A folder that holds a result while it is made. */
export interface TempFolder {
  readonly path: string;
  /** What will be the result, a file or a folder. */
  readonly newPath: string;
  /** The earlier result, from when its place is taken until the new one is there. */
  readonly oldPath: string;
}

const NAME = /^\.debkd-[0-9a-f]{16}$/;
const OWNER_FILE = 'debkd.json';

/** What the mark of a temporary folder says. */
interface Owner {
  readonly program: 'debkd';
  /** The name of the result, in the same folder as the temporary one, or `.` for that folder itself. */
  readonly for: string;
  readonly host: string;
  readonly pid: number;
  /** When the process started, by the system's own count; null where nobody can tell. */
  readonly started: string | null;
}

/** @param inside in the place itself and not beside it */
export async function createTempFolder(place: string, inside: boolean = false): Promise<TempFolder> {
  const path = join(inside ? place : dirname(place), `.debkd-${randomBytes(8).toString('hex')}`);
  const owner: Owner = {
    ...{ program: 'debkd', for: inside ? '.' : basename(place) },
    ...{ host: hostname(), pid: process.pid, started: processStart(process.pid) ?? null },
  };
  await mkdir(path);
  postToMain({ kind: 'partial', path, place, open: true });
  await writeSynced(join(path, OWNER_FILE), `${JSON.stringify(owner)}\n`);
  return { path, newPath: join(path, 'new'), oldPath: join(path, 'old') };
}

/** Ends a temporary folder: an earlier result goes back to its place, unless a newer one is there. Synchronous, for a program that ends. */
export function removeTempFolder(path: string, place: string): void {
  const old = join(path, 'old');
  if (exists(old) && !exists(place)) renameSync(old, place);
  for (const name of ['new', 'old']) rmSync(join(path, name), { recursive: true, force: true });
  rmSync(join(path, OWNER_FILE), { force: true });
  try {
    rmdirSync(path);
  } catch {
    // somebody has put something there, or it is gone
  }
  postToMain({ kind: 'partial', path, place, open: false });
}

/** Ends what programs that were killed left beside and in `place`. */
export function removeStaleTempFolders(place: string): void {
  for (const [folder, name] of [
    [dirname(place), basename(place)],
    [place, '.'],
  ] as const) {
    for (const entry of entriesOf(folder)) {
      if (!NAME.test(entry)) continue;
      const path = join(folder, entry);
      const owner = ownerOf(path);
      if (owner?.for === name && owner.host === hostname() && !isRunning(owner)) removeTempFolder(path, place);
    }
  }
}

/** Whether a name in a folder is that of a temporary one of ours. */
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
    // no links: they lead to what others made
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
  // another process may have got the number
  return started === null || (processStart(pid) ?? started) === started;
}

/** When a process started: the boot and the ticks since, as Linux counts them. */
function processStart(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name of the program, in brackets, may hold blanks
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
