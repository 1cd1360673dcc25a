// Calls the JPEG decoder, a C++ program. Its generated JavaScript sets globals, needs ImageData and writes to the console; this is the part
// of it that decoding needs. C++ holds values of JavaScript by handles, and finds classes by the names of globals.
import type { WasmModule } from '../../io/host-types.ts';
import type { Codec } from './codec.ts';
import type { Raster } from './raster.ts';
import { rasterOf } from './rgba.ts';

interface Exports {
  /** The memory. */
  readonly A: WebAssembly.Memory;
  /** Runs the constructors of C++, which register functions and types. */
  B(): void;
  D(size: number): number; // malloc
  E(pointer: number): void; // free
  /** The table of functions. */
  readonly F: WebAssembly.Table;
}

/**
 * Warnings of libjpeg after which pixels are missing or wrong, though it fills them in and goes on. Fewer than 100 extra bytes are
 * usual: some cameras pad their files.
 */
const LOST = /premature end|bad Huffman code|before marker 0xd[0-7]|\d{3} extraneous/i;
/** The most memory that a program of this kind can have. */
const MAX_MEMORY = 2 ** 31;
const PAGE = 2 ** 16;
/** Bytes from one argument of a call to the next. */
const ARGUMENT = 8;

/** An instance of @jsquash/jpeg 1.6.0. */
export function openJpeg(module: WasmModule): Codec {
  let channels: 1 | 3 = 3;
  let decoded: Raster | undefined;
  let messages = '';
  const values = new Map<number, { value: unknown; uses: number }>();
  let handles = 0;
  /** How an argument of each type is read. */
  const readers = new Map<number, (at: number) => unknown>();
  const callers: ((construct: unknown, at: number) => unknown)[] = [];
  let invoke: (file: number, turn: number) => number = () => 0;

  const bytes = (): Uint8Array => new Uint8Array(wasm.A.buffer);
  const word = (at: number): number => new DataView(wasm.A.buffer).getUint32(at >>> 0, true);
  const setWord = (at: number, value: number): void => new DataView(wasm.A.buffer).setUint32(at >>> 0, value, true);
  const text = (at: number): string => {
    const from = bytes().subarray(at >>> 0);
    return String.fromCharCode(...from.subarray(0, from.indexOf(0)));
  };
  const hold = (value: unknown): number => {
    values.set(++handles, { value, uses: 1 });
    return handles;
  };
  const release = (handle: number): unknown => {
    const held = values.get(handle);
    if (held && --held.uses === 0) values.delete(handle);
    return held?.value;
  };
  const globals: { readonly [name: string]: (...args: never[]) => unknown } = {
    // the view itself: the pixels are copied once, below, before C++ frees them
    Uint8ClampedArray: (view: Uint8Array) => view,
    ImageData: (rgba: Uint8Array, width: number, height: number) => {
      decoded = rasterOf(rgba, { width, height, channels });
    },
  };
  const stop = (why: string): never => {
    // the last message is the error, those before it are warnings
    throw new Error(messages.trim().split('\n').pop() || why);
  };

  const imports = {
    a: (type: number) => readers.set(type, (at) => new Uint8Array(wasm.A.buffer, word(at + 4), word(at))), // memory view
    b: (type: number, _name: number, size: number, min: number) =>
      readers.set(type, (at) => readInteger(new DataView(wasm.A.buffer), at, size, min !== 0)),
    l: (type: number) => readers.set(type, (at) => release(word(at))), // value of JavaScript
    // floats, booleans, texts, void, long integers: types that decoding does not use
    c() {},
    e() {},
    j() {},
    m() {},
    n() {},
    q() {},
    // function
    f(name: number, _count: number, _types: number, _signature: number, invoker: number, target: number) {
      if (!text(name).startsWith('decode')) return;
      const call = wasm.F.get(invoker) as (target: number, file: number, turn: number) => number;
      invoke = (file, turn) => call(target, file, turn);
    },
    h(count: number, types: number) {
      // the first type is that of the result, a value of JavaScript
      const read = Array.from({ length: count - 1 }, (_, i) => readers.get(word(types + 4 * (i + 1))));
      callers.push((construct, at) =>
        (construct as (...args: unknown[]) => unknown)(...read.map((reader, i) => reader?.(at + ARGUMENT * i))),
      );
      return callers.length - 1;
    },
    i: (caller: number, handle: number, _destructors: number, at: number) =>
      hold(callers[caller]?.(values.get(handle)?.value, at >>> 0)),
    k: (name: number) => hold(globals[text(name)]),
    d: release,
    y(handle: number) {
      const held = values.get(handle);
      if (held) held.uses++;
    },
    g() {}, // runs destructors; no call returns any
    v: (to: number, from: number, size: number) =>
      bytes().copyWithin(to >>> 0, from >>> 0, (from >>> 0) + (size >>> 0)),
    s(size: number) {
      const wanted = size >>> 0;
      if (wanted > MAX_MEMORY) return 0;
      const { byteLength } = wasm.A.buffer;
      // some more than asked for, because memory is asked for in many small steps
      const goal = Math.min(MAX_MEMORY, Math.max(wanted, Math.min(byteLength * 1.2, wanted + 96 * 2 ** 20)));
      try {
        wasm.A.grow(Math.ceil((goal - byteLength) / PAGE));
        return 1;
      } catch {
        return 0;
      }
    },
    // the environment is empty
    t: () => 0,
    u(count: number, size: number) {
      setWord(count, 0);
      setWord(size, 0);
      return 0;
    },
    // a write, to standard error: what libjpeg warns of
    x(_file: number, parts: number, count: number, written: number) {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const [at, size] = [word(parts + 8 * i), word(parts + 8 * i + 4)];
        messages += String.fromCharCode(...bytes().subarray(at, at + size));
        sum += size;
      }
      setWord(written, sum);
      return 0;
    },
    w: () => 52, // close
    p: () => 70, // seek
    o: () => stop('an exception'),
    r: () => stop('it gave up'),
    z: () => stop('it ended'),
  };
  const wasm = new WebAssembly.Instance(module, { a: imports }).exports as unknown as Exports;
  wasm.B();
  return {
    get held() {
      return wasm.A.buffer.byteLength;
    },
    decode(parts, wanted) {
      channels = wanted;
      decoded = undefined;
      messages = '';
      const size = parts.reduce((sum, part) => sum + part.length, 0);
      // a string of C++: its length, its bytes, and 0
      const at = wasm.D(4 + size + 1) >>> 0;
      setWord(at, size);
      let to = at + 4;
      for (const part of parts) {
        bytes().set(part, to);
        to += part.length;
      }
      bytes()[to] = 0;
      // without turning the image by its EXIF data
      release(invoke(at, 0));
      wasm.E(at);
      if (LOST.test(messages)) stop('');
      if (decoded === undefined) return stop('no pixels');
      return decoded;
    },
  };
}

function readInteger(view: DataView, at: number, size: number, signed: boolean): number {
  if (size === 1) return signed ? view.getInt8(at) : view.getUint8(at);
  if (size === 2) return signed ? view.getInt16(at, true) : view.getUint16(at, true);
  return signed ? view.getInt32(at, true) : view.getUint32(at, true);
}
