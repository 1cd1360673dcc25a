// Arenas: each lends a kernel instance and its memory to one call. Instances are reused, so many calls need no more memory than one;
// an instance whose memory grew large is left to the garbage collector.

import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import type { Kernels } from './exports.ts';
import { customSteps, instantiate } from './load.ts';

type Numbers = Int8Array | Uint8Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** Kernel memory of one call. Pointers stay valid until disposal. Views become invalid when memory grows, so reads are copies. */
export interface Arena extends Disposable {
  readonly kernels: Kernels;
  /** The address of `bytes` of zeroed memory. @throws DebkdError `memory` */
  reserve(bytes: number): number;
  /** The address of a copy of `values`. @throws DebkdError `memory` */
  put(values: Numbers): number;
  bytes(pointer: number, n: number): Uint8Array;
  u32(pointer: number, n: number): Uint32Array;
  f32(pointer: number, n: number): Float32Array;
  f64(pointer: number, n: number): Float64Array;
  /** Copies `values` to `pointer`. */
  write(pointer: number, values: Numbers): void;
}

/** Instances with more memory are not kept. */
const KEEP_BYTES = 32 * 2 ** 20;
const KEEP_INSTANCES = 4;
const idle: Kernels[] = [];

/** Lends an idle kernel instance, or a new one. @throws DebkdError `wasm` */
export function openArena(): Arena {
  const kernels = idle.pop() ?? instantiate();
  const start = kernels.mark();
  const reserve = (bytes: number): number => {
    // the kernel takes 32 bits: a larger size would wrap around to a small one
    const at = bytes <= 0xffff0000 ? kernels.alloc(bytes) >>> 0 : 0;
    if (at === 0) {
      const mib = Math.ceil(bytes / 2 ** 20);
      throw new DebkdError('memory', {
        subject: 'kernel memory',
        seen: `no room for another ${mib} MiB`,
        expected: 'at most 4 GiB per call',
        remedy: 'use fewer rows',
      });
    }
    return at;
  };
  const write = (at: number, values: Numbers): void => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(kernels.memory.buffer, at, bytes.length).set(bytes);
  };
  return {
    kernels,
    reserve,
    write,
    put(values) {
      const at = reserve(values.byteLength);
      write(at, values);
      return at;
    },
    bytes: (at, n) => new Uint8Array(kernels.memory.buffer, at, n).slice(),
    u32: (at, n) => new Uint32Array(kernels.memory.buffer, at, n).slice(),
    f32: (at, n) => new Float32Array(kernels.memory.buffer, at, n).slice(),
    f64: (at, n) => new Float64Array(kernels.memory.buffer, at, n).slice(),
    [dispose]() {
      kernels.release(start);
      customSteps(kernels).clear();
      if (kernels.memory.buffer.byteLength <= KEEP_BYTES && idle.length < KEEP_INSTANCES) idle.push(kernels);
    },
  };
}
