// The finished parts of a run with --out, as a store in the run's folder.
import { rmdir } from 'node:fs/promises';
import type { LabelCache } from '../io/cache.ts';
import { openDiskCache } from '../io/disk-cache.ts';
import { checkRunFolder, removeRun, writeRun } from './run-folder.ts';

/** The parts of a run. */
export interface RunParts extends LabelCache {
  /** Removes the parts of this run: nothing is left to resume. An earlier run that this one has not replaced stays. */
  discard(): Promise<void>;
}

/**
 * Opens the store and checks that the folder can be written. The first part creates the folder, and only then replaces an earlier run: a run
 * that is refused leaves nothing and removes nothing.
 * @param record the content of run.json
 * @param resume continues with the parts of an earlier run
 * @throws DebkdError `source` where the folder cannot be written, or holds files that debkd did not make
 */
export async function openRunParts(folder: string, record: unknown, resume: boolean): Promise<RunParts> {
  await checkRunFolder(folder);
  const store = await openDiskCache(folder, { maxBytes: Infinity, strict: true });
  await rmdir(folder).catch(() => undefined); // not empty where there is an earlier run
  let begun: Promise<void> | undefined;
  const begin = async (): Promise<void> => {
    if (!resume) await removeRun(folder);
    await writeRun(folder, record);
  };
  return {
    async get(key) {
      if (!resume && !begun) return undefined;
      await begun;
      return store.get(key);
    },
    async put(key, bytes) {
      begun ??= begin();
      await begun;
      await store.put(key, bytes);
    },
    async discard() {
      if (resume || begun) await removeRun(folder);
    },
  };
}
