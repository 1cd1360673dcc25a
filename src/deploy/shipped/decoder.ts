// The source of decoder.js: the library's own decoders of PNG and JPEG, whose wasm modules the caller compiles.
import { type DecoderModules, decoderOf } from '../../data/image/decode.ts';
import { readHeader } from '../../data/image/header.ts';
import type { Raster } from '../../data/image/raster.ts';

interface Decoder {
  decode(bytes: Uint8Array): Raster;
  sizeOf(bytes: Uint8Array): { readonly width: number; readonly height: number };
}

/** Opens a decoder of the formats whose compiled modules are given: png.wasm and jpeg.wasm. */
export function openDecoder(modules: DecoderModules): Decoder {
  const { decode } = decoderOf(modules);
  return {
    decode: (bytes) => decode(bytes, 'image'),
    sizeOf(bytes) {
      const { width, height } = readHeader(bytes, 'image');
      return { width, height };
    },
  };
}
