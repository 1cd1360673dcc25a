// Writes result folders: into a temporary folder, which is then renamed. Never changes or removes files that debkd did not make.
import { readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renameSynced, syncFolders, writeSynced } from '../io/durable.ts';
import { makeFolder } from '../io/make-folder.ts';
import { sha256 } from '../io/sha256.ts';
import { checkDigest, withWriteErrors } from './atomic-write.ts';
import { contains, realPathOf } from './output-path.ts';
import { createTempFolder, removeTempFolder } from './temp-folder.ts';

export interface OutputFile {
  readonly path: string;
  readonly content: Uint8Array | string;
}

export const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/**
 * Writes all files or none as `folder`. Other files in the folder stay; then each new file appears as a whole, one by one.
 * @param own the file names of a result; default: every name
 * @throws DebkdError `source`
 */
export async function writeFolder(
  folder: string,
  files: readonly OutputFile[],
  own?: readonly string[],
): Promise<void> {
  const output = await realPathOf(folder);
  await withWriteErrors(folder, async () => {
    await makeFolder(dirname(output));
    const entries = own ? await readdir(output).catch((): string[] => []) : [];
    // keep a folder that holds other files or is the current folder of a shell
    if (entries.some((name) => !own?.includes(name)) || contains(output, process.cwd()))
      return mergeIntoFolder(folder, output, files);
    try {
      await replaceFolder(folder, output, files);
    } catch (error) {
      // mount points cannot be renamed
      if (!/^(EBUSY|EXDEV)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await mergeIntoFolder(folder, output, files);
    }
  });
}

/** Writes a new folder, then swaps it with the earlier one. */
async function replaceFolder(folder: string, output: string, files: readonly OutputFile[]): Promise<void> {
  const { path, newPath, oldPath } = await createTempFolder(output);
  try {
    await writeFiles(folder, newPath, files);
    await syncFolders(path);
    await rename(output, oldPath).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await renameSynced(newPath, output);
  } finally {
    removeTempFolder(path, output);
  }
}

/** Moves the files into an existing folder, one by one. */
async function mergeIntoFolder(folder: string, output: string, files: readonly OutputFile[]): Promise<void> {
  await makeFolder(output);
  const { path, newPath } = await createTempFolder(output, true);
  try {
    await writeFiles(folder, newPath, files);
    await syncFolders(path);
    for (const file of files) {
      await makeFolder(dirname(join(output, file.path)));
      await renameSynced(join(newPath, file.path), join(output, file.path));
    }
  } finally {
    removeTempFolder(path, output);
  }
}

async function writeFiles(folder: string, newPath: string, files: readonly OutputFile[]): Promise<void> {
  for (const { path, content } of files) {
    await makeFolder(dirname(join(newPath, path)));
    await writeSynced(join(newPath, path), content);
    const back = new Uint8Array(await readFile(join(newPath, path)));
    checkDigest(join(folder, path), sha256(back), sha256(bytesOf(content)));
  }
}
