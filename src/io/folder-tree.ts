// The files of a folder, for Node, Deno and Bun.
import { DebkdError, quote } from './errors.ts';
import { compareBytes, type FileTree, innerPath, isHidden, MAX_FILE_BYTES, tooLarge } from './file-tree.ts';
import type { Bytes } from './host-types.ts';
import { builtin, fsPromises, pathOf } from './node.ts';

/** Whether a path is a folder; false on hosts without files. */
export async function isFolder(path: string | URL): Promise<boolean> {
  if (/^(https?|blob|data):/.test(String(path))) return false;
  const found = await fsPromises()
    .then(async ({ stat }) => stat(await pathOf(asPath(path))))
    .catch(() => undefined);
  return found?.isDirectory() === true;
}

function asPath(path: string | URL): string | URL {
  return typeof path === 'string' && path.startsWith('file:') ? new URL(path) : path;
}

/** Opens a folder. @throws DebkdError `source` if there is none */
export async function openFolder(path: string | URL): Promise<FileTree> {
  const folder = await pathOf(asPath(path));
  const place = `folder ${quote(folder, 200)}`;
  const { readdir, realpath, stat, readFile } = await fsPromises();
  const { join, resolve } = await builtin<typeof import('node:path')>('node:path');
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new DebkdError('source', {
      subject: place,
      seen: found ? 'this is a file' : 'there is no such folder',
      expected: 'a folder',
      remedy: 'check the path',
    });
  }
  const fail = (where: string, error: NodeJS.ErrnoException): never => {
    throw new DebkdError('source', {
      subject: where,
      seen: `cannot be read (${error.code ?? error.message})`,
      remedy: 'check the path and its permissions',
    });
  };
  /** @param above the real paths of the folders above, which a link must not lead back to */
  const list = async (inner: string, files: string[], above: ReadonlySet<string>): Promise<void> => {
    const real = await realpath(join(folder, inner));
    if (above.has(real)) return;
    const chain = new Set([...above, real]);
    const entries = await readdir(join(folder, inner), { withFileTypes: true }).catch((error) =>
      fail(`folder ${quote(join(folder, inner), 200)}`, error),
    );
    for (const entry of entries) {
      const name = inner === '' ? entry.name : `${inner}/${entry.name}`;
      if (isHidden(entry.name)) continue;
      const status = entry.isSymbolicLink() ? await stat(join(folder, name)).catch(() => undefined) : entry;
      if (status?.isDirectory()) await list(name, files, chain);
      else if (status?.isFile()) files.push(name);
    }
  };
  return {
    place,
    name: folder,
    root: resolve(folder),
    async paths() {
      const files: string[] = [];
      await list('', files, new Set());
      return files.sort(compareBytes);
    },
    async read(inner) {
      const where = `${place}, file ${quote(inner, 200)}`;
      const read = async (file: string): Promise<Bytes | undefined> => {
        const path = join(folder, file);
        const status = await stat(path).catch((error: NodeJS.ErrnoException) =>
          error.code === 'ENOENT' || error.code === 'ENOTDIR' ? undefined : fail(where, error),
        );
        if (!status) return undefined;
        if (!status.isFile()) {
          throw new DebkdError('source', {
            subject: where,
            seen: status.isDirectory() ? 'this is a folder' : 'this is no plain file',
            expected: 'a file',
          });
        }
        if (status.size > MAX_FILE_BYTES) throw tooLarge({ place }, file, status.size);
        const bytes = await readFile(path).catch((error) => fail(where, error));
        return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
      };
      // a name may hold a backslash on some systems, and separates folders on others
      const other = innerPath(inner);
      return (await read(inner)) ?? (other === undefined || other === inner ? undefined : read(other));
    },
  };
}
