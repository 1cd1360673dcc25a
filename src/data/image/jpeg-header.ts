// The markers of a JPEG file.
import { orientationOf } from './exif.ts';
import { CONVERT, imageError } from './image-error.ts';
import type { ImageHeader } from './image-header.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
/** The frames that are decoded: baseline, extended (8 bits) and progressive, all with Huffman codes. */
const FRAMES = [0xc0, 0xc1, 0xc2];
/** Markers between 0xc0 and 0xcf that begin no frame. */
const NO_FRAMES = [0xc4, 0xc8, 0xcc];
/** The most passes of a progressive file. Encoders write about 10; each costs as much time as the image is large. */
const MAX_SCANS = 500;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** The header of a JPEG file. @throws DebkdError `image` */
export function parseJpeg(bytes: Uint8Array, subject: string): ImageHeader {
  let frame: Frame | undefined;
  let exif: Uint8Array | undefined;
  let scans = 0;
  // as libjpeg does, bytes between two segments are skipped, and all that follows the end
  for (let at = 2; ; ) {
    while (at < bytes.length && bytes[at] !== 0xff) at++;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) throw imageError(subject, 'the file is cut off');
    if (marker === EOI) break;
    // 0: a byte 0xff of the pixels; restart markers and 1 stand alone
    if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (at + Math.max(length, 2) > bytes.length) throw imageError(subject, 'the file is cut off');
    if (length < 2 || marker === SOI) throw imageError(subject, `this JPEG file is damaged at byte ${at - 2}`);
    const segment = bytes.subarray(at + 2, at + length);
    at += length;
    if (marker === SOS) {
      if (frame === undefined) throw imageError(subject, 'this JPEG file has no header before its pixels');
      if (++scans > MAX_SCANS) throw imageError(subject, `this JPEG file has more than ${MAX_SCANS} scans`, CONVERT);
    } else if (marker === APP1 && isExif(segment)) exif ??= segment;
    else if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker)) {
      if (frame) throw imageError(subject, 'this JPEG file has two headers');
      frame = readFrame(marker, segment, subject);
    }
  }
  if (frame === undefined || scans === 0) throw imageError(subject, 'this JPEG file has no pixels');
  return {
    format: 'jpeg',
    width: frame.width,
    height: frame.height,
    channels: frame.components === 1 ? 1 : 3,
    orientation: exif ? orientationOf(exif) : 1,
  };
}

function isExif(segment: Uint8Array): boolean {
  return [0x45, 0x78, 0x69, 0x66, 0].every((byte, i) => segment[i] === byte);
}

function readFrame(marker: number, segment: Uint8Array, subject: string): Frame {
  const [precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = segment;
  const refuse = (what: string): Error => imageError(subject, `${what}, which is not decoded`, CONVERT);
  if (marker === 0xc3) throw refuse('this is a lossless JPEG');
  if (marker > 0xc8) throw refuse('this is a JPEG with arithmetic codes');
  if (!FRAMES.includes(marker)) throw refuse('this is a hierarchical JPEG');
  if (precision !== 8) throw refuse(`this is a JPEG with ${precision} bits per channel`);
  if (components === 4) throw refuse('this JPEG has the colours of print (CMYK)');
  if (components !== 1 && components !== 3) throw refuse(`this is a JPEG with ${components} channels`);
  return { width: (w1 << 8) | w0, height: (h1 << 8) | h0, components };
}
