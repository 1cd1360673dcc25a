// The checkpoint of a run with --out: the digests of its inputs and its finished parts.
import { DebkdError, quote } from '../io/errors.ts';
import { digestOf } from '../io/sha256.ts';
import { type Checkpoint, checkpointKey, storedCheckpoint } from '../student/checkpoint.ts';
import { note } from './messages.ts';
import { checkRunFolder, readRun } from './run-folder.ts';
import { openRunParts, type RunParts } from './run-parts.ts';

/** The inputs that determine a run, as JSON values by their names in messages. */
export type RunInputs = Readonly<Record<string, unknown>>;

const RUN_FORMAT = 1;

/**
 * Opens the checkpoint in `folder` and checks that the folder can be written.
 * @param resume continues from an earlier checkpoint; otherwise the first part replaces it
 * @throws DebkdError `checkpoint` where it belongs to another run, `source` where the folder cannot be written
 */
export async function openRunCheckpoint(
  folder: string,
  inputs: RunInputs,
  resume: boolean,
): Promise<Checkpoint & Pick<RunParts, 'discard'>> {
  const digests = Object.entries(inputs).map(([name, value]): [string, string] => [name, digestOf(value)]);
  await checkRunFolder(folder);
  if (resume) await checkSameRun(folder, new Map(digests));
  const parts = await openRunParts(folder, { format: RUN_FORMAT, parts: Object.fromEntries(digests) }, resume);
  const checkpoint = storedCheckpoint(parts, checkpointKey([RUN_FORMAT, digests]));
  // One write at a time, and none after one that failed: the command ends at the first failure, and a write that it cut off
  // would leave its temporary file.
  let last: Promise<void> = Promise.resolve();
  return {
    ...checkpoint,
    put(name, bytes) {
      last = last.then(() => checkpoint.put(name, bytes));
      return last;
    },
    discard: parts.discard,
  };
}

/** Checks that the finished parts belong to this run. Those of another run are neither used nor removed. */
async function checkSameRun(folder: string, digests: ReadonlyMap<string, string>): Promise<void> {
  const text = await readRun(folder);
  if (text === undefined) return note(`note: --resume found no checkpoint ${folder}; starting from the beginning`);
  const { parts } = JSON.parse(text) as { parts: Record<string, unknown> };
  const earlier = new Map(Object.entries(parts));
  const changed = [...digests].filter(([name, value]) => earlier.get(name) !== value).map(([name]) => name);
  if (changed.length === 0) return;
  throw new DebkdError('checkpoint', {
    subject: `checkpoint ${quote(folder, 200)}`,
    seen: `it belongs to a run that differs in ${changed.join(', ')}`,
    remedy: ['give the inputs and options of that run', 'leave out --resume to start from the beginning'],
  });
}
