// A file that appears whole: written beside its place and renamed. What debkd did not make is not written over.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { renameSynced } from '../io/durable.ts';
import { DebkdError, quote, unwritable } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import { createTempFolder, removeStaleTempFolders, removeTempFolder } from './temp-folder.ts';

/** Where content goes, piece by piece; it is there when `finish` has returned. */
export interface AtomicFile {
  write(content: Uint8Array | string): Promise<void>;
  finish(): Promise<void>;
}

/**
 * Checks, before any work, that a file may be written.
 * @param isOurs whether an existing file is an earlier result
 * @throws DebkdError `source` where it is a folder or a file that somebody else made
 */
export async function checkOverwrite(file: string, isOurs: (path: string) => Promise<boolean>): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory())
    throw new DebkdError('source', `--out ${quote(file, 200)}: this is a folder, expected a file; give it a name`);
  // an empty file, as mktemp makes one, has nothing to lose
  if (!found?.isFile() || found.size === 0 || (await isOurs(await realpath(file)))) return;
  throw new DebkdError(
    'source',
    `--out ${quote(file, 200)}: there is a file already; choose another name, or write over it (--force)`,
  );
}

/** Writes one file whole. @throws DebkdError `source` */
export async function writeAtomic(file: string, content: Uint8Array): Promise<void> {
  const whole = await openAtomic(file);
  await whole.write(content);
  await whole.finish();
}

/** Opens a file that is written piece by piece. Devices and pipes are written as they are. @throws DebkdError `source` */
export async function openAtomic(file: string): Promise<AtomicFile> {
  // through a link to what it leads to
  const place = await realpath(file).catch(() => resolve(file));
  const found = await stat(place).catch(() => undefined);
  if (found && !found.isFile() && !found.isDirectory()) return openDevice(file);
  const { handle, path, newPath } = await withWriteErrors(file, async () => {
    await makeFolder(dirname(place));
    removeStaleTempFolders(place);
    const temporary = await createTempFolder(place);
    return { ...temporary, handle: await open(temporary.newPath, 'wx') };
  });
  const written = createHash('sha256');
  return {
    write: (content) =>
      withWriteErrors(file, async () => {
        written.update(content);
        await handle.writeFile(content);
      }),
    finish: () =>
      withWriteErrors(file, async () => {
        await handle.sync();
        await handle.close();
        const back = createHash('sha256');
        for await (const chunk of createReadStream(newPath)) back.update(chunk);
        checkDigest(file, back.digest('hex'), written.digest('hex'));
        await renameSynced(newPath, place);
        removeTempFolder(path, place);
      }),
  };
}

async function openDevice(file: string): Promise<AtomicFile> {
  const handle: FileHandle = await withWriteErrors(file, () => open(file, 'w'));
  return {
    write: (content) => withWriteErrors(file, () => handle.writeFile(content)),
    finish: () => handle.close(),
  };
}

/** What is on the disk must be what was written, before anybody is told that it is there. @throws DebkdError `source` */
export function checkDigest(path: string, found: string, wanted: string): void {
  if (found === wanted) return;
  throw new DebkdError(
    'source',
    `--out ${quote(path, 200)}: what was read back differs from what was written; nothing was kept. Check the disk, or write to another place`,
  );
}

/** Does some writing; what the system refuses is said of `path`. @throws DebkdError `source` */
export async function withWriteErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unwritable(path, error);
  }
}
