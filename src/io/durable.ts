// Writes that survive a loss of power: a file's bytes reach the disk before its name does.
import { builtin, dirname, fsPromises } from './node.ts';

/** Writes a file and syncs it to disk. @param flag of fs.open; default `w`, which replaces an existing file */
export async function writeSynced(path: string, bytes: Uint8Array | string, flag: string = 'w'): Promise<void> {
  const { open } = await fsPromises();
  const handle = await open(path, flag);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a new file and syncs it to disk; returns whether there was none. A failed write leaves no file. */
export async function createSynced(path: string, bytes: Uint8Array | string): Promise<boolean> {
  const { open, rm } = await fsPromises();
  const handle = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    return undefined;
  });
  if (!handle) return false;
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

/** Renames a file or folder and syncs the new name to disk. */
export async function renameSynced(from: string, to: string): Promise<void> {
  const { rename } = await fsPromises();
  await rename(from, to);
  await syncFolder(await dirname(to));
}

/** Syncs the names in a folder to disk; does nothing on systems that cannot, such as Windows. */
export async function syncFolder(path: string): Promise<void> {
  const { open } = await fsPromises();
  const handle = await open(path, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Syncs the names in a folder and all folders in it. */
export async function syncFolders(path: string): Promise<void> {
  const { readdir } = await fsPromises();
  const { join } = await builtin<typeof import('node:path')>('node:path');
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(path, entry.name));
  await syncFolder(path);
}
