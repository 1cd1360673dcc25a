// Writes files atomically: into a temporary file, which is then renamed. Refuses to overwrite files that debkd did not make.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { renameSynced } from '../io/durable.ts';
import { DebkdError, quote, unwritable } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import { createTempFolder, removeStaleTempFolders, removeTempFolder } from './temp-folder.ts';

/** A file that is written in pieces and appears as a whole when `finish` resolves. */
export interface AtomicFile {
  write(content: Uint8Array | string): Promise<void>;
  finish(): Promise<void>;
}

/**
 * Checks that a file may be written. Called before any work.
 * @param isEarlierResult whether an existing file is an earlier result, which may be overwritten
 * @throws DebkdError `source` where it is a folder, or a file that debkd did not make
 */
export async function checkOverwrite(file: string, isEarlierResult: (path: string) => Promise<boolean>): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory())
    throw new DebkdError('source', {
      subject: `option --out ${quote(file, 200)}`,
      seen: 'a folder',
      expected: 'a file',
      remedy: 'add a file name',
    });
  // overwriting an empty file, as mktemp creates, loses nothing
  if (!found?.isFile() || found.size === 0 || (await isEarlierResult(await realpath(file)))) return;
  throw new DebkdError('source', {
    subject: `option --out ${quote(file, 200)}`,
    seen: 'the file exists',
    remedy: ['choose another name', 'overwrite it (--force)'],
  });
}

/** Writes a whole file. @throws DebkdError `source` */
export async function writeAtomic(file: string, content: Uint8Array): Promise<void> {
  const atomic = await openAtomic(file);
  await atomic.write(content);
  await atomic.finish();
}

/** Opens a file that is written in pieces. Devices and pipes are written directly. @throws DebkdError `source` */
export async function openAtomic(file: string): Promise<AtomicFile> {
  // write the target of a link, and keep the link
  const output = await realpath(file).catch(() => resolve(file));
  const found = await stat(output).catch(() => undefined);
  if (found && !found.isFile() && !found.isDirectory()) return openDevice(file);
  const { handle, path, newPath } = await withWriteErrors(file, async () => {
    await makeFolder(dirname(output));
    removeStaleTempFolders(output);
    const temporary = await createTempFolder(output);
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
        await renameSynced(newPath, output);
        removeTempFolder(path, output);
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

/** Compares the digest of what the disk holds with that of what was written. @throws DebkdError `source` */
export function checkDigest(path: string, found: string, wanted: string): void {
  if (found === wanted) return;
  throw new DebkdError('source', {
    subject: `option --out ${quote(path, 200)}`,
    seen: 'the content on the disk differs from what was written, and was not kept',
    remedy: ['check the disk', 'choose another place'],
  });
}

/** Runs a write, and turns a system error into one that names `path`. @throws DebkdError `source` */
export async function withWriteErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unwritable(path, error);
  }
}
