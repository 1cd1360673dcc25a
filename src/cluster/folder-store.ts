// A folder that all machines mount. Entries are written beside their place and renamed, so that none is ever half there.
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DebkdError, quote, unwritable } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import type { Shelf } from './store.ts';

/** @throws DebkdError `source` where the folder cannot be made or written */
export async function openFolderStore(folder: string): Promise<Shelf> {
  const writing = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw unwritable(`store ${folder}`, error);
    }
  };
  await writing(() => makeFolder(folder));
  const made = new Set<string>();
  const beside = async (name: string, bytes: Uint8Array): Promise<string> => {
    const parent = dirname(join(folder, name));
    if (!made.has(parent)) await mkdir(parent, { recursive: true });
    made.add(parent);
    const part = `${join(folder, name)}.part-${crypto.randomUUID()}`;
    try {
      await writeFile(part, bytes);
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      throw error;
    }
    return part;
  };
  return {
    async read(name) {
      try {
        return new Uint8Array(await readFile(join(folder, name)));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return undefined;
        throw new DebkdError('source', `store ${quote(folder, 200)}: cannot be read (${code}); check its permissions`);
      }
    },
    write: (name, bytes) => writing(async () => rename(await beside(name, bytes), join(folder, name))),
    create: (name, bytes) =>
      writing(async () => {
        const part = await beside(name, bytes);
        try {
          await link(part, join(folder, name)); // fails where it is there
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          // a file system without links
          if (code !== 'EEXIST') await writeFile(join(folder, name), bytes, { flag: 'wx' }).catch(() => undefined);
        } finally {
          await rm(part, { force: true });
        }
      }),
    has: (name) =>
      stat(join(folder, name)).then(
        () => true,
        () => false,
      ),
    remove: (name) => writing(() => rm(join(folder, name), { force: true })),
  };
}
