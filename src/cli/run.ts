// The checkpoint of a run with --out: a folder beside it, with what the run depends on (run.json) and its finished parts.
import { readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDiskCache } from '../io/disk-cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { digestOf } from '../io/sha256.ts';
import { type Checkpoint, checkpointKey, storedCheckpoint } from '../student/checkpoint.ts';
import { writeWhole } from './folder.ts';
import { note } from './messages.ts';

/** What a run depends on, by the names that a message has for it. JSON. */
export type RunParts = Readonly<Record<string, unknown>>;

const FORMAT = 1;
const folderOf = (out: string): string => `${out}.checkpoint`;

/**
 * Opens the checkpoint beside `out`, before any work: a place that cannot be written is said now. The folder is there
 * from the first part on, so that a run that is refused leaves nothing.
 * @param resume go on from the one that is there; else it is removed
 * @throws DebkdError `checkpoint` when it is of another run, `source` when the place cannot be written
 */
export async function openRun(out: string, parts: RunParts, resume: boolean): Promise<Checkpoint> {
  const folder = folderOf(out);
  const digests = Object.entries(parts).map(([name, value]): [string, string] => [name, digestOf(value)]);
  if (resume) await checkSame(folder, new Map(digests));
  else await removeRun(out);
  const store = await openDiskCache(folder, { maxBytes: Infinity, strict: true });
  await rmdir(folder).catch(() => undefined); // of an earlier run, it is not empty
  const kept = storedCheckpoint(store, checkpointKey([FORMAT, digests]));
  let begun: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    const record = { format: FORMAT, parts: Object.fromEntries(digests) };
    return writeWhole(join(folder, 'run.json'), new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`));
  };
  return {
    ...kept,
    async put(name, bytes) {
      begun ??= begin();
      await begun;
      await kept.put(name, bytes);
    },
  };
}

export async function removeRun(out: string): Promise<void> {
  await rm(folderOf(out), { recursive: true, force: true });
}

/** Finished parts of another run are neither used nor removed. */
async function checkSame(folder: string, digests: ReadonlyMap<string, string>): Promise<void> {
  const text = await readFile(join(folder, 'run.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return note(`note: --resume: ${folder} is not there; starting afresh`);
  const earlier = parse(text);
  if (!earlier) return note(`note: --resume: ${join(folder, 'run.json')} is damaged; starting afresh`);
  const other = [...digests].filter(([name, value]) => earlier.get(name) !== value).map(([name]) => name);
  if (other.length === 0) return;
  throw new DebkdError(
    'checkpoint',
    `--resume: the checkpoint ${quote(folder, 200)} is of a run that differs in ${other.join(', ')}; give what it was started with, or leave out --resume to start afresh`,
  );
}

function parse(text: string): Map<string, unknown> | undefined {
  try {
    const { format, parts } = JSON.parse(text) as { format: unknown; parts: object };
    return format === FORMAT ? new Map(Object.entries(parts)) : new Map();
  } catch {
    return undefined;
  }
}
