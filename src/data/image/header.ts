// What an image's first bytes say: its format and size, before any pixel is decoded.

/** The header of an image. */
export interface ImageHeader {
  /** `pnm` holds plain pixels, such as those of an npy file (PGM and PPM, binary, 8 bits). */
  readonly format: 'png' | 'jpeg' | 'pnm';
  /** Columns of pixels as stored, before the orientation is applied. */
  readonly width: number;
  /** Rows of pixels as stored. */
  readonly height: number;
  /** Channels of the decoded image: 1 for grey, with or without alpha, else 3. */
  readonly channels: 1 | 3;
  /** The orientation of EXIF, 1 to 8; 1 without one. */
  readonly orientation: number;
}

import { DebkdError } from '../../io/errors.ts';

/** Reads the header of an image. */
export function readHeader(bytes: Uint8Array, subject: string): ImageHeader {
  const fail = (seen: string): never => {
    throw new DebkdError('source', { subject, seen, expected: 'PNG or JPEG', remedy: 'remove it' });
  };
  const limit = (header: ImageHeader): ImageHeader =>
    header.width * header.height > 2 ** 26 ? fail(`${header.width} x ${header.height} pixels`) : header;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > 26 && view.getUint32(0) === 0x89504e47) {
    const channels = (bytes[25] as number) & 2 ? 3 : 1;
    return limit({ format: 'png', width: view.getUint32(16), height: view.getUint32(20), channels, orientation: 1 });
  }
  const pnm = /^P([56])\s(\d+)\s(\d+)\s255\s/.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 64)));
  if (pnm) {
    const channels = pnm[1] === '5' ? 1 : 3;
    return limit({ format: 'pnm', width: Number(pnm[2]), height: Number(pnm[3]), channels, orientation: 1 });
  }
  if (view.byteLength > 4 && view.getUint16(0) === 0xffd8) {
    for (let at = 2; at + 9 < bytes.length; at += 2 + view.getUint16(at + 2)) {
      const mark = bytes[at + 1] as number;
      if (mark >= 0xc0 && mark <= 0xc2)
        return limit({
          format: 'jpeg',
          width: view.getUint16(at + 7),
          height: view.getUint16(at + 5),
          channels: bytes[at + 9] === 1 ? 1 : 3,
          orientation: 1,
        });
    }
  }
  return fail('no image');
}
