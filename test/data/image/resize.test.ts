// Resized pixels against Pillow's.
import { expect, test } from 'vitest';
import { openDecoder } from '../../../src/data/image/decode.ts';
import { FILTERS, RESAMPLE } from '../../../src/data/image/filters.ts';
import { toGrey, toRgb } from '../../../src/data/image/grey.ts';
import type { Raster } from '../../../src/data/image/raster.ts';
import { resize } from '../../../src/data/image/resize.ts';
import { weightsOf } from '../../../src/data/image/resize-weights.ts';
import { bytesOf, digest, golden } from './golden.ts';

const decoder = await openDecoder();
/** Pixels without any pattern, as in images.py. */
const noise: Raster = {
  width: 200,
  height: 150,
  channels: 3,
  pixels: Uint8Array.from({ length: 90000 }, (_, i) => Math.imul(i, 2654435761) >>> 24),
};
const sources = new Map(golden.resized.map(([source]) => [source, source === 'noise' ? noise : undefined]));
for (const name of sources.keys()) sources.set(name, sources.get(name) ?? decoder.decode(bytesOf(name), name));

test.each([...sources.keys()])('%s, in every size and by every filter', (source) => {
  const cases = golden.resized.filter(([name]) => name === source);
  expect(cases.length).toBeGreaterThan(40);
  for (const [, width, height, filter, hash] of cases) {
    const raster = resize(sources.get(source) as Raster, { width, height, filter });
    expect(raster).toMatchObject({ width, height });
    expect(digest(raster.pixels).slice(0, 16), `${filter} ${width} x ${height}`).toBe(hash);
  }
});

test("Pillow's numbers of the filters", () => {
  expect(RESAMPLE).toEqual(['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming']);
});

test('weights are computed once, and the oldest are forgotten', () => {
  const first = weightsOf(100, 64, FILTERS.bilinear);
  expect(weightsOf(100, 64, FILTERS.bilinear)).toBe(first);
  for (let to = 1; to <= 64; to++) weightsOf(99, to, FILTERS.bilinear);
  expect(weightsOf(100, 64, FILTERS.bilinear)).not.toBe(first);
});

test('no sum of a filter exceeds 32 bits', () => {
  for (const filter of Object.keys(FILTERS) as (keyof typeof FILTERS)[]) {
    for (const [from, to] of [
      [1, 1000],
      [100, 64],
      [4096, 3],
      [997, 32],
    ] as const) {
      const { weights, counts, size } = weightsOf(from, to, FILTERS[filter]);
      for (let i = 0; i < to; i++) {
        const own = weights.subarray(i * size, i * size + (counts[i] as number));
        const total = own.reduce((sum, weight) => sum + Math.abs(weight), 0);
        expect(255 * total + 2 ** 21).toBeLessThan(2 ** 31);
      }
    }
  }
});

test('the same size gives the same image', () => {
  expect(resize(noise, { width: 200, height: 150 })).toBe(noise);
});

test('grey and back', () => {
  const grey = toGrey(noise);
  expect(digest(grey.pixels)).toBe(golden['noise as grey']);
  // 117.5 is rounded up
  expect([...toGrey({ width: 1, height: 1, channels: 3, pixels: Uint8Array.of(18, 191, 0) }).pixels]).toEqual([118]);
  expect(toGrey(grey)).toBe(grey);
  const rgb = toRgb(grey);
  expect(toRgb(rgb)).toBe(rgb);
  expect(toGrey(rgb)).toEqual(grey);
});
