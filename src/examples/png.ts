// Writes grey pictures as PNG files without compression: the same bytes on every host, whatever its compressor does.
import { crc32 } from '../io/crc32.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
/** The most bytes of a block of deflate that is stored as it is. */
const MOST_STORED = 65535;

/**
 * The bytes of a PNG file of 8 bits and one channel.
 * @param pixels height x width values, row by row from the top
 * @throws RangeError if the pixels and their filter bytes do not fit into one block: more than 65,535 bytes
 */
export function greyPngOf(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  // 8 bits; colour type, compression, filter and interlacing are 0
  header[8] = 8;
  const rows = new Uint8Array(height * (width + 1));
  // each row begins with its filter, 0
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const parts = [SIGNATURE, part('IHDR', header), part('IDAT', stored(rows)), part('IEND', new Uint8Array(0))];
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of parts) {
    bytes.set(one, at);
    at += one.length;
  }
  return bytes;
}

/** Length, type, data and check sum. */
function part(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** The form of zlib (RFC 1950) with one stored block (RFC 1951). */
function stored(data: Uint8Array): Uint8Array {
  const { length } = data;
  if (length > MOST_STORED) throw new RangeError(`${length} bytes, expected at most ${MOST_STORED}`);
  const bytes = new Uint8Array(11 + length);
  // zlib's two bytes, then a last block that is stored: its length, and the same inverted
  bytes.set([0x78, 0x01, 1, length & 255, length >>> 8, ~length & 255, (~length >>> 8) & 255]);
  bytes.set(data, 7);
  new DataView(bytes.buffer).setUint32(7 + length, adler32(data));
  return bytes;
}

function adler32(data: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}
