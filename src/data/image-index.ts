// The digests and headers of many images, packed: 46 bytes for each, and its text.
import { sha256Bytes } from '../io/sha256.ts';
import type { ImageHeader } from './image/header.ts';

const FORMATS: readonly ImageHeader['format'][] = ['png', 'jpeg', 'pnm'];
const DIGEST = 32;

/** Digests and headers by text. */
export interface ImageIndex {
  /** Whether the text is known. */
  has(text: string): boolean;
  /** Adds an image. */
  add(text: string, digest: Uint8Array, header: ImageHeader): void;
  /** SHA-256, hexadecimal. */
  digest(text: string): string;
  /** The header. */
  header(text: string): ImageHeader;
  /** Whether the bytes have the digest of the text. */
  matches(text: string, bytes: Uint8Array): boolean;
}

/** Opens an empty index. */
export function openImageIndex(): ImageIndex {
  const places = new Map<string, number>();
  let digests = new Uint8Array(DIGEST * 64);
  let numbers = new Uint32Array(3 * 64);
  const placeOf = (text: string): number => {
    const place = places.get(text);
    if (place === undefined) throw new RangeError(`image index: ${JSON.stringify(text)} is not in it`);
    return place;
  };
  const digestAt = (place: number): Uint8Array => digests.subarray(DIGEST * place, DIGEST * (place + 1));
  return {
    has: (text) => places.has(text),
    add(text, digest, { format, width, height, channels, orientation }) {
      const place = places.size;
      if (3 * place === numbers.length) {
        const longer = new Uint32Array(2 * numbers.length);
        longer.set(numbers);
        numbers = longer;
        const more = new Uint8Array(2 * digests.length);
        more.set(digests);
        digests = more;
      }
      places.set(text, place);
      digests.set(digest, DIGEST * place);
      numbers.set([width, height, FORMATS.indexOf(format) + 4 * channels + 16 * orientation], 3 * place);
    },
    digest: (text) => hex(digestAt(placeOf(text))),
    header(text) {
      const [width = 0, height = 0, packed = 0] = numbers.subarray(3 * placeOf(text));
      return {
        format: FORMATS[packed & 3] as ImageHeader['format'],
        width,
        height,
        channels: ((packed >> 2) & 3) as 1 | 3,
        orientation: packed >> 4,
      };
    },
    matches: (text, bytes) => {
      const known = digestAt(placeOf(text));
      return sha256Bytes(bytes).every((byte, i) => byte === known[i]);
    },
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
