// Files by path, read one at a time: of a folder, of an archive, or of a list.
import { DebkdError, quote } from './errors.ts';
import type { Bytes } from './host-types.ts';

/** Files by path. Nothing stays open between two calls. */
export interface FileTree {
  /** What the files are in, for messages: `folder "photos"`. */
  readonly place: string;
  /** The path or the name of that place. */
  readonly name: string;
  /** The absolute path of a folder; undefined for other places. */
  readonly root?: string;
  /** Whether the paths are names that data itself gave to its images, so that none is outside. */
  readonly named?: boolean;
  /** Lists the paths of all files, with `/`, in the order of their UTF-8 bytes; hidden files are left out. */
  paths(): Promise<readonly string[]>;
  /**
   * Reads a file; undefined if there is none.
   * @throws DebkdError `source` if it cannot be read, is a folder or is larger than MAX_FILE_BYTES
   */
  read(path: string): Promise<Bytes | undefined>;
}

/** The most bytes of a file that is read as a whole. */
export const MAX_FILE_BYTES: number = 2 ** 27;

/** The error of a file that is too large to be read as a whole. */
export function tooLarge(tree: Pick<FileTree, 'place'>, path: string, bytes: number): DebkdError {
  return new DebkdError('source', {
    subject: `${tree.place}, file ${quote(path, 200)}`,
    seen: `${bytes} bytes`,
    expected: `at most ${MAX_FILE_BYTES}`,
    remedy: 'make it smaller',
  });
}

/**
 * A path with `/` and without `.` and `..`; undefined if it is empty, absolute or leads out of its folder. A backslash separates as `/`
 * does.
 */
export function innerPath(path: string): string | undefined {
  if (path.includes('\0') || /^([/\\]|[a-z]:|[a-z][a-z\d+.-]*:\/\/)/i.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.split(/[/\\]/)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length > 0 ? parts.join('/') : undefined;
}

/** Whether a file is hidden: its name or that of a folder on its path begins with a dot, or the system made it. */
export function isHidden(path: string): boolean {
  return (
    path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX') ||
    /(^|\/)(thumbs\.db|desktop\.ini)$/i.test(path)
  );
}

/** Compares texts by their UTF-8 bytes, which depends on no locale. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // characters outside the basic plane follow all others in UTF-8, but not in UTF-16
    const [isPairA, isPairB] = [(x & 0xf800) === 0xd800, (y & 0xf800) === 0xd800];
    return isPairA === isPairB ? x - y : isPairA ? 1 : -1;
  }
  return a.length - b.length;
}

/**
 * Finds a path among those of a list or an archive. A path that is spelt with other code points for the same accented characters is the
 * same path: systems store them in two ways.
 */
export function pathFinder<T>(files: ReadonlyMap<string, T>): (path: string) => T | undefined {
  let composed: Map<string, T> | undefined;
  return (path) => {
    const plain = innerPath(path) ?? path;
    const found = files.get(plain);
    if (found !== undefined) return found;
    composed ??= new Map(Array.from(files, ([name, file]) => [name.normalize('NFC'), file]));
    return composed.get(plain.normalize('NFC'));
  };
}
