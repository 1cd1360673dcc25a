// The files of a tar archive: ustar, pax and GNU. A first pass over the headers finds where each file is; a file is read when it is
// asked for.
import { DebkdError, quote } from './errors.ts';
import { compareBytes, type FileTree, innerPath, isHidden, MAX_FILE_BYTES, pathFinder, tooLarge } from './file-tree.ts';
import type { Bytes } from './host-types.ts';
import type { RandomAccess } from './random-access.ts';

const BLOCK = 512;
/** Bytes that the first pass reads at a time. */
const WINDOW = 2 ** 18;
/** The longest name, and the longest list of attributes. */
const MAX_TEXT = 2 ** 20;

interface Entry {
  readonly at: number;
  readonly size: number;
}

/** Whether bytes begin as a tar archive does. */
export function isTar(head: Uint8Array): boolean {
  return head.length >= 262 && textOf(head.subarray(257, 262)) === 'ustar';
}

/**
 * Opens a tar archive. Folders, symbolic links and devices in it are left out.
 * @throws DebkdError `source` if it is damaged or names files outside itself
 */
export async function openTar(file: RandomAccess, name: string): Promise<FileTree> {
  const place = `archive ${quote(name, 200)}`;
  const entries = await listEntries(file, place);
  const find = pathFinder(entries);
  return {
    place,
    name,
    paths: async () => [...entries.keys()].filter((path) => !isHidden(path)).sort(compareBytes),
    async read(path) {
      const entry = find(path);
      if (!entry) return undefined;
      if (entry.size > MAX_FILE_BYTES) throw tooLarge({ place }, path, entry.size);
      const bytes = new Uint8Array(await file.slice(entry.at, entry.at + entry.size));
      if (bytes.length === entry.size) return bytes;
      throw new DebkdError('source', { subject: place, seen: 'it has become shorter', remedy: 'copy it again' });
    },
  };
}

async function listEntries(file: RandomAccess, place: string): Promise<Map<string, Entry>> {
  const fail = (seen: string, remedy: string | readonly string[] = ['copy it again', 'pack it again']): never => {
    throw new DebkdError('source', { subject: place, seen, remedy });
  };
  const read = windowed(file);
  const entries = new Map<string, Entry>();
  let next: { path?: string; size?: number; link?: string } = {};
  let whole: { path?: string; size?: number } = {};
  for (let at = 0; at + BLOCK <= file.byteLength; ) {
    const head = await read(at, BLOCK);
    if (head.every((byte) => byte === 0)) break;
    if (!hasChecksum(head)) fail('a header in it is damaged');
    const type = String.fromCharCode(head[156] as number);
    const size =
      (type === 'x' || type === 'g' ? undefined : (next.size ?? whole.size)) ?? numberOf(head.subarray(124, 136));
    const start = at + BLOCK;
    if (!(size >= 0 && start + size <= file.byteLength)) fail('a file in it is cut');
    at = start + BLOCK * Math.ceil(size / BLOCK);
    if (type === 'L' || type === 'K' || type === 'x' || type === 'g') {
      if (size > MAX_TEXT) fail('a name in it is too long');
      const content = await read(start, size);
      if (type === 'L') next.path = textOf(content);
      else if (type === 'K') next.link = textOf(content);
      else if (type === 'x') next = { ...next, ...attributesOf(content) };
      else whole = { ...whole, ...attributesOf(content) };
      continue;
    }
    const listed = next.path ?? whole.path ?? headerPath(head);
    const link = next.link ?? textOf(head.subarray(157, 257));
    next = {};
    if (type === 'S') fail(`file ${quote(listed, 200)} is sparse`, 'pack it again without --sparse');
    if (!['0', '\0', '7', '1'].includes(type) || listed.endsWith('/')) continue;
    const path = innerPath(listed);
    if (path === undefined || /(^|[/\\])\.\.([/\\]|$)/.test(listed))
      return fail(
        `it names a file outside itself (${quote(listed, 200)})`,
        'pack it again, with the paths in a folder',
      );
    // a hard link stands for an earlier file; as with tar itself, the last file of a path counts
    if (type !== '1') entries.set(path, { at: start, size });
    else
      entries.set(
        path,
        entries.get(innerPath(link) ?? link) ?? fail(`file ${quote(listed, 200)} links to one that it lacks`),
      );
  }
  return entries;
}

/** Reads small pieces in ascending order from large ones. */
function windowed(file: RandomAccess): (at: number, length: number) => Promise<Bytes> {
  let from = 0;
  let bytes = new Uint8Array(0);
  return async (at, length) => {
    if (at < from || at + length > from + bytes.length) {
      bytes = new Uint8Array(await file.slice(at, at + Math.max(length, WINDOW)));
      from = at;
    }
    return bytes.subarray(at - from, at - from + length);
  };
}

/** A text up to its first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** A number in octal digits, or in binary if its first bit is set. */
function numberOf(bytes: Bytes): number {
  if (((bytes[0] as number) & 0x80) === 0) {
    const digits = textOf(bytes).trim();
    return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN;
  }
  return bytes.subarray(1).reduce((sum, byte) => 256 * sum + byte, (bytes[0] as number) & 0x7f);
}

/** The sum of a header's bytes, with blanks in the place of the sum. */
function hasChecksum(head: Bytes): boolean {
  const sum = head.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  return sum === numberOf(head.subarray(148, 156));
}

function headerPath(head: Bytes): string {
  const name = textOf(head.subarray(0, 100));
  // GNU keeps other fields in the place of the prefix
  const prefix = head[263] === 0x30 ? textOf(head.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Attributes of pax: lines of a length, a blank, a name, `=` and a value. */
function attributesOf(content: Bytes): { path?: string; size?: number; link?: string } {
  const found: { path?: string; size?: number; link?: string } = {};
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(0x20, at);
    const length = Number(textOf(content.subarray(at, Math.max(at, blank))));
    if (!(blank > at && length > blank - at + 1 && at + length <= content.length)) break;
    const line = new TextDecoder().decode(content.subarray(blank + 1, at + length - 1));
    const equals = line.indexOf('=');
    const [key, value] = [line.slice(0, equals), line.slice(equals + 1)];
    if (key === 'path') found.path = value;
    else if (key === 'linkpath') found.link = value;
    else if (key === 'size') found.size = Number(value);
    at += length;
  }
  return found;
}
