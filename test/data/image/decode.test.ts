// Decoded pixels against Pillow's, also of cut and changed files.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDecoder } from '../../../src/data/image/decode.ts';
import { readHeader } from '../../../src/data/image/header.ts';
import { DebkdError } from '../../../src/io/errors.ts';
import { bytesOf, digest, fromBase64, type GoldenFile, golden } from './golden.ts';

const decoder = await openDecoder();
const whole = golden.files.filter(({ cuts }) => cuts !== undefined);

test.each(whole)('$name has the pixels of Pillow', ({ name, width, height, channels, sha256, upright }) => {
  const bytes = bytesOf(name);
  expect(readHeader(bytes, name)).toMatchObject({ width, height, channels });
  const raster = decoder.decode(bytes, name, { orient: false });
  expect(raster).toMatchObject({ width, height, channels });
  expect(digest(raster.pixels)).toBe(sha256);
  const seen = decoder.decode(bytes, name);
  expect({ width: seen.width, height: seen.height, sha256: digest(seen.pixels) }).toEqual(
    upright ?? { width, height, sha256 },
  );
});

test('colours of half the rows differ from Pillow by at most 2 levels', () => {
  const { pixels = '' } = golden.files.find(({ name }) => name === '440.jpg') as GoldenFile;
  const theirs = fromBase64(pixels);
  const ours = decoder.decode(bytesOf('440.jpg'), '440.jpg').pixels;
  expect(ours.length).toBe(theirs.length);
  expect(Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] as number))))).toBeLessThanOrEqual(2);
});

/** Pillow's outcome and ours. */
function compare(bytes: Uint8Array, outcome: string): 'same' | 'both refuse' | 'refused' | 'accepted' | 'other pixels' {
  let ours = '';
  try {
    ours = digest(decoder.decode(bytes, 'image "x"', { orient: false }).pixels).slice(0, 8);
  } catch (error) {
    if (!(error instanceof DebkdError) || error.code !== 'image') throw error;
    expect(error.message).toMatch(/^image "x": .+; .+/);
  }
  if (ours === outcome) return outcome === '' ? 'both refuse' : 'same';
  return ours === '' ? 'refused' : outcome === '' ? 'accepted' : 'other pixels';
}

test.each(whole)('$name, cut or with a changed byte: refused, or the pixels of Pillow', ({ name, cuts, changes }) => {
  const bytes = bytesOf(name);
  for (const [length, outcome] of cuts ?? []) {
    expect(['same', 'both refuse', 'refused'], `cut at ${length}`).toContain(compare(bytes.slice(0, length), outcome));
  }
  for (const [at, byte, outcome] of changes ?? []) {
    const changed = bytes.slice();
    changed[at] = byte;
    expect(['same', 'both refuse', 'refused'], `byte ${at} is ${byte}`).toContain(compare(changed, outcome));
  }
});

/** What Pillow takes and we refuse, because pixels are missing or guessed; and a check sum that the decoder does not look at. */
const OTHERWISE: { readonly [name: string]: string } = {
  'half the rows': 'refused',
  'stream cut by one byte': 'refused',
  'stream without its sum': 'refused',
  'wrong sum': 'accepted',
  'wrong pixels, stored sum': 'accepted',
  'no palette': 'refused',
  'two headers': 'refused',
  'codes that do not exist': 'refused',
  '150 bytes unread': 'refused',
  'bytes before a restart': 'refused',
  'half and an end': 'refused',
};

test.each(golden.odd)('$name', ({ name, base64, outcome }) => {
  const expected =
    OTHERWISE[name] ?? (name.includes(' scans of ') ? 'refused' : outcome === '' ? 'both refuse' : 'same');
  expect(compare(fromBase64(base64), outcome)).toBe(expected);
});

test('after an error, the next image is decoded', () => {
  for (const name of ['420.jpg', 'colour 2, 8 bits.png']) {
    const bytes = bytesOf(name);
    const expected = digest(decoder.decode(bytes, name).pixels);
    const damaged = golden.odd.find((odd) => odd.name === (name.endsWith('jpg') ? 'half and an end' : 'stream cut'));
    for (let i = 0; i < 50; i++) {
      expect(() => decoder.decode(fromBase64(damaged?.base64 ?? ''), 'x')).toThrow(DebkdError);
      expect(digest(decoder.decode(bytes, name).pixels)).toBe(expected);
    }
  }
});

test('no global is left behind', async () => {
  const before = Object.getOwnPropertyNames(globalThis);
  (await openDecoder()).decode(bytesOf('420.jpg'), 'x');
  expect(Object.getOwnPropertyNames(globalThis)).toEqual(before);
});

test('compiled modules are used', async () => {
  const compiled = (path: string): WebAssembly.Module =>
    new WebAssembly.Module(readFileSync(new URL(`../../../node_modules/@jsquash/${path}`, import.meta.url)));
  const jpeg = compiled('jpeg/codec/dec/mozjpeg_dec.wasm');
  const png = compiled('png/codec/pkg/squoosh_png_bg.wasm');
  const given = await openDecoder({ jpeg, png });
  for (const name of ['420.jpg', 'colour 2, 8 bits.png']) {
    expect(given.decode(bytesOf(name), name)).toEqual(decoder.decode(bytesOf(name), name));
  }
  await expect(openDecoder({ jpeg: png, png: jpeg })).rejects.toMatchObject({ code: 'wasm' });
});

test('modules of the wrong kind are refused', async () => {
  const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  await expect(openDecoder({ jpeg: module })).rejects.toMatchObject({ code: 'wasm' });
  await expect(openDecoder({ png: module })).rejects.toMatchObject({ code: 'wasm' });
});
