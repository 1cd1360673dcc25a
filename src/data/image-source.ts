// Where the images of a column are: the folder, the archive or the list, and the path that a row has in it.
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { type FileTree, innerPath } from '../io/file-tree.ts';
import { openFolder } from '../io/folder-tree.ts';
import { builtin, dirname, fsPromises, pathOf } from '../io/node.ts';
import { openTree, type TreeSource } from '../io/open-tree.ts';
import type { ImageFiles } from './image-files.ts';
import type { ImageIndex } from './image-index.ts';

/** Reads an image that a row names, or says what is wrong with its path. */
export async function readImage(tree: FileTree, text: string, subject: string): Promise<Uint8Array> {
  if (text.trim() === '') {
    throw new DebkdError('table', {
      subject,
      seen: tree.named ? 'it has no image' : 'the path of its image is empty',
      remedy: ['give it an image', 'remove the row'],
    });
  }
  const path = relativePath(tree, text);
  if (path === undefined) {
    const isUrl = /^[a-z][a-z\d+.-]+:\/\//i.test(text);
    throw new DebkdError('table', {
      subject,
      seen: `${quote(text, 200)} is ${isUrl ? 'an address' : `outside ${tree.place}`}`,
      expected: 'a path inside it',
      remedy: isUrl ? 'download the images, and give their paths' : { id: 'give-image-root' },
    });
  }
  const bytes = await tree.read(path).catch((error: unknown) => {
    throw error instanceof DebkdError ? error.within(subject) : error;
  });
  if (bytes) return bytes;
  const near = nearest(path, await tree.paths().catch(() => []));
  throw new DebkdError('source', {
    subject,
    seen: `${tree.place} has no file ${quote(text, 200)}${near === undefined ? '' : ` (did you mean ${quote(near, 200)}?)`}`,
    remedy: ['correct the path', { id: 'give-image-root' }],
  });
}

/** The path inside the tree; undefined if it leads out of it. An absolute path may lead into the folder. */
export function relativePath({ root, named }: Pick<FileTree, 'root' | 'named'>, text: string): string | undefined {
  if (named) return text;
  const folder = root?.replaceAll('\\', '/').replace(/\/+$/, '');
  // Windows does not distinguish the case of letters; its absolute paths begin with a drive or two separators
  const cased = (path: string): string => (/^([a-z]:|\/\/)/i.test(folder ?? '') ? path.toLowerCase() : path);
  if (folder !== undefined && cased(text.replaceAll('\\', '/')).startsWith(`${cased(folder)}/`)) {
    const rest = text.slice(folder.length + 1);
    return innerPath(rest) === undefined ? undefined : rest;
  }
  return innerPath(text) === undefined ? undefined : text;
}

/** The images of a tree, read again whenever they are asked for. */
export function imageFiles(tree: FileTree, index: ImageIndex, subject: string): ImageFiles {
  return {
    name: tree.name,
    digest: index.digest,
    header: index.header,
    async bytes(text) {
      const path = relativePath(tree, text);
      const bytes = path === undefined ? undefined : await tree.read(path);
      if (bytes && index.matches(text, bytes)) return bytes;
      throw new DebkdError('source', {
        subject: `${subject}, image ${quote(text, 200)}`,
        seen: bytes ? 'the file has changed since it was first read' : 'the file is gone',
        remedy: 'start again',
      });
    },
  };
}

/** The files of the images: those given, or the folder of the table's file. */
export async function imageTree(
  data: string,
  column: string,
  files: TreeSource | FileTree | undefined,
): Promise<FileTree> {
  if (files !== undefined) return isTree(files) ? files : openTree(files);
  const folder = await folderOf(data);
  if (folder !== undefined) return openFolder(folder);
  throw new DebkdError('source', {
    subject: `data ${quote(data, 200)}, column ${quote(column)}`,
    seen: 'it is unclear where the images are: the table was not read from a file',
    remedy: { id: 'give-image-root' },
  });
}

function isTree(files: TreeSource | FileTree): files is FileTree {
  return typeof files === 'object' && 'place' in files && 'paths' in files;
}

/** The absolute folder of a file; undefined if there is no such file. */
async function folderOf(name: string): Promise<string | undefined> {
  try {
    const { stat } = await fsPromises();
    const path = await pathOf(name.startsWith('file:') ? new URL(name) : name);
    if (!(await stat(path)).isFile()) return undefined;
    const { resolve } = await builtin<typeof import('node:path')>('node:path');
    return resolve(await dirname(path));
  } catch {
    return undefined;
  }
}
