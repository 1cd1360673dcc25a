// What an image's first bytes say: its format and size, before any pixel is decoded.
import { imageError } from './image-error.ts';
import type { ImageHeader } from './image-header.ts';
import { parseJpeg } from './jpeg-header.ts';
import { parsePng } from './png-header.ts';
import { parsePnm } from './pnm-header.ts';
import { nameFormat } from './unsupported.ts';

export type { ImageHeader } from './image-header.ts';

/** The most bytes of a file. */
export const MAX_BYTES: number = 100e6;
/** The most pixels of an image: 8192 x 8192. Pillow warns from 89,478,486 on; decoded pixels take up to 12 bytes each meanwhile. */
export const MAX_PIXELS: number = 2 ** 26;

/**
 * Reads the header of an image and checks that the file is whole, without decoding pixels.
 * @param bytes the file
 * @param subject what it is, for messages: `image "a.png"`
 * @throws DebkdError `image` for another format, a form that is not decoded, a damaged or cut file, no pixels or too many
 */
export function readHeader(bytes: Uint8Array, subject: string): ImageHeader {
  if (bytes.length === 0) throw imageError(subject, 'the file is empty');
  if (bytes.length > MAX_BYTES) {
    throw imageError(subject, `the file has ${bytes.length} bytes, more than ${MAX_BYTES}`, 'store a smaller copy');
  }
  const parse = parserOf(bytes);
  if (parse === undefined) throw nameFormat(bytes, subject);
  const header = parse(bytes, subject);
  const { width, height } = header;
  if (width === 0 || height === 0) throw imageError(subject, `it has no pixels (${width} x ${height})`);
  if (width * height > MAX_PIXELS) {
    const seen = `it has ${width} x ${height} pixels, more than ${MAX_PIXELS}`;
    throw imageError(subject, seen, 'store a smaller copy');
  }
  return header;
}

function parserOf(bytes: Uint8Array): ((bytes: Uint8Array, subject: string) => ImageHeader) | undefined {
  const [a, b, c] = bytes;
  if (a === 0x89 && b === 0x50 && c === 0x4e) return parsePng;
  if (a === 0xff && b === 0xd8 && c === 0xff) return parseJpeg;
  if (a === 0x50 && (b === 0x35 || b === 0x36)) return parsePnm;
  return undefined;
}
