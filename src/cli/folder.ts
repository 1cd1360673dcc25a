// Result folders appear whole: written beside their place, then renamed.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, type FileHandle, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DebkdError, quote, unwritable } from '../io/errors.ts';
import { makeFolder } from '../io/make-folder.ts';
import { sha256 } from '../io/sha256.ts';
import { tell } from './messages.ts';

export interface FolderFile {
  readonly path: string;
  readonly content: Uint8Array | string;
}

/**
 * @param own names that a result has, the first in every one; where it is the only one, the caller looks at the rest
 * @throws DebkdError `source` when `folder` exists and is none of ours to replace: not empty, and no result or more than one
 */
export async function checkReplaceable(folder: string, [mark, ...own]: readonly [string, ...string[]]): Promise<void> {
  await tidy(resolve(folder));
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
  const others = own.length > 0 ? entries.filter((name) => name !== mark && !own.includes(name)) : [];
  if (others.length > 0) {
    throw new DebkdError(
      'source',
      `--out ${quote(folder, 200)}: beside an earlier result it holds ${listed(others)}, which would be lost; move ${others.length > 1 ? 'them' : 'it'}, or choose another folder`,
    );
  }
}

/** Some names, quoted, and how many more there are. */
function listed(names: readonly string[], most = 3): string {
  const some = names.slice(0, most).map((name) => quote(name, 200));
  return some.join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');
}

/** Removes what a program that was killed left beside `place`, and puts a result back that it had set aside. */
async function tidy(place: string): Promise<void> {
  const parent = dirname(place);
  for (const name of await readdir(parent).catch((): string[] => [])) {
    const path = join(parent, name);
    const [, kind, id] = path.startsWith(`${place}.`)
      ? (/^\.(partial|old)-(\d+)$/.exec(path.slice(place.length)) ?? [])
      : [];
    if (kind === undefined || runs(Number(id))) continue;
    const kept =
      kind === 'old' &&
      (await rename(path, place).then(
        () => true,
        () => false, // there is a newer one
      ));
    if (!kept) await rm(path, { recursive: true, force: true });
  }
}

function runs(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // another user's
  }
}

/** Tells a folder that export wrote, and what was written: a later export replaces nothing else. */
const MANIFEST = '.debkd-export.json';

/** The files and a manifest of them. */
export function withManifest(files: readonly FolderFile[]): FolderFile[] {
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

/** Writes the files as `folder`, replacing an earlier one. @param own as of checkReplaceable @throws DebkdError `source` */
export async function writeFolder(
  folder: string,
  files: readonly FolderFile[],
  own?: readonly string[],
): Promise<void> {
  const place = resolve(folder);
  const partial = `${place}.partial-${process.pid}`;
  const old = `${place}.old-${process.pid}`;
  await writing(folder, async () => {
    await makeFolder(dirname(place));
    tell({ kind: 'partial', path: partial, open: true });
    for (const { path, content } of files) {
      await makeFolder(dirname(join(partial, path)));
      await writeFile(join(partial, path), content);
      const back = new Uint8Array(await readFile(join(partial, path)));
      checkDigest(join(folder, path), sha256(back), sha256(bytesOf(content)));
    }
    // what somebody put beside an earlier result while we worked stays; copied, so that it is in one of the two at any moment
    for (const name of own ? await readdir(place).catch((): string[] => []) : [])
      if (!own?.includes(name)) await cp(join(place, name), join(partial, name), { recursive: true });
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
  const whole = await openWhole(file);
  await whole.write(content);
  await whole.finish();
}

/** A file that is written piece by piece beside its place, and renamed at the end. @throws DebkdError `source` */
export async function openWhole(
  file: string,
): Promise<{ write(content: Uint8Array | string): Promise<void>; finish(): Promise<void> }> {
  // through a link to what it leads to
  const place = await realpath(file).catch(() => resolve(file));
  const partial = `${place}.partial-${process.pid}`;
  let handle: FileHandle | undefined;
  await writing(file, async () => {
    await makeFolder(dirname(partial));
    if ((await stat(place).catch(() => undefined))?.isDirectory())
      throw new DebkdError('source', `--out ${quote(file, 200)}: this is a folder, expected a file; give it a name`);
    tell({ kind: 'partial', path: partial, open: true });
    handle = await open(partial, 'w');
  });
  const written = createHash('sha256');
  return {
    write: (content) =>
      writing(file, async () => {
        written.update(content);
        await handle?.writeFile(content);
      }),
    finish: () =>
      writing(file, async () => {
        await handle?.close();
        const found = createHash('sha256');
        for await (const chunk of createReadStream(partial)) found.update(chunk);
        checkDigest(file, found.digest('hex'), written.digest('hex'));
        await rename(partial, place);
        tell({ kind: 'partial', path: partial, open: false });
      }),
  };
}

/** What is on the disk must be what was written, before anybody is told that it is there. @throws DebkdError `source` */
function checkDigest(path: string, found: string, wanted: string): void {
  if (found === wanted) return;
  throw new DebkdError(
    'source',
    `--out ${quote(path, 200)}: what was read back differs from what was written; nothing was kept. Check the disk, or write to another place`,
  );
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw unwritable(path, error);
  }
}
