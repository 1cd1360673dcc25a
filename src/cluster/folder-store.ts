// A store in a folder that all machines mount. Each entry is written to a temporary file and renamed, which makes the write atomic.
import { link, opendir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createSynced, renameSynced, syncFolder, writeSynced } from '../io/durable.ts';
import { DebkdError, quote, unwritable } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import type { BlobStore } from './blob-store.ts';

/** @throws DebkdError `source` if the folder cannot be created or written */
export async function openFolderStore(folder: string): Promise<BlobStore> {
  const withWriteErrors = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw unwritable(`store ${folder}`, error);
    }
  };
  await withWriteErrors(() => makeFolder(folder));
  const writeTemporary = async (name: string, bytes: Uint8Array): Promise<string> => {
    const temporary = `${join(folder, name)}.part-${crypto.randomUUID()}`;
    try {
      await writeSynced(temporary, bytes).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        // the first entry in its subfolder
        await makeFolder(dirname(temporary));
        await writeSynced(temporary, bytes);
      });
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    return temporary;
  };
  /** Network file systems cache the absence of a file until the folder is opened again. */
  const refresh = async (name: string): Promise<void> => {
    const opened = await opendir(dirname(join(folder, name))).catch(() => undefined);
    await opened?.close();
  };
  /** Undefined if the entry is absent. */
  const ifPresent = async <T>(name: string, read: (path: string) => Promise<T>): Promise<T | undefined> => {
    for (let tries = 0; ; tries++) {
      try {
        return await read(join(folder, name));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT')
          throw new DebkdError('source', {
            subject: `store ${quote(folder, 200)}`,
            seen: `cannot be read (${code})`,
            remedy: 'check the permissions',
            cause: error,
          });
        if (tries > 0) return undefined;
        await refresh(name);
      }
    }
  };
  return {
    read: (name) => ifPresent(name, async (path) => new Uint8Array(await readFile(path))),
    has: async (name) => (await ifPresent(name, stat)) !== undefined,
    write: (name, bytes) =>
      withWriteErrors(async () => {
        const temporary = await writeTemporary(name, bytes);
        try {
          await renameSynced(temporary, join(folder, name));
        } catch (error) {
          await rm(temporary, { force: true }).catch(() => undefined);
          throw error;
        }
      }),
    create: (name, bytes) =>
      withWriteErrors(async () => {
        const temporary = await writeTemporary(name, bytes);
        try {
          // fails if the name exists
          await link(temporary, join(folder, name)).catch(async (error: NodeJS.ErrnoException) => {
            // some file systems lack hard links
            if (error.code !== 'EEXIST') await createSynced(join(folder, name), bytes);
          });
          await syncFolder(dirname(temporary));
        } finally {
          await rm(temporary, { force: true });
        }
      }),
    remove: (name) => withWriteErrors(() => rm(join(folder, name), { force: true })),
  };
}
