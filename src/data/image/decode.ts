// Decodes images. One decoder for every host: the browser's own would give other pixels.
import { DebkdError } from '../../io/errors.ts';
import type { WasmModule } from '../../io/host-types.ts';
import { wasmBytes } from '../../kernels/wasm-text.ts';
import type { Codec } from './codec.ts';
import { readHeader } from './header.ts';
import { imageError } from './image-error.ts';
import type { ImageHeader } from './image-header.ts';
import { openJpeg } from './jpeg-codec.ts';
import { orient } from './orient.ts';
import { openPng } from './png-codec.ts';
import { decodedParts } from './png-header.ts';
import { pnmStart } from './pnm-header.ts';
import type { Raster } from './raster.ts';

/** Decodes images; it keeps memory of its own. */
export interface Decoder {
  /**
   * Decodes an image: the pixels of Pillow's convert("RGB"), or convert("L") for grey; 16 bits are cut to the high 8.
   * @param bytes the file
   * @param subject what it is, for messages: `image "a.png"`
   * @param options.orient whether the orientation of EXIF is applied, as ImageOps.exif_transpose does; default true
   * @throws DebkdError `image`
   */
  decode(bytes: Uint8Array, subject: string, options?: { readonly orient?: boolean }): Raster;
}

/** Compiled modules for hosts that cannot compile bytes. */
export interface DecoderModules {
  /** The decoder of JPEG: `debkd/decode-jpeg.wasm`. */
  readonly jpeg?: WasmModule | undefined;
  /** The decoder of PNG: `debkd/decode-png.wasm`. */
  readonly png?: WasmModule | undefined;
}

/** An instance with more memory than this is given up after use; most images need far less. */
const MAX_HELD = 2 ** 26;

/**
 * Opens a decoder of images. The first call loads the decoders' code.
 * @param modules compiled modules, for hosts that cannot compile bytes
 * @throws DebkdError `wasm` where the host cannot compile them
 * @example
 * const decoder = await openDecoder();
 * const { width, height, pixels } = decoder.decode(bytes, 'image "a.png"');
 */
export async function openDecoder(modules: DecoderModules = {}): Promise<Decoder> {
  return decoderOf({
    jpeg: modules.jpeg ?? (await compiled('jpeg')),
    png: modules.png ?? (await compiled('png')),
  });
}

/** A decoder of the formats whose modules are given, and of PNM. @throws DebkdError `wasm` for a module of something else */
export function decoderOf(modules: DecoderModules): Decoder {
  const jpeg = new Reopened(openJpeg, checked('jpeg', modules.jpeg));
  const png = new Reopened(openPng, checked('png', modules.png));
  const pixelsOf = (bytes: Uint8Array, { format, width, height, channels }: ImageHeader): Raster => {
    if (format === 'pnm') {
      const start = pnmStart(bytes);
      return { width, height, channels, pixels: bytes.slice(start, start + width * height * channels) };
    }
    const raster = format === 'jpeg' ? jpeg.decode([bytes], channels) : png.decode(decodedParts(bytes), channels);
    if (raster.width !== width || raster.height !== height) throw new Error('another size than in its header');
    return raster;
  };
  return {
    decode(bytes, subject, options = {}) {
      const header = readHeader(bytes, subject);
      let raster: Raster;
      try {
        raster = pixelsOf(bytes, header);
      } catch (error) {
        if (error instanceof DebkdError) throw error;
        throw problemOf(error, header, subject);
      }
      return options.orient === false ? raster : orient(raster, header.orientation);
    },
  };
}

/** The error for an image that its codec does not decode. */
function problemOf(error: unknown, { format, width, height }: ImageHeader, subject: string): DebkdError {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError || /memory/i.test(why)) {
    const seen = `not enough memory to decode ${width} x ${height} pixels`;
    return new DebkdError('memory', { subject, seen, remedy: 'store a smaller copy' });
  }
  // the PNG decoder does not say what it found
  return imageError(subject, `this ${format.toUpperCase()} file is damaged${format === 'jpeg' ? ` (${why})` : ''}`);
}

/** A codec, opened on first use, and again after an error or a very large image. */
class Reopened {
  readonly #open: (module: WasmModule) => Codec;
  readonly #module: WasmModule | undefined;
  #codec: Codec | undefined;
  constructor(open: (module: WasmModule) => Codec, module: WasmModule | undefined) {
    this.#open = open;
    this.#module = module;
  }

  decode(parts: readonly Uint8Array[], channels: 1 | 3): Raster {
    const codec = this.#codec ?? this.#open(this.#module ?? noModule());
    this.#codec = undefined;
    const raster = codec.decode(parts, channels);
    if (codec.held <= MAX_HELD) this.#codec = codec;
    return raster;
  }
}

function noModule(): never {
  throw new DebkdError('wasm', {
    subject: 'decoder of images',
    seen: 'the module of this format was not given',
    remedy: 'give both compiled modules',
  });
}

/** An import that only the right module has. */
const IMPORTS = { jpeg: 'a.z', png: 'wbg.__wbindgen_throw' } as const;

function checked(name: keyof DecoderModules, given: WasmModule | undefined): WasmModule | undefined {
  if (given === undefined) return undefined;
  if (WebAssembly.Module.imports(given).some((item) => `${item.module}.${item.name}` === IMPORTS[name])) return given;
  throw new DebkdError('wasm', {
    subject: 'openDecoder',
    seen: `the module given as ${name} is not the decoder of ${name.toUpperCase()}`,
    remedy: 'leave it out, or give the module of this version',
  });
}

const compiling = new Map<keyof DecoderModules, Promise<WasmModule>>();

/** The module built in, compiled once. */
function compiled(name: keyof DecoderModules): Promise<WasmModule> {
  const known = compiling.get(name);
  if (known) return known;
  const loaded = name === 'jpeg' ? import('./jpeg-wasm.ts') : import('./png-wasm.ts');
  const made = loaded
    .then(({ bytes }) => WebAssembly.compile(wasmBytes(bytes)))
    .catch((error: Error) => {
      compiling.delete(name);
      throw new DebkdError('wasm', {
        subject: 'decoder of images',
        seen: `this host does not compile it (${error.message})`,
        remedy: ["allow 'wasm-unsafe-eval' in the page's script-src", 'give openDecoder() compiled modules'],
      });
    });
  compiling.set(name, made);
  return made;
}
