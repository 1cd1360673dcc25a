// Writes that outlast a loss of power: what was written is on the disk before its name is.
import { builtin, dirname, fsPromises } from './node.ts';

/** Writes a file, and returns when the disk has it. @param flag as of open; default: replace what is there */
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

/** Renames a file or folder that is on the disk; the new name is there, too, when it returns. */
export async function renameSynced(from: string, to: string): Promise<void> {
  const { rename } = await fsPromises();
  await rename(from, to);
  await syncFolder(await dirname(to));
}

/** Puts the names in a folder on the disk; nothing where the system cannot, as Windows. */
export async function syncFolder(path: string): Promise<void> {
  const { open } = await fsPromises();
  const handle = await open(path, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** The same of a folder and all folders in it. */
export async function syncFolders(path: string): Promise<void> {
  const { readdir } = await fsPromises();
  const { join } = await builtin<typeof import('node:path')>('node:path');
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(join(path, entry.name));
  await syncFolder(path);
}
