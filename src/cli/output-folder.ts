// Writes result folders: into a temporary folder, which is then renamed. Files of others are neither changed nor removed.
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renameSynced, syncFolders, writeSynced } from '../io/durable.ts';
import { DebkdError, listed, quote } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import { sha256 } from '../io/sha256.ts';
import { checkDigest, withWriteErrors } from './atomic-write.ts';
import { isDebkdFile } from './is-debkd-file.ts';
import { contains, realPathOf } from './output-path.ts';
import { createTempFolder, isTempFolder, removeStaleTempFolders, removeTempFolder } from './temp-folder.ts';

export interface OutputFile {
  readonly path: string;
  readonly content: Uint8Array | string;
}

/**
 * Checks, before any work, that a folder may be replaced: it is empty, not there, or holds an earlier result and nothing else.
 * @param own names that a result has, the first in every one; where it is the only one, the caller looks at the rest
 * @param force allows files with these names to be overwritten, whoever made them; other files are kept
 * @throws DebkdError `source`
 */
export async function checkReplaceable(
  folder: string,
  [mark, ...own]: readonly [string, ...string[]],
  force: boolean = false,
): Promise<void> {
  const refuse = (what: string): never => {
    throw new DebkdError('source', `--out ${quote(folder, 200)}: ${what}`);
  };
  const place = await realPathOf(folder);
  removeStaleTempFolders(place);
  const all = await readdir(place).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    const why = error.code === 'ENOTDIR' ? 'this is a file' : (error.code ?? 'it cannot be read');
    return refuse(`${why}, expected a folder or a new name; choose another`);
  });
  const entries = all.filter((name) => !isTempFolder(place, name));
  if (entries.length === 0 || force) return;
  const orForce = own.length > 0 ? ', or write into it (--force)' : '';
  if (!entries.includes(mark))
    refuse(
      `the folder holds other files, expected a new name, an empty folder or an earlier result; choose another${orForce}`,
    );
  if (own.length === 0) return;
  const others = entries.filter((name) => name !== mark && !own.includes(name));
  if (others.length > 0)
    refuse(
      `the folder holds an earlier result and also ${listed(
        others.map((name) => quote(name)),
        3,
      )}; move ${others.length > 1 ? 'them' : 'it'}, choose another folder${orForce}`,
    );
  for (const name of entries) {
    if (/\.(csv|md)$/.test(name) || (await isDebkdFile(join(place, name)))) continue;
    refuse(`${quote(name)} in it is none that debkd made, or was changed; move it, choose another folder${orForce}`);
  }
}

/** Tells a folder that export wrote, and what was written: a later export replaces nothing else. */
const MANIFEST = '.debkd-export.json';

/** The files and a manifest of them. */
export function withManifest(files: readonly OutputFile[]): OutputFile[] {
  const list = files.map(({ path, content }) => [path, sha256(bytesOf(content))]);
  return [...files, { path: MANIFEST, content: `${JSON.stringify(Object.fromEntries(list), null, 2)}\n` }];
}

/** @throws DebkdError `source` when `folder` holds anything that an export did not write, or that was changed since */
export async function checkExported(folder: string): Promise<void> {
  await checkReplaceable(folder, [MANIFEST]);
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) return; // it is empty, or not there
  const known = manifestOf(text, folder);
  for (const name of await readdir(folder, { recursive: true })) {
    const path = name.replaceAll('\\', '/');
    if (path === MANIFEST || (await stat(join(folder, name))).isDirectory()) continue;
    const why = !known.has(path)
      ? 'it holds'
      : known.get(path) === sha256(await readFile(join(folder, name)))
        ? undefined
        : 'you changed';
    if (why === undefined) continue;
    throw new DebkdError(
      'source',
      `--out ${quote(folder, 200)}: ${why} ${quote(path, 200)}, which an export would remove; move it, or choose another folder`,
    );
  }
}

/** @throws DebkdError `source` */
function manifestOf(text: string, folder: string): Map<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(text)));
  } catch {
    throw new DebkdError(
      'source',
      `--out ${quote(folder, 200)}: its ${MANIFEST} is damaged, so that nobody can tell what an export wrote there; choose another folder`,
    );
  }
}

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/**
 * Writes the files as `folder`, whole or not at all; where it holds other things, they stay and each file is whole.
 * @param own names of a result; default: all that is in an earlier folder
 * @throws DebkdError `source`
 */
export async function writeFolder(
  folder: string,
  files: readonly OutputFile[],
  own?: readonly string[],
): Promise<void> {
  const place = await realPathOf(folder);
  await withWriteErrors(folder, async () => {
    await makeFolder(dirname(place));
    const there = own ? await readdir(place).catch((): string[] => []) : [];
    // somebody's things, the folder that a shell stands in, or what something is mounted on: it keeps its place
    if (there.some((name) => !own?.includes(name)) || contains(place, process.cwd()))
      return mergeIntoFolder(folder, place, files);
    try {
      await replaceFolder(folder, place, files);
    } catch (error) {
      if (!/^(EBUSY|EXDEV)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await mergeIntoFolder(folder, place, files);
    }
  });
}

/** Writes a new folder, then swaps it with the earlier one. */
async function replaceFolder(folder: string, place: string, files: readonly OutputFile[]): Promise<void> {
  const { path, newPath, oldPath } = await createTempFolder(place);
  try {
    await writeFiles(folder, newPath, files);
    await syncFolders(path);
    await rename(place, oldPath).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await renameSynced(newPath, place);
  } finally {
    removeTempFolder(path, place);
  }
}

/** Moves the files into a folder that is there, one by one. */
async function mergeIntoFolder(folder: string, place: string, files: readonly OutputFile[]): Promise<void> {
  await makeFolder(place);
  const { path, newPath } = await createTempFolder(place, true);
  try {
    await writeFiles(folder, newPath, files);
    await syncFolders(path);
    for (const file of files) {
      await makeFolder(dirname(join(place, file.path)));
      await renameSynced(join(newPath, file.path), join(place, file.path));
    }
  } finally {
    removeTempFolder(path, place);
  }
}

async function writeFiles(folder: string, fresh: string, files: readonly OutputFile[]): Promise<void> {
  for (const { path, content } of files) {
    await makeFolder(dirname(join(fresh, path)));
    await writeSynced(join(fresh, path), content);
    const back = new Uint8Array(await readFile(join(fresh, path)));
    checkDigest(join(folder, path), sha256(back), sha256(bytesOf(content)));
  }
}
