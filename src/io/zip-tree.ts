// The files of a ZIP archive, each read by random access: the archive's list of files is read once, and a file when it is asked for.
// Stored and deflated files, ZIP64. fflate decompresses one file; it reads no archive larger than memory.
import { inflateSync } from 'fflate';
import { crc32 } from './crc32.ts';
import { DebkdError, quote } from './errors.ts';
import { compareBytes, type FileTree, isHidden, MAX_FILE_BYTES, pathFinder, tooLarge } from './file-tree.ts';
import type { Bytes } from './host-types.ts';
import type { RandomAccess } from './random-access.ts';
import { checkOverlap, findList, HEADER, parseList } from './zip-list.ts';

/** The most bytes of the list of files. */
const MAX_LIST = 2 ** 28;
/** Deflate packs at most this number of bytes into one. */
const MAX_RATIO = 1032;

/** Whether bytes begin as a ZIP archive does. */
export function isZip(head: Uint8Array): boolean {
  return (
    head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5) && head[3] === (head[2] as number) + 1
  );
}

/**
 * Opens a ZIP archive. Folders and links in it are left out.
 * @throws DebkdError `source` if it is damaged, in several parts, or names files outside itself
 */
export async function openZip(file: RandomAccess, name: string): Promise<FileTree> {
  const place = `archive ${quote(name, 200)}`;
  const damaged = (seen: string): never => {
    throw new DebkdError('source', { subject: place, seen, remedy: ['copy it again', 'pack it again'] });
  };
  const read = async (start: number, length: number): Promise<Bytes> => {
    const bytes = new Uint8Array(await file.slice(start, start + length));
    return bytes.length === length ? bytes : damaged('it has become shorter');
  };
  const { count, listAt, listSize } = await findList(file, read, damaged);
  if (listSize > MAX_LIST) damaged(`a list of files of ${listSize} bytes, more than ${MAX_LIST}`);
  if (listAt + listSize > file.byteLength)
    damaged('its list of files leaves the archive: it is cut, or in several parts');
  const entries = parseList(await read(listAt, listSize), count, { place, damaged });
  checkOverlap([...entries.values()], listAt, damaged);
  const find = pathFinder(entries);
  return {
    place,
    name,
    paths: async () => [...entries.keys()].filter((path) => !isHidden(path)).sort(compareBytes),
    async read(path) {
      const entry = find(path);
      if (!entry) return undefined;
      const refuse = (seen: string, remedy?: string): never => {
        throw new DebkdError('source', { subject: `${place}, file ${quote(path, 200)}`, seen, remedy });
      };
      const { packed, size, method } = entry;
      if (entry.encrypted) return refuse('it is encrypted', 'unpack the archive, and give the folder');
      if (method !== 0 && method !== 8)
        return refuse(
          `compression method ${method}, expected stored or deflate`,
          'pack the archive again, as zip does by default',
        );
      if (size > MAX_FILE_BYTES || packed > MAX_FILE_BYTES) throw tooLarge({ place }, path, Math.max(size, packed));
      if (method === 0 ? size !== packed : size > MAX_RATIO * packed)
        return refuse(`${packed} bytes that state to hold ${size}`, 'pack the archive again');
      // names are mostly as long in the header as in the list: one read is enough for most
      const guess = new Uint8Array(await file.slice(entry.at, entry.at + HEADER + 1024 + packed));
      const head = new DataView(guess.buffer);
      if (guess.length < HEADER || head.getUint32(0, true) !== 0x04034b50)
        return refuse('its header is damaged', 'copy the archive again');
      const start = HEADER + head.getUint16(26, true) + head.getUint16(28, true);
      const data =
        guess.length >= start + packed ? guess.subarray(start, start + packed) : await read(entry.at + start, packed);
      const bytes = method === 0 ? new Uint8Array(data) : inflate(data, size);
      if (bytes?.length !== size || crc32(bytes) !== entry.crc)
        return refuse('its bytes are damaged', 'copy the archive again');
      return bytes;
    },
  };
}

function inflate(data: Bytes, size: number): Bytes | undefined {
  try {
    return inflateSync(data, { out: new Uint8Array(size) }) as Bytes;
  } catch {
    return undefined;
  }
}
