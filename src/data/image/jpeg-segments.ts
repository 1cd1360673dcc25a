// The segments of a JPEG file.
import { imageError } from './image-error.ts';

/** Markers: the start and the end of an image, the start of a scan. */
export const MARKERS = { start: 0xd8, end: 0xd9, scan: 0xda } as const;

/** A segment: where it begins with its marker, and its content. */
export interface Segment {
  readonly marker: number;
  readonly start: number;
  readonly content: Uint8Array;
}

/** The frame of a JPEG file: its size and its components. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

/** A channel as it is stored. */
export interface Component {
  readonly id: number;
  /** How many of its samples stand for as many of the channel with the most, across and down. */
  readonly h: number;
  readonly v: number;
}

/**
 * All segments, up to the end of the image. As libjpeg does, it skips bytes between two segments, and all that follows the end.
 * @throws DebkdError `image` where the file is cut off
 */
export function listSegments(bytes: Uint8Array, subject: string): Segment[] {
  const segments: Segment[] = [];
  for (let at = 2; ; ) {
    at = bytes.indexOf(0xff, at);
    while (at >= 0 && bytes[at] === 0xff) at++;
    const marker = at < 0 ? undefined : bytes[at++];
    if (marker === undefined) throw imageError(subject, 'the file is cut off');
    if (marker === MARKERS.end) return segments;
    // 0: a byte 0xff of the pixels; restart markers and 1 stand alone
    if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (at + Math.max(length, 2) > bytes.length) throw imageError(subject, 'the file is cut off');
    if (length < 2 || marker === MARKERS.start)
      throw imageError(subject, `this JPEG file is damaged at byte ${at - 2}`);
    segments.push({ marker, start: at - 2, content: bytes.subarray(at + 2, at + length) });
    at += length;
  }
}

/** Whether a segment begins with a text and a byte 0. */
export function isMarked({ content }: Segment, text: string): boolean {
  return [...text, '\0'].every((c, i) => content[i] === c.charCodeAt(0));
}

/** Whether a marker begins a frame. */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8;
}

/** The frame that a segment describes. */
export function frameOf({ content }: Segment): Frame {
  const [, h1 = 0, h0 = 0, w1 = 0, w0 = 0, count = 0] = content;
  const components = Array.from({ length: count }, (_, i) => {
    const [id = 0, sampling = 0] = content.subarray(6 + 3 * i, 8 + 3 * i);
    return { id, h: sampling >> 4, v: sampling & 15 };
  });
  return { width: (w1 << 8) | w0, height: (h1 << 8) | h0, components };
}
