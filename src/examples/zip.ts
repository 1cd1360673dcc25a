// Writes ZIP archives without compression: the same bytes on every host. The pictures of an example hardly get smaller.
import { crc32 } from '../io/crc32.ts';

const LOCAL = 30;
const LISTED = 46;
const END = 22;
/** 1 January 1980, the earliest day that an archive can hold. A fixed day keeps the bytes reproducible. */
const DAY = 0x0021;
/** Names are UTF-8. */
const UTF8 = 0x0800;
/** Archives with more files need ZIP64. */
const MOST = 65534;

/**
 * An archive of files, stored in their order.
 * @param files contents by path, with `/` between folders; at most 65,534 files and 4 GB
 * @throws RangeError for more files
 */
export function storedZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  if (files.size > MOST) throw new RangeError(`${files.size} files, expected at most ${MOST}`);
  const entries = Array.from(files, ([path, bytes]) => ({
    name: new TextEncoder().encode(path),
    bytes,
    sum: crc32(bytes),
  }));
  const size = entries.reduce((sum, { name, bytes }) => sum + LOCAL + LISTED + 2 * name.length + bytes.length, END);
  const archive = new Uint8Array(size);
  const view = new DataView(archive.buffer);
  /** What a file's header and its entry in the list have in common. */
  const describe = (at: number, { name, bytes, sum }: (typeof entries)[number]): void => {
    view.setUint16(at, 20, true);
    view.setUint16(at + 2, UTF8, true);
    view.setUint16(at + 8, DAY, true);
    view.setUint32(at + 10, sum, true);
    view.setUint32(at + 14, bytes.length, true);
    view.setUint32(at + 18, bytes.length, true);
    view.setUint16(at + 22, name.length, true);
  };
  let at = 0;
  const starts = entries.map((entry) => {
    const start = at;
    view.setUint32(at, 0x04034b50, true);
    describe(at + 4, entry);
    archive.set(entry.name, at + LOCAL);
    archive.set(entry.bytes, at + LOCAL + entry.name.length);
    at += LOCAL + entry.name.length + entry.bytes.length;
    return start;
  });
  const listAt = at;
  entries.forEach((entry, i) => {
    view.setUint32(at, 0x02014b50, true);
    view.setUint16(at + 4, 20, true);
    describe(at + 6, entry);
    view.setUint32(at + 42, starts[i] as number, true);
    archive.set(entry.name, at + LISTED);
    at += LISTED + entry.name.length;
  });
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, entries.length, true);
  view.setUint16(at + 10, entries.length, true);
  view.setUint32(at + 12, at - listAt, true);
  view.setUint32(at + 16, listAt, true);
  return archive;
}
