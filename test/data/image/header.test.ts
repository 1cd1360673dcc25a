// What is refused before any pixel is decoded, and what is read of a header.
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openDecoder } from '../../../src/data/image/decode.ts';
import { MAX_BYTES, readHeader } from '../../../src/data/image/header.ts';
import { DebkdError } from '../../../src/io/errors.ts';
import { bytesOf } from './golden.ts';

const text = (characters: string): Uint8Array => Uint8Array.from(characters, (c) => c.charCodeAt(0));
const refusal = (bytes: Uint8Array): string => {
  try {
    readHeader(bytes, 'image "a.png"');
  } catch (error) {
    if (error instanceof DebkdError && error.code === 'image') return error.message;
    throw error;
  }
  return 'accepted';
};

const catchError = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

test.each([
  ['', 'the file is empty; copy or download it again, or leave it out'],
  ['GIF89a\x01\0', 'the file is a GIF image, expected PNG or JPEG; convert it to PNG or JPEG (Pillow: '],
  ['RIFF\x10\0\0\0WEBPVP8 ', 'the file is a WebP image, expected'],
  ['BM\x36\0\0\0', 'the file is a BMP image, expected'],
  ['II*\0\x08\0', 'the file is a TIFF image, expected'],
  ['MM\0*\0\0', 'the file is a TIFF image, expected'],
  ['\0\0\0\x1cftypavif\0\0', 'the file is an AVIF image, expected'],
  ['\0\0\0\x18ftypheic\0\0', 'the file is a HEIC image, expected'],
  ['\0\0\0\x18ftypmif1\0\0', 'the file is a HEIC image, expected'],
  ['\xff\x0a\0\0', 'the file is a JPEG XL image, expected'],
  ['\0\0\0\x0cJXL \r\n', 'the file is a JPEG XL image, expected'],
  ['\0\0\0\x0cjP  \r\n', 'the file is a JPEG 2000 image, expected'],
  ['8BPS\0\x01', 'the file is a Photoshop file, expected'],
  ['P3\n1 1\n255\n1 2 3', 'the file is a PNM image that is not binary with 8 bits, expected'],
  ['<svg xmlns="x"/>', 'the file is an SVG drawing, expected'],
  ['<?xml version="1.0"?>\n<!-- a -->\n<svg/>', 'the file is an SVG drawing, expected'],
  ['<!DOCTYPE html><html>', 'the file is an HTML or XML page, expected PNG or JPEG; check that the address'],
  ['version https://git-lfs.github.com/spec/v1', 'the file is a Git LFS pointer, expected PNG or JPEG; fetch'],
  ['%PDF-1.4', 'the file is a PDF document, expected'],
  ['a,b\n1,2\n', 'the file is text, expected PNG or JPEG; name a file of an image'],
  ['\x01\x02\x03', 'the file is of an unknown format, expected'],
  ['\x89PNG\r\n\x1a', 'this PNG file is damaged at its start'],
  ['\x89PNG\r\n\x1a\n', 'the file is cut off'],
  ['\xff\xd8\xff', 'the file is cut off'],
  ['\xff\xd8\xff\xd9', 'this JPEG file has no pixels'],
  ['P5 3 2 65535\n', 'its largest value is 65535, expected 255'],
  ['P5 3 2 255\nabc', 'the file is cut off: 3 bytes of its pixels are missing'],
  ['P5 3 x', 'the header of this PNM file is damaged'],
  ['P6', 'the header of this PNM file is damaged'],
  ['P5 0 2 255\n', 'it has no pixels (0 x 2)'],
  ['P5 999999999 999999999 255\n', 'the file is cut off'],
])('%j is refused', (bytes, message) => {
  expect(refusal(text(bytes))).toContain(`image "a.png": ${message}`);
});

/** The golden file with other bytes at the first frame of a JPEG: its marker, then precision, height, width, number of channels. */
function withFrame(change: (frame: Uint8Array) => void): Uint8Array {
  const bytes = bytesOf('420.jpg');
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  change(bytes.subarray(at));
  return bytes;
}

test.each([
  ['lossless', (f: Uint8Array) => (f[1] = 0xc3), 'this is a lossless JPEG, which is not decoded; convert it'],
  ['arithmetic', (f: Uint8Array) => (f[1] = 0xc9), 'this is a JPEG with arithmetic codes, which is not decoded'],
  ['hierarchical', (f: Uint8Array) => (f[1] = 0xc5), 'this is a hierarchical JPEG, which is not decoded'],
  ['12 bits', (f: Uint8Array) => (f[4] = 12), 'this is a JPEG with 12 bits per channel, which is not decoded'],
  ['2 channels', (f: Uint8Array) => (f[9] = 2), 'this is a JPEG with 2 channels, which is not decoded'],
  ['no rows', (f: Uint8Array) => f.fill(0, 5, 7), 'it has no pixels (37 x 0)'],
  ['a bomb', (f: Uint8Array) => f.fill(255, 5, 9), 'it has 65535 x 65535 pixels, more than 67108864; store a smaller'],
])('a JPEG file: %s', (_name, change, message) => {
  expect(refusal(withFrame(change))).toContain(message);
});

test('the parts of a refusal', () => {
  const error = catchError(() => readHeader(text('GIF89a'), 'image "a.gif"'));
  expect(error).toMatchObject({ code: 'image', seen: 'the file is a GIF image', expected: 'PNG or JPEG' });
});

test('CMYK is refused', () => {
  expect(refusal(bytesOf('cmyk.jpg'))).toContain(
    'this JPEG has the colours of print (CMYK), which is not decoded; convert',
  );
});

test('thousands of scans are refused', () => {
  const bytes = bytesOf('420 progressive.jpg');
  const at = bytes.findLastIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
  const scan = Array.from(bytes.subarray(at, -2));
  const many = Array.from({ length: 501 }, () => scan).flat();
  expect(refusal(Uint8Array.from([...bytes.subarray(0, at), ...many, 0xff, 0xd9]))).toContain('more than 500 scans');
});

function crc(bytes: Uint8Array): number {
  let c = -1;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  }
  return ~c;
}
function chunk(type: string, content: readonly number[] | Uint8Array): number[] {
  const body = Uint8Array.from([...text(type), ...content]);
  const word = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  return [...word(content.length), ...body, ...word(crc(body))];
}
/** A PNG file of 8-bit colours that declares a size. */
function png(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const word = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const header = chunk('IHDR', [...word(width), ...word(height), 8, 2, 0, 0, 0]);
  const signature = text('\x89PNG\r\n\x1a\n');
  return Uint8Array.from([...signature, ...header, ...chunk('IDAT', deflateSync(pixels)), ...chunk('IEND', [])]);
}

test('a PNG file that declares 60,000 x 60,000 pixels is refused at once', () => {
  expect(readHeader(png(1, 1, new Uint8Array(4)), 'x')).toMatchObject({ width: 1, height: 1 });
  expect(refusal(png(60000, 60000, new Uint8Array(4)))).toContain('it has 60000 x 60000 pixels, more than 67108864');
  expect(refusal(png(2 ** 31, 1, new Uint8Array(4)))).toContain('pixels, more than');
});

test('a file that declares far more pixels than it has is refused', async () => {
  const decoder = await openDecoder();
  expect(() => decoder.decode(png(8192, 8192, new Uint8Array(4)), 'image "a.png"')).toThrow(
    'image "a.png": this PNG file is damaged; copy',
  );
});

test('files over 100 MB are refused', () => {
  expect(refusal(new Uint8Array(MAX_BYTES + 1))).toContain('the file has 100000001 bytes, more than 100000000');
});

test('a name says nothing: PNG in a file named .jpg', () => {
  expect(readHeader(bytesOf('grey, one transparent.png'), 'image "a.jpg"')).toMatchObject({
    format: 'png',
    channels: 1,
  });
});

const orientations: readonly (readonly [name: string, orientation: number])[] = [
  ['exif long.jpg', 6],
  ['exif 0.jpg', 1],
  ['exif 9.jpg', 1],
  ['exif twice.jpg', 8],
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [[`exif ${n}.jpg`, n] as const, [`exif ${n}.png`, n] as const]),
];
test.each(orientations)('%s has orientation %i', (name, orientation) => {
  expect(readHeader(bytesOf(name), name).orientation).toBe(orientation);
});
