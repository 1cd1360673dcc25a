// The golden images and what Pillow makes of them (test/golden/images.py).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ResizeFilter } from '../../../src/data/image/filters.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface GoldenFile extends Size {
  readonly name: string;
  readonly base64: string;
  /** Absent, as what follows, for a file that is refused. */
  readonly channels?: 1 | 3;
  readonly sha256: string;
  /** With the orientation of EXIF applied, where that changes anything. */
  readonly upright?: Size & { readonly sha256: string };
  /** What Pillow makes of the first bytes alone: the start of the hash, or nothing where it refuses. */
  readonly cuts?: readonly (readonly [length: number, outcome: string])[];
  /** The same for files with one changed byte. */
  readonly changes?: readonly (readonly [position: number, byte: number, outcome: string])[];
  /** All pixels, of one file whose pixels are not quite ours. */
  readonly pixels?: string;
}

export const golden = JSON.parse(readFileSync(new URL('../../golden/images.json', import.meta.url), 'utf8')) as {
  readonly files: readonly GoldenFile[];
  readonly odd: readonly { readonly name: string; readonly base64: string; readonly outcome: string }[];
  readonly resized: readonly (readonly [source: string, width: number, height: number, ResizeFilter, hash: string])[];
  readonly 'noise as grey': string;
};

export function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  const file = golden.files.find((entry) => entry.name === name);
  if (file === undefined) throw new Error(`no golden image ${name}`);
  return fromBase64(file.base64);
}

export function digest(pixels: Uint8Array): string {
  return createHash('sha256').update(pixels).digest('hex');
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
