// Calls the PNG decoder. Its generated JavaScript needs a global ImageData and fetches its own wasm; this is the part that decoding needs.
import type { WasmModule } from '../../io/host-types.ts';
import type { Codec } from './codec.ts';
import type { Raster } from './raster.ts';
import { rasterOf } from './rgba.ts';

interface Exports {
  readonly memory: WebAssembly.Memory;
  decode(pointer: number, length: number): number;
  __wbindgen_malloc(size: number, alignment: number): number;
  __wbindgen_free(pointer: number, size: number, alignment: number): void;
}

/** An instance of @jsquash/png 3.1.1. */
export function openPng(module: WasmModule): Codec {
  let channels: 1 | 3 = 3;
  let decoded: Raster | undefined;
  const text = (at: number, length: number): string =>
    new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, at >>> 0, length >>> 0));
  const imports = {
    __wbg_newwithownedu8clampedarrayandsh_91db5987993a08fb(at: number, size: number, width: number, height: number) {
      const rgba = new Uint8Array(wasm.memory.buffer, at >>> 0, size >>> 0);
      decoded = rasterOf(rgba, { width: width >>> 0, height: height >>> 0, channels });
      wasm.__wbindgen_free(at, size, 1);
      return 0;
    },
    __wbindgen_throw(at: number, length: number): never {
      throw new Error(text(at, length));
    },
    // for pixels of 16 bits and for encoding, which are not used
    __wbindgen_memory: () => 0,
    __wbg_buffer_a448f833075b71ba: () => 0,
    __wbg_newwithbyteoffsetandlength_099217381c451830: () => 0,
    __wbindgen_object_drop_ref: () => undefined,
  };
  const wasm = new WebAssembly.Instance(module, { wbg: imports }).exports as unknown as Exports;
  return {
    get held() {
      return wasm.memory.buffer.byteLength;
    },
    decode(parts, wanted) {
      channels = wanted;
      decoded = undefined;
      const size = parts.reduce((sum, part) => sum + part.length, 0);
      const at = wasm.__wbindgen_malloc(size, 1) >>> 0;
      const file = new Uint8Array(wasm.memory.buffer, at, size);
      let to = 0;
      for (const part of parts) {
        file.set(part, to);
        to += part.length;
      }
      // it frees the file
      wasm.decode(at, size);
      if (decoded === undefined) throw new Error('no pixels');
      return decoded;
    },
  };
}
