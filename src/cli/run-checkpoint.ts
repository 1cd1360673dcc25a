// The checkpoint of a run with --out: which run it is of, and its finished parts.
import { rmdir } from 'node:fs/promises';
import { openDiskCache } from '../io/disk-cache.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { digestOf } from '../io/sha256.ts';
import { type Checkpoint, checkpointKey, storedCheckpoint } from '../student/checkpoint.ts';
import { note } from './messages.ts';
import { checkRunFolder, readRun, removeRun, writeRun } from './run-folder.ts';

/** What a run depends on, by the names that a message has for it. JSON. */
export type RunInputs = Readonly<Record<string, unknown>>;

const RUN_FORMAT = 1;

/**
 * Opens the checkpoint in `folder`, before any work: a place that cannot be written is said now. The folder is there
 * from the first part on, so that a run that is refused leaves nothing.
 * @param resume go on from the one that is there; else it is removed
 * @throws DebkdError `checkpoint` when it is of another run, `source` when the place cannot be written
 */
export async function openRunCheckpoint(folder: string, parts: RunInputs, resume: boolean): Promise<Checkpoint> {
  const digests = Object.entries(parts).map(([name, value]): [string, string] => [name, digestOf(value)]);
  await checkRunFolder(folder);
  if (resume) await checkSameRun(folder, new Map(digests));
  else await removeRun(folder);
  const store = await openDiskCache(folder, { maxBytes: Infinity, strict: true });
  await rmdir(folder).catch(() => undefined); // of an earlier run, it is not empty
  const kept = storedCheckpoint(store, checkpointKey([RUN_FORMAT, digests]));
  let begun: Promise<void> | undefined;
  return {
    ...kept,
    async put(name, bytes) {
      begun ??= writeRun(folder, { format: RUN_FORMAT, parts: Object.fromEntries(digests) });
      await begun;
      await kept.put(name, bytes);
    },
  };
}

/** Finished parts of another run are neither used nor removed. */
async function checkSameRun(folder: string, digests: ReadonlyMap<string, string>): Promise<void> {
  const text = await readRun(folder);
  if (text === undefined) return note(`note: --resume: ${folder} is not there; starting afresh`);
  const { parts } = JSON.parse(text) as { parts: Record<string, unknown> };
  const earlier = new Map(Object.entries(parts));
  const other = [...digests].filter(([name, value]) => earlier.get(name) !== value).map(([name]) => name);
  if (other.length === 0) return;
  throw new DebkdError(
    'checkpoint',
    `--resume: the checkpoint ${quote(folder, 200)} is of a run that differs in ${other.join(', ')}; give what it was started with, or leave out --resume to start afresh`,
  );
}
