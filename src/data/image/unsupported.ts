// Names the format of a file that is not decoded.
import { DebkdError } from '../../io/errors.ts';
import { otherFormat } from '../../io/other-format.ts';
import { CONVERT } from './image-error.ts';

/** Formats of images by their first characters, other than those of control characters, which are spaces here. */
const IMAGES: readonly (readonly [mark: RegExp, what: string])[] = [
  [/^GIF8[79]a/, 'a GIF image'],
  [/^RIFF.{4}WEBP/s, 'a WebP image'],
  [/^BM/, 'a BMP image'],
  [/^(II[*+] |MM [*+])/, 'a TIFF image'],
  [/^.{4}ftypavi[fs]/s, 'an AVIF image'],
  [/^.{4}ftyp(hei|hev|mif1|msf1)/s, 'a HEIC image'],
  [/^(\xff |.{4}JXL )/s, 'a JPEG XL image'],
  [/^(\xffO\xffQ|.{4}jP {2})/s, 'a JPEG 2000 image'],
  [/^8BPS/, 'a Photoshop file'],
  [/^P[12347]\s/, 'a PNM image that is not binary with 8 bits'],
  [/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg/is, 'an SVG drawing'],
];

/** What to do with a file that is no image. */
const NAME = 'name a file of an image';

/** The error for a file that is neither PNG nor JPEG nor binary PNM. */
export function nameFormat(bytes: Uint8Array, subject: string): DebkdError {
  const start = bytes.subarray(0, 512);
  const head = String.fromCharCode(...start.map((byte) => (byte < 0x20 ? 0x20 : byte)));
  const refuse = (what: string, remedy: string): DebkdError =>
    new DebkdError('image', { subject, seen: `the file is ${what}`, expected: 'PNG or JPEG', remedy });
  const image = IMAGES.find(([mark]) => mark.test(head));
  if (image) return refuse(image[1], CONVERT);
  const other = otherFormat(bytes);
  if (other) return refuse(other.what, other.remedy ?? NAME);
  return refuse(start.some((byte) => byte < 9) ? 'of an unknown format' : 'text', NAME);
}
