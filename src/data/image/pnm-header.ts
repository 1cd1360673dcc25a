// The headers of PGM and PPM files: binary, 8 bits.

import { DebkdError } from '../../io/errors.ts';
import { CONVERT, imageError } from './image-error.ts';
import type { ImageHeader } from './image-header.ts';

/** The header of a PGM (P5) or PPM (P6) file. @throws DebkdError `image` */
export function parsePnm(bytes: Uint8Array, subject: string): ImageHeader {
  const channels = bytes[1] === 0x35 ? 1 : 3;
  const { values, end } = readNumbers(bytes, subject);
  const [width, height, max] = values as [number, number, number];
  if (max !== 255) {
    throw new DebkdError('image', { subject, seen: `its largest value is ${max}`, expected: '255', remedy: CONVERT });
  }
  const missing = end + width * height * channels - bytes.length;
  if (missing > 0) throw imageError(subject, `the file is cut off: ${missing} bytes of its pixels are missing`);
  return { format: 'pnm', width, height, channels, orientation: 1 };
}

/** Where the pixels of a PNM file begin. */
export function pnmStart(bytes: Uint8Array): number {
  return readNumbers(bytes, '').end;
}

/** Width, height and largest value, separated by white space and comments, and one byte of white space after them. */
function readNumbers(bytes: Uint8Array, subject: string): { values: readonly number[]; end: number } {
  const values: number[] = [];
  let at = 2;
  const space = (): boolean => [0x20, 9, 10, 11, 12, 13].includes(bytes[at] as number);
  while (values.length < 3) {
    const before = at;
    while (space() || bytes[at] === 0x23) {
      if (bytes[at] === 0x23) while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++;
      else at++;
    }
    const start = at;
    let value = 0;
    for (let digit = digitAt(bytes, at); digit >= 0 && at - start < 9; digit = digitAt(bytes, ++at))
      value = value * 10 + digit;
    if (start === before || at === start) throw imageError(subject, 'the header of this PNM file is damaged');
    values.push(value);
  }
  if (!space()) throw imageError(subject, 'the header of this PNM file is damaged');
  return { values, end: at + 1 };
}

function digitAt(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] ?? 0) - 0x30;
  return digit <= 9 ? digit : -1;
}
