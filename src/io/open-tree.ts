// Opens the files of a folder, an archive or a list.
import { DebkdError, quote } from './errors.ts';
import type { FileTree } from './file-tree.ts';
import { isFolder, openFolder } from './folder-tree.ts';
import { type FileList, openList } from './list-tree.ts';
import { openReads, type RandomAccess } from './random-access.ts';
import { chunksOf, nameOf, type Source } from './source.ts';
import { spoolStream } from './spool.ts';
import { isTar, openTar } from './tar-tree.ts';

/**
 * Where files are: the path of a folder, a ZIP or tar archive (also .tar.gz) as a path, URL, Blob or bytes; or listed files: by path, or
 * those of a browser's folder picker.
 */
export type TreeSource = Source | FileList;

/** Bytes that tell the format of an archive. */
export const ARCHIVE_HEAD = 512;

/** Opens the files of a source. @throws DebkdError `source` if it is no folder and no archive, or a damaged one */
export async function openTree(source: TreeSource): Promise<FileTree> {
  if (source instanceof Map || Array.isArray(source)) return openList(source as FileList);
  const given = source as Source;
  if ((typeof given === 'string' || given instanceof URL) && (await isFolder(given))) return openFolder(given);
  return openArchive(given, nameOf(given), chunksOf(given));
}

/**
 * Opens a ZIP or tar archive. One that can only be streamed, or is gzipped, is copied to a temporary file.
 * @param source read by random access, if that is possible
 * @param chunks all its bytes, unzipped, if it is not
 * @throws DebkdError `source` if it is none
 */
export async function openArchive(source: Source, name: string, chunks: AsyncGenerator<Uint8Array>): Promise<FileTree> {
  const reads = await openReads(source);
  const head = new Uint8Array((await reads?.slice(0, ARCHIVE_HEAD)) ?? new ArrayBuffer(0));
  const { isZip, openZip } = await import('./zip-tree.ts');
  const open = async (file: RandomAccess, start: Uint8Array): Promise<FileTree | undefined> => {
    if (isZip(start)) return openZip(file, name);
    return isTar(start) ? openTar(file, name) : undefined;
  };
  const plain = reads && (await open(reads, head));
  if (plain) {
    await chunks.return(undefined);
    return plain;
  }
  const spooled = await spoolStream(chunks);
  const tree = await open(spooled, new Uint8Array(await spooled.slice(0, ARCHIVE_HEAD)));
  if (tree) return tree;
  throw new DebkdError('source', {
    subject: quote(name, 200),
    seen: 'this is neither a folder nor a ZIP or tar archive',
    remedy: 'check the path',
  });
}
