// The orientation in the EXIF data of an image, read as Pillow reads it.

const ORIENTATION = 0x112;
/** Bytes of a value by its type; only whole numbers of 2 and 4 bytes are read. */
const SIZES: { readonly [type: number]: 2 | 4 } = { 3: 2, 4: 4, 8: 2, 9: 4 };

/** The orientation of EXIF data, with or without its mark `Exif\0\0`; 1 where it is absent, damaged or not from 1 to 8. */
export function orientationOf(exif: Uint8Array): number {
  const marked = exif[0] === 0x45 && exif[1] === 0x78 && exif[2] === 0x69 && exif[3] === 0x66;
  const tiff = marked ? exif.subarray(6) : exif;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 8) return 1;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const start = view.getUint32(4, little);
  if (start + 2 > view.byteLength) return 1;
  const entries = view.getUint16(start, little);
  let orientation = 1;
  for (let i = 0; i < entries; i++) {
    const at = start + 2 + 12 * i;
    if (at + 12 > view.byteLength) break;
    const size = SIZES[view.getUint16(at + 2, little)];
    if (view.getUint16(at, little) !== ORIENTATION || size === undefined || view.getUint32(at + 4, little) !== 1)
      continue;
    orientation = size === 2 ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
  }
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}
