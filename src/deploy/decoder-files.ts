// The decoder of images that is part of exports of students of images.
import { toBase64 } from '../io/base64.ts';
import { once } from '../io/once.ts';
import { wasmBytes } from '../kernels/wasm-text.ts';
import type { ExportedFile } from './exported.ts';
import { shipped } from './shipped.ts';

/** The text of decoder.js, after `loadShipped`. */
export const decoderText =
  (): string => `// Decoders of PNG and JPEG, of debkd. png.wasm and jpeg.wasm are those of @jsquash/png and @jsquash/jpeg
// (Apache License 2.0), built from Squoosh (Google) with the crate png and MozJPEG.\n${shipped().modules['decoder']}`;

/** The declarations of decoder.js. */
export const DECODER_TYPES: string = `/** Decoded pixels, 8 bits per channel: a record's image. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** Row by row from the top, the channels of a pixel together. */
  readonly pixels: Uint8Array;
}
export interface ImageDecoder {
  /** Decodes a PNG or JPEG file, turned as its EXIF data say. Throws an Error that says what is wrong with it. */
  decode(bytes: Uint8Array): DecodedImage;
  /** The size that the header states; no pixel is decoded. */
  sizeOf(bytes: Uint8Array): { readonly width: number; readonly height: number };
}
/** Opens a decoder of the formats whose compiled modules are given: png.wasm and jpeg.wasm. */
export declare function openDecoder(modules: {
  readonly png?: WebAssembly.Module;
  readonly jpeg?: WebAssembly.Module;
}): ImageDecoder;
`;

interface Modules {
  readonly jpeg: Uint8Array<ArrayBuffer>;
  readonly png: Uint8Array<ArrayBuffer>;
}

/** The modules of the decoders. */
const load = once(async (): Promise<Modules> => {
  const [jpeg, png] = await Promise.all([import('../data/image/jpeg-wasm.ts'), import('../data/image/png-wasm.ts')]);
  return { jpeg: wasmBytes(jpeg.bytes), png: wasmBytes(png.bytes) };
});

/** png.wasm and jpeg.wasm. @param folder with a slash at its end; default none */
export async function decoderModules(folder: string = ''): Promise<ExportedFile[]> {
  const { jpeg, png } = await load();
  return [
    { path: `${folder}png.wasm`, bytes: png.slice() },
    { path: `${folder}jpeg.wasm`, bytes: jpeg.slice() },
  ];
}

/** The files of a decoder, for exports. */
export async function decoderFiles(): Promise<ExportedFile[]> {
  const utf8 = new TextEncoder();
  return [
    { path: 'decoder.js', bytes: utf8.encode(decoderText()) },
    { path: 'decoder.d.ts', bytes: utf8.encode(DECODER_TYPES) },
    ...(await decoderModules()),
  ];
}

/** A module that exports the bytes of the decoders, for hosts that compile bytes but do not import wasm. */
export async function decoderBytesModule(): Promise<string> {
  const { jpeg, png } = await load();
  const bytes = (name: string, content: Uint8Array): string =>
    `export const ${name} = bytesOf('${toBase64(content)}');\n`;
  return `// The decoders of PNG and JPEG as bytes.
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
${bytes('jpeg', jpeg)}${bytes('png', png)}`;
}
