// The list of files at the end of a ZIP archive.
import { DebkdError, quote } from './errors.ts';
import { innerPath } from './file-tree.ts';
import type { Bytes } from './host-types.ts';
import type { RandomAccess } from './random-access.ts';

/** The end record, and the longest comment after it. */
const END = 22;
const MAX_COMMENT = 65535;
/** Bytes of a file's own header, without its name and its extra fields. */
export const HEADER: number = 30;

/** A file of the archive. */
export interface Entry {
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/** Finds the list of files, by the record at the end of the archive. */
export async function findList(
  file: RandomAccess,
  read: (start: number, length: number) => Promise<Bytes>,
  damaged: (seen: string) => never,
): Promise<{ count: number; listAt: number; listSize: number }> {
  const from = Math.max(0, file.byteLength - END - MAX_COMMENT);
  const tail = await read(from, file.byteLength - from);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let at = tail.length - END;
  while (
    at >= 0 &&
    !(view.getUint32(at, true) === 0x06054b50 && at + END + view.getUint16(at + 20, true) <= tail.length)
  )
    at--;
  if (at < 0) return damaged('it has no list of files at its end: it is cut');
  const disks = view.getUint16(at + 4, true);
  const found = {
    count: view.getUint16(at + 10, true),
    listSize: view.getUint32(at + 12, true),
    listAt: view.getUint32(at + 16, true),
  };
  const isLarge = found.count === 0xffff || found.listSize === 0xffffffff || found.listAt === 0xffffffff;
  const end = from + at;
  const locator = isLarge && end >= 20 ? await read(end - 20, 20) : undefined;
  const where = locator && new DataView(locator.buffer, locator.byteOffset);
  if (where?.getUint32(0, true) !== 0x07064b50) {
    return disks === 0 ? found : damaged('it is one of several parts');
  }
  const recordAt = Number(where.getBigUint64(8, true));
  if (where.getUint32(16, true) > 1) return damaged('it is one of several parts');
  if (!(recordAt + 56 <= end)) return damaged('its list of files leaves the archive');
  const record = new DataView((await read(recordAt, 56)).buffer);
  if (record.getUint32(0, true) !== 0x06064b50) return damaged('its record of the list of files is damaged');
  return {
    count: Number(record.getBigUint64(32, true)),
    listSize: Number(record.getBigUint64(40, true)),
    listAt: Number(record.getBigUint64(48, true)),
  };
}

/** The files of the list, by path. */
export function parseList(
  list: Bytes,
  count: number,
  { place, damaged }: { readonly place: string; readonly damaged: (seen: string) => never },
): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > list.length || view.getUint32(at, true) !== 0x02014b50)
      return damaged('its list of files is damaged');
    const flags = view.getUint16(at + 8, true);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((k) => view.getUint16(at + k, true)) as [
      number,
      number,
      number,
    ];
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > list.length) return damaged('its list of files is damaged');
    const listed = nameOf(list.subarray(at + 46, at + 46 + nameLength));
    const isLink = view.getUint32(at + 38, true) >>> 28 === 0xa && view.getUint8(at + 5) === 3;
    const sizes = {
      size: view.getUint32(at + 24, true),
      packed: view.getUint32(at + 20, true),
      at: view.getUint32(at + 42, true),
    };
    const extra = list.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const entry: Entry = {
      encrypted: (flags & 1) !== 0,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      ...(largeSizes(sizes, extra) ?? damaged('its list of files is damaged')),
    };
    at = next;
    if (/[/\\]$/.test(listed) || isLink) continue;
    const path = innerPath(listed);
    if (path === undefined || /(^|[/\\])\.\.([/\\]|$)/.test(listed)) {
      throw new DebkdError('source', {
        subject: place,
        seen: `it names a file outside itself (${quote(listed, 200)})`,
        remedy: 'pack it again, with the paths in a folder',
      });
    }
    if (entries.has(path)) return damaged(`file ${quote(path, 200)} appears twice`);
    entries.set(path, entry);
  }
  return entries;
}

/** A name is UTF-8, or in an older code page, of which Latin-1 is the nearest that every host decodes. */
function nameOf(bytes: Bytes): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

type Sizes = Pick<Entry, 'size' | 'packed' | 'at'>;

/** Takes the sizes that do not fit into 32 bits from the extra field of ZIP64; undefined if it lacks one. */
function largeSizes(sizes: Sizes, extra: Bytes): Sizes | undefined {
  const large = (['size', 'packed', 'at'] as const).filter((key) => sizes[key] === 0xffffffff);
  if (large.length === 0) return sizes;
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) !== 1) continue;
    if (length < 8 * large.length || at + 4 + length > extra.length) return undefined;
    return {
      ...sizes,
      ...Object.fromEntries(large.map((key, k) => [key, Number(view.getBigUint64(at + 4 + 8 * k, true))])),
    };
  }
  return undefined;
}

/** Refuses files that share bytes: a small archive could hold any number of them. */
export function checkOverlap(entries: readonly Entry[], listAt: number, damaged: (seen: string) => never): void {
  const sorted = [...entries].sort((a, b) => a.at - b.at);
  for (const [i, { at, packed }] of sorted.entries()) {
    const next = sorted[i + 1]?.at ?? listAt;
    if (at + HEADER + packed > next) damaged('files in it overlap, as in a decompression bomb, or leave the archive');
  }
}
