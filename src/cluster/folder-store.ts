// A folder that all machines mount. Entries are written beside their place and renamed, so that none is ever half there.
import { link, opendir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renameSynced, syncFolder, writeSynced } from '../io/durable.ts';
import { DebkdError, quote, unwritable } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import type { BlobStore } from './store.ts';

/** @throws DebkdError `source` where the folder cannot be made or written */
export async function openFolderStore(folder: string): Promise<BlobStore> {
  const writing = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw unwritable(`store ${folder}`, error);
    }
  };
  await writing(() => makeFolder(folder));
  const beside = async (name: string, bytes: Uint8Array): Promise<string> => {
    const part = `${join(folder, name)}.part-${crypto.randomUUID()}`;
    try {
      await writeSynced(part, bytes).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        await makeFolder(dirname(part)); // the first of its folder
        await writeSynced(part, bytes);
      });
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      throw error;
    }
    return part;
  };
  /** Network file systems remember what was not there, until the folder is opened again. */
  const refresh = async (name: string): Promise<void> => {
    const parent = await opendir(dirname(join(folder, name))).catch(() => undefined);
    await parent?.close();
  };
  /** Undefined where there is no such entry. */
  const found = async <T>(name: string, look: (path: string) => Promise<T>): Promise<T | undefined> => {
    for (let tries = 0; ; tries++) {
      try {
        return await look(join(folder, name));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT')
          throw new DebkdError(
            'source',
            `store ${quote(folder, 200)}: cannot be read (${code}); check its permissions`,
          );
        if (tries > 0) return undefined;
        await refresh(name);
      }
    }
  };
  return {
    read: (name) => found(name, async (path) => new Uint8Array(await readFile(path))),
    has: async (name) => (await found(name, stat)) !== undefined,
    write: (name, bytes) => writing(async () => renameSynced(await beside(name, bytes), join(folder, name))),
    create: (name, bytes) =>
      writing(async () => {
        const part = await beside(name, bytes);
        try {
          await link(part, join(folder, name)); // fails where it is there
          await syncFolder(dirname(part));
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          // a file system without links
          if (code !== 'EEXIST') await writeSynced(join(folder, name), bytes, 'wx').catch(() => undefined);
        } finally {
          await rm(part, { force: true });
        }
      }),
    remove: (name) => writing(() => rm(join(folder, name), { force: true })),
  };
}
