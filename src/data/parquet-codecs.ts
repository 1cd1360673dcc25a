// Decompressors of Parquet pages that stop at the size a page states.
import type { Compressors } from 'hyparquet/src/types.js';
import { builtin } from '../io/node.ts';

type Decoder = (input: Uint8Array, length: number) => Uint8Array;

/** Loads the decompressors, by the codec's name; each throws if a page holds more than it states. */
export async function loadCodecs(): Promise<Compressors> {
  const [{ compressors }, { Decompress }, zlib] = await Promise.all([
    import('hyparquet-compressors'),
    import('fzstd'),
    builtin<typeof import('node:zlib')>('node:zlib').catch(() => undefined),
  ]);
  // the ZSTD and Brotli of hyparquet-compressors have no limit
  const zstd: Decoder = (input, length) => {
    const page = new Uint8Array(length);
    let at = 0;
    const stream = new Decompress((part) => {
      if (part.length > length - at) throw tooMuch(length);
      page.set(part, at);
      at += part.length;
    });
    stream.push(input, true);
    return page.subarray(0, at);
  };
  const brotli: Decoder = (input, length) => {
    if (zlib) return new Uint8Array(zlib.brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }));
    // browsers have no built-in decoder: refuse input longer than Brotli's worst case; the browser's memory limit
    // bounds the rest
    if (input.length > length + length / 1000 + 64) throw tooMuch(length);
    return (compressors['BROTLI'] as Decoder)(input, length);
  };
  return { ...compressors, ZSTD: zstd, BROTLI: brotli };
}

const tooMuch = (length: number): Error =>
  new Error(`a page that unpacks to more than the ${length} bytes that it states`);
