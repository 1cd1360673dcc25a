// The header of a JPEG file.
import { orientationOf } from './exif.ts';
import { CONVERT, imageError } from './image-error.ts';
import type { ImageHeader } from './image-header.ts';
import { isComplete } from './jpeg-scans.ts';
import { type Frame, frameOf, isFrame, isMarked, listSegments, MARKERS, type Segment } from './jpeg-segments.ts';

const APP1 = 0xe1;
/** The frames that are decoded: baseline, extended (8 bits) and progressive, all with Huffman codes. */
const FRAMES = [0xc0, 0xc1, 0xc2];
/** The most passes of a progressive file. Encoders write about 10; each costs as much time as the image is large. */
const MAX_SCANS = 500;

/** The header of a JPEG file. @throws DebkdError `image` */
export function parseJpeg(bytes: Uint8Array, subject: string): ImageHeader {
  const segments = listSegments(bytes, subject);
  const [first, second] = segments.filter(({ marker }) => isFrame(marker));
  const scans = segments.filter(({ marker }) => marker === MARKERS.scan);
  if (first === undefined || scans[0] === undefined || scans[0].start < first.start) {
    throw imageError(subject, 'this JPEG file has no pixels');
  }
  if (second) throw imageError(subject, 'this JPEG file has two headers');
  if (scans.length > MAX_SCANS) throw imageError(subject, `this JPEG file has more than ${MAX_SCANS} scans`, CONVERT);
  const { width, height, components } = checkedFrame(first, subject);
  if (first.marker === 0xc2 && !isComplete(scans, components)) {
    throw imageError(subject, 'the last scans of this progressive JPEG are missing');
  }
  const exif = segments.find((segment) => segment.marker === APP1 && isMarked(segment, 'Exif'));
  return {
    format: 'jpeg',
    width,
    height,
    channels: components.length === 1 ? 1 : 3,
    orientation: exif ? orientationOf(exif.content) : 1,
  };
}

function checkedFrame(segment: Segment, subject: string): Frame {
  const { marker, content } = segment;
  const refuse = (what: string): Error => imageError(subject, `${what}, which is not decoded`, CONVERT);
  if (marker === 0xc3) throw refuse('this is a lossless JPEG');
  if (marker > 0xc8) throw refuse('this is a JPEG with arithmetic codes');
  if (!FRAMES.includes(marker)) throw refuse('this is a hierarchical JPEG');
  if (content[0] !== 8) throw refuse(`this is a JPEG with ${content[0]} bits per channel`);
  const frame = frameOf(segment);
  const count = frame.components.length;
  if (count === 4) throw refuse('this JPEG has the colours of print (CMYK)');
  if (count !== 1 && count !== 3) throw refuse(`this is a JPEG with ${count} channels`);
  return frame;
}
