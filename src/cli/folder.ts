// Result folders appear whole: written beside their place, then renamed.
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DebkdError, quote } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import { tell } from './messages.ts';

export interface FolderFile {
  readonly path: string;
  readonly content: Uint8Array | string;
}

/** @throws DebkdError `source` when `folder` exists and is none of ours to replace: it must be empty or hold `mark` */
export async function checkReplaceable(folder: string, mark: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    const why = error.code === 'ENOTDIR' ? 'this is a file' : (error.code ?? 'it cannot be read');
    throw new DebkdError(
      'source',
      `--out ${quote(folder, 200)}: ${why}, expected a folder or a new name; choose another`,
    );
  });
  if (entries.length > 0 && !entries.includes(mark)) {
    throw new DebkdError(
      'source',
      `--out ${quote(folder, 200)}: the folder holds other files, expected a new name, an empty folder or an earlier result; choose another`,
    );
  }
}

/** Writes the files as `folder`, replacing an earlier one. @throws DebkdError `source` */
export async function writeFolder(folder: string, files: readonly FolderFile[]): Promise<void> {
  const place = resolve(folder);
  const partial = `${place}.partial-${process.pid}`;
  const old = `${place}.old-${process.pid}`;
  await writing(folder, async () => {
    await makeFolder(dirname(place));
    tell({ kind: 'partial', path: partial, open: true });
    for (const { path, content } of files) {
      await makeFolder(dirname(join(partial, path)));
      await writeFile(join(partial, path), content);
    }
    const replaced = await rename(place, old).then(
      () => true,
      () => false,
    );
    await rename(partial, place);
    tell({ kind: 'partial', path: partial, open: false });
    if (replaced) await rm(old, { recursive: true, force: true });
  });
}

/** Writes one file beside its place and renames it. @throws DebkdError `source` */
export async function writeWhole(file: string, content: Uint8Array): Promise<void> {
  const partial = `${resolve(file)}.partial-${process.pid}`;
  await writing(file, async () => {
    await makeFolder(dirname(partial));
    tell({ kind: 'partial', path: partial, open: true });
    await writeFile(partial, content);
    await rename(partial, resolve(file));
    tell({ kind: 'partial', path: partial, open: false });
  });
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const why =
      code === 'ENOSPC'
        ? 'the disk is full'
        : code === 'EACCES' || code === 'EROFS' || code === 'EPERM'
          ? 'no permission to write'
          : code;
    throw new DebkdError('source', `${quote(path, 200)}: cannot be written (${why}); choose another place`);
  }
}
