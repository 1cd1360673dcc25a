// Encodes the image of one record as decodeImages() and encode() encode a table's images.
import type { Raster } from '../data/image/raster.ts';
import type { ImageColumn } from '../data/image-column.ts';
import { byteValues } from '../data/image-rows.ts';
import { rasterFor } from '../data/raster-for.ts';
import { type FieldEncoder, type RawImage, type Subject, wrongField } from './record.ts';

/** Makes the encoder of an image column. It writes to the row's pixels; a row without them is only checked. */
export function imageField(column: ImageColumn): FieldEncoder {
  const { name, channels } = column;
  const values = byteValues(column);
  return (value, { pixels }, subject) => {
    const raster = rasterOfField(name, value, subject);
    if (!pixels) return true;
    const bytes = rasterFor(raster, column).pixels;
    if (channels === 1) for (let i = 0; i < bytes.length; i++) pixels[i] = values[bytes[i] as number] as number;
    else
      for (let i = 0; i < bytes.length; i += 3) {
        pixels[i] = values[bytes[i] as number] as number;
        pixels[i + 1] = values[256 + (bytes[i + 1] as number)] as number;
        pixels[i + 2] = values[512 + (bytes[i + 2] as number)] as number;
      }
    return true;
  };
}

const BYTES = ['Uint8Array', 'Uint8ClampedArray'];

/** The image of a field in grey or colour. @throws DebkdError `column` */
export function rasterOfField(name: string, value: unknown, subject: Subject): Raster {
  const refuse = (seen: string, expected: string, remedy?: string): never => {
    throw wrongField(name, subject, seen, expected, remedy);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const seen = value === null || Array.isArray(value) ? (value ? 'a list' : 'null') : typeof value;
    const remedy = typeof value === 'string' ? 'decode the file first' : undefined;
    return refuse(seen, 'the pixels of an image, { pixels, width, height }', remedy);
  }
  const { width, height, pixels, data = pixels, channels } = value as RawImage;
  if (!isSize(width) || !isSize(height))
    return refuse(`an image of ${String(width)} x ${String(height)} pixels`, 'whole numbers of columns and rows');
  // the name of the type: arrays of another frame or thread are of other classes
  if (!BYTES.includes(Object.prototype.toString.call(data).slice(8, -1)))
    return refuse('an image without bytes', '`pixels`, a Uint8Array or Uint8ClampedArray');
  const bytes = data as Uint8Array;
  const found = bytes.length / (width * height);
  if ((found !== 1 && found !== 3 && found !== 4) || (channels ?? found) !== found)
    return refuse(
      `an image of ${width} x ${height} pixels in ${bytes.length} bytes`,
      channels === undefined ? '1, 3 or 4 bytes for each pixel' : `${String(channels)} for each pixel, of 1, 3 or 4`,
    );
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  if (found < 4) return { width, height, channels: found as 1 | 3, pixels: view };
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < rgb.length; from++) {
    rgb[to++] = view[from++] as number;
    rgb[to++] = view[from++] as number;
    rgb[to++] = view[from++] as number;
  }
  return { width, height, channels: 3, pixels: rgb };
}

const isSize = (n: unknown): boolean => Number.isInteger(n) && (n as number) > 0;
