// One photograph in many encodings, against Pillow's pixels.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDecoder } from '../../../src/data/image/decode.ts';
import type { ResizeFilter } from '../../../src/data/image/filters.ts';
import { toRgb } from '../../../src/data/image/grey.ts';
import { readHeader } from '../../../src/data/image/header.ts';
import { resize } from '../../../src/data/image/resize.ts';
import { describeShared, shared, sharedJson } from '../../shared.ts';

interface Expected {
  readonly decoded: { readonly [file: string]: { readonly width: number; readonly height: number; sha256: string } };
  readonly resized: {
    readonly [name: string]: { source: string; filter: ResizeFilter; width: number; height: number; sha256: string };
  };
  readonly errors: { readonly [file: string]: string };
}

describeShared('the formats of ../shared', async () => {
  const { decoded, resized, errors } = sharedJson<Expected>('images/formats/expected.json');
  const decoder = await openDecoder();
  const read = (file: string): Uint8Array => readFileSync(shared(`images/formats/${file}`));
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

  for (const [file, { width, height, sha256 }] of Object.entries(decoded)) {
    if (file === 'cmyk.jpg') continue;
    test(`${file} has Pillow's pixels`, () => {
      const raster = decoder.decode(read(file), file, { orient: false });
      expect(raster).toMatchObject({ width, height });
      expect(hash(toRgb(raster).pixels)).toBe(sha256);
    });
  }

  test('the orientation of EXIF is applied', () => {
    expect(decoder.decode(read('exif-rotated.jpg'), 'x')).toMatchObject({ width: 47, height: 61 });
  });

  for (const [name, { source, filter, width, height, sha256 }] of Object.entries(resized)) {
    test(`resized ${name}`, () => {
      expect(hash(resize(decoder.decode(read(source), source), { width, height, filter }).pixels)).toBe(sha256);
    });
  }

  for (const file of [...Object.keys(errors), 'cmyk.jpg']) {
    test(`${file} is refused`, () => {
      expect(() => readHeader(read(file), `image "${file}"`)).toThrow(/^image "/);
      expect(() => decoder.decode(read(file), file)).toThrow();
    });
  }
});
