// Small pictures as files, with Pillow's pixels (test/golden/pictures.py).
import { readFileSync } from 'node:fs';

interface Picture {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly pixels: string;
}

/** The golden file. */
export const pictures = JSON.parse(readFileSync(new URL('golden/pictures.json', import.meta.url), 'utf8')) as Record<
  string,
  Picture
>;

/** The bytes of a picture's file. */
export function pictureFile(name: string): Uint8Array {
  return new Uint8Array(Buffer.from((pictures[name] as Picture).file, 'base64'));
}

/** The pixels that Pillow decodes. */
export function picturePixels(name: string): Uint8Array {
  return new Uint8Array(Buffer.from((pictures[name] as Picture).pixels, 'base64'));
}
