// Synthetic images for the proof of an export: ramps, edges and noise of many sizes, grey and colour, with and without alpha.
import { below } from '../kernels/random.ts';
import type { RawImage } from '../student/record.ts';

/** Sides of synthetic images, in pixels. */
const SIDES = { least: 5, most: 72 };

/** Draws an image. */
export function drawImage(source: Iterator<number>): RawImage {
  const side = (): number => SIDES.least + below(source, SIDES.most - SIDES.least + 1);
  return imageOf(source, {
    height: side(),
    width: side(),
    channels: ([1, 3, 3, 4] as const)[below(source, 4)] as 1 | 3 | 4,
  });
}

/** The image of examples: 8 x 8 pixels, grey. */
export const TYPICAL_IMAGE: RawImage = {
  width: 8,
  height: 8,
  pixels: Uint8Array.from({ length: 64 }, (_, i) => 8 * (i >> 3) + 20 * (i & 7)),
};

function imageOf(
  source: Iterator<number>,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: 1 | 3 | 4 },
): RawImage {
  const [down, right, edge] = [below(source, 512) - 256, below(source, 512) - 256, below(source, 128)];
  const base = Array.from({ length: channels }, () => below(source, 256));
  const at = below(source, width);
  const noise = [0, 8, 64, 512][below(source, 4)] as number;
  let state = below(source, 2 ** 31);
  const pixels = new Uint8Array(height * width * channels);
  for (let i = 0, y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const random = ((state >>> 16) * noise) / 65536 - noise / 2;
        const value = (base[c] as number) + (down * y) / height + (right * x) / width + (x > at ? edge : 0) + random;
        pixels[i++] = Math.max(0, Math.min(255, Math.round(value)));
      }
  return { width, height, channels, pixels };
}
