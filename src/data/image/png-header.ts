// The chunks of a PNG file.
import { orientationOf } from './exif.ts';
import { CONVERT, imageError } from './image-error.ts';
import type { ImageHeader } from './image-header.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bit depths by colour type. */
const DEPTHS: { readonly [colour: number]: readonly number[] } = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** The chunks that colours depend on. Others are not decoded: transparency is dropped, and of an animation the first image is taken. */
const DECODED = ['IHDR', 'PLTE', 'IDAT', 'IEND'];
const CRC: Uint32Array = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** A chunk: its type, and where it begins and ends with length and check sum. */
interface Chunk {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The header of a PNG file. @throws DebkdError `image` */
export function parsePng(bytes: Uint8Array, subject: string): ImageHeader {
  const chunks = listChunks(bytes, subject);
  const [first] = chunks;
  if (first?.type !== 'IHDR' || first.end - first.start !== 25)
    throw imageError(subject, 'this PNG file has no header');
  const pixels = chunks.findIndex(({ type }) => type === 'IDAT');
  if (pixels < 0) throw imageError(subject, 'this PNG file has no pixels');
  const last = chunks.findLastIndex(({ type }) => type === 'IDAT');
  if (chunks.slice(pixels, last).some(({ type }) => type !== 'IDAT')) {
    throw imageError(subject, 'the pixels of this PNG file are not together');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [depth, colour, compression, filter, interlace] = bytes.subarray(24, 29) as unknown as number[];
  if (!DEPTHS[colour as number]?.includes(depth as number) || compression !== 0 || filter !== 0 || interlace! > 1) {
    const seen = `this PNG file has an unknown form (colour type ${colour}, ${depth} bits)`;
    throw imageError(subject, seen, CONVERT);
  }
  if (colour === 3 && !chunks.some(({ type }) => type === 'PLTE')) throw imageError(subject, 'its palette is missing');
  const exif = chunks.findLast(({ type }) => type === 'eXIf');
  return {
    format: 'png',
    width: view.getUint32(16),
    height: view.getUint32(20),
    channels: colour === 0 || colour === 4 ? 1 : 3,
    orientation: exif ? orientationOf(bytes.subarray(exif.start + 8, exif.end - 4)) : 1,
  };
}

/** The parts of a PNG file that are decoded, in order. The file has been parsed before. */
export function decodedParts(bytes: Uint8Array): Uint8Array[] {
  const chunks = listChunks(bytes, '', { checked: true }).filter(({ type }) => DECODED.includes(type));
  const depth = bytes[24] as number;
  const parts = chunks.map(({ type, start, end }) => {
    const part = bytes.subarray(start, end);
    return type === 'PLTE' && bytes[25] === 3 && part.length - 12 < 3 * 2 ** depth
      ? filledPalette(part, 2 ** depth)
      : part;
  });
  return [bytes.subarray(0, 8), ...parts];
}

/** A palette with all colours. As in Pillow, those that are missing are shades of grey. */
function filledPalette(chunk: Uint8Array, colours: number): Uint8Array {
  const filled = new Uint8Array(12 + 3 * colours);
  for (let i = 0; i < colours; i++) filled.fill(i, 8 + 3 * i, 11 + 3 * i);
  filled.set(chunk.subarray(0, -4));
  const view = new DataView(filled.buffer);
  view.setUint32(0, 3 * colours);
  view.setUint32(filled.length - 4, crcOf(filled.subarray(4, -4)));
  return filled;
}

/** All chunks up to IEND. @throws DebkdError `image` if one is damaged or incomplete */
function listChunks(bytes: Uint8Array, subject: string, { checked = false }: { checked?: boolean } = {}): Chunk[] {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte))
    throw imageError(subject, 'this PNG file is damaged at its start');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let start = 8; ; ) {
    if (start + 12 > bytes.length) throw imageError(subject, 'the file is cut off');
    const end = start + 12 + view.getUint32(start);
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw imageError(subject, `this PNG file is damaged at byte ${start}`);
    if (end > bytes.length) throw imageError(subject, 'the file is cut off');
    // the decoder does not check the sums of pixels
    if (!checked && crcOf(bytes.subarray(start + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw imageError(subject, `this PNG file is damaged: the check sum of its part ${type} is wrong`);
    }
    chunks.push({ type, start, end });
    if (type === 'IEND') return chunks;
    start = end;
  }
}

function crcOf(bytes: Uint8Array): number {
  let c = -1;
  for (let i = 0; i < bytes.length; i++) c = (CRC[(c ^ (bytes[i] as number)) & 255] as number) ^ (c >>> 8);
  return ~c >>> 0;
}
