// Takes the channels that are kept from decoded pixels.
import type { Raster } from './raster.ts';

/** A copy of pixels of four bytes, without alpha. Grey is the first of three equal bytes. */
export function rasterOf(rgba: Uint8Array, { width, height, channels }: Omit<Raster, 'pixels'>): Raster {
  const count = width * height;
  if (rgba.length !== 4 * count) throw new Error(`${rgba.length} bytes for ${count} pixels`);
  const pixels = new Uint8Array(count * channels);
  if (channels === 1) for (let i = 0; i < count; i++) pixels[i] = rgba[4 * i] as number;
  else
    for (let from = 0, to = 0; to < pixels.length; from += 4) {
      pixels[to++] = rgba[from] as number;
      pixels[to++] = rgba[from + 1] as number;
      pixels[to++] = rgba[from + 2] as number;
    }
  return { width, height, channels, pixels };
}
