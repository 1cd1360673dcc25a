// Small images and archives for tests: PNG and PNM of few pixels, ZIP and tar by hand.
import { crc32, deflateRawSync, deflateSync } from 'node:zlib';

/** A PNG of grey or RGB pixels, 8 bits. */
export function tinyPng(width: number, height: number, pixels: Uint8Array, channels: 1 | 3 = 1): Uint8Array {
  const rows = new Uint8Array(height * (1 + width * channels));
  for (let y = 0; y < height; y++)
    rows.set(pixels.subarray(y * width * channels, (y + 1) * width * channels), y * (1 + width * channels) + 1);
  return pngOf(width, height, deflateSync(rows), channels);
}

/** A PNG with any size in its header. */
export function pngOf(width: number, height: number, packed: Uint8Array, channels: 1 | 3 = 1): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    part('IHDR', header),
    part('IDAT', packed),
    part('IEND', new Uint8Array(0)),
  ]);
}

function part(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(Buffer.from(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** A grey PNG of 4 x 4 equal pixels; two with the same value have the same bytes. */
export function greyPng(value: number): Uint8Array {
  return tinyPng(4, 4, new Uint8Array(16).fill(value));
}

/** A distinct small PNG for each number. */
export function numberedPng(k: number): Uint8Array {
  return tinyPng(
    4,
    4,
    Uint8Array.from({ length: 16 }, (_, i) => (k >> (2 * i)) & 255),
  );
}

/** A binary PGM of equal pixels. */
export function greyPnm(value: number): Uint8Array {
  return Buffer.concat([Buffer.from('P5\n4 4\n255\n'), new Uint8Array(16).fill(value)]);
}

export interface ZipFile {
  readonly bytes: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  /** Replaces the size in the list. */
  readonly size?: number;
  /** Whether the sizes are those of ZIP64. */
  readonly large?: boolean;
}

/** A ZIP archive, written by hand to have any field wrong. */
export function zipOf(
  files: Readonly<Record<string, Uint8Array | ZipFile>>,
  { zip64 = false, comment = '' } = {},
): Uint8Array {
  const bodies: Uint8Array[] = [];
  const list: Uint8Array[] = [];
  let at = 0;
  for (const [name, given] of Object.entries(files)) {
    const {
      bytes,
      method = 8,
      flags = 0,
      size = bytes.length,
      large = false,
    }: ZipFile = given instanceof Uint8Array ? { bytes: given } : given;
    const packed = method === 8 ? deflateRawSync(bytes) : bytes;
    const title = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(0x800 | flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(title.length, 26);
    const extra = Buffer.alloc(large ? 28 : 0);
    if (large) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(size), 4);
      extra.writeBigUInt64LE(BigInt(packed.length), 12);
      extra.writeBigUInt64LE(BigInt(at), 20);
    }
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(0x800 | flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc32(bytes), 16);
    entry.writeUInt32LE(large ? 0xffffffff : packed.length, 20);
    entry.writeUInt32LE(large ? 0xffffffff : size, 24);
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(large ? 0xffffffff : at, 42);
    bodies.push(local, title, packed);
    list.push(entry, title, extra);
    at += 30 + title.length + packed.length;
  }
  const listed = Buffer.concat(list);
  const count = Object.keys(files).length;
  const end = Buffer.alloc(22 + comment.length);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : listed.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : at, 16);
  end.writeUInt16LE(comment.length, 20);
  end.write(comment, 22);
  if (!zip64) return Buffer.concat([...bodies, listed, end]);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(listed.length), 40);
  record.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + listed.length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([...bodies, listed, record, locator, end]);
}

/** A block of tar: a header and its content. @param type of the entry; default a file */
export function tarBlock(name: string, content: Uint8Array, type: string = '0', link: string = ''): Uint8Array {
  const head = Buffer.alloc(512);
  head.write(name, 0, 100);
  head.write('0000644\0', 100);
  head.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  head.write('        ', 148);
  head.write(type, 156);
  head.write(link, 157, 100);
  head.write('ustar\u000000', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padded = new Uint8Array(512 * Math.ceil(content.length / 512));
  padded.set(content);
  return Buffer.concat([head, padded]);
}

/** A tar archive of ustar. */
export function tarOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return Buffer.concat([...Object.entries(files).map(([name, bytes]) => tarBlock(name, bytes)), new Uint8Array(1024)]);
}

/** The block of a long path, as GNU tar (`L`) or pax (`x`) has it. */
export function longName(name: string, form: 'gnu' | 'pax'): Uint8Array {
  if (form === 'gnu') return tarBlock('././@LongLink', Buffer.from(`${name}\0`), 'L');
  const body = ` path=${name}\n`;
  let length = Buffer.byteLength(body);
  length += String(length + String(length).length).length;
  return tarBlock('pax', Buffer.from(`${length}${body}`), 'x');
}
