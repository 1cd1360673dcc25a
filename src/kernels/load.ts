// Compiles the kernels once, and makes instances of them. On hosts that do not compile bytes, the caller gives init() a compiled
// module.

import { DebkdError } from '../io/errors.ts';
import type { HostUrl, WasmModule } from '../io/host-types.ts';
import { bytesOf } from '../io/source.ts';
import { bytes } from './binary.ts';
import type { Kernels } from './exports.ts';
import { wasmBytes } from './wasm-text.ts';

let compiled: WebAssembly.Module | undefined;

/**
 * Gives the kernels' wasm to a host that cannot compile the built-in copy. Optional elsewhere.
 * @param options.wasm a compiled module, its bytes, or where to fetch it
 * @throws DebkdError `wasm` when it is not this version's kernel module, `source` when it cannot be fetched
 * @example
 * await init({ wasm: new URL('/kernels.wasm', location.href) });
 */
export async function init(
  options: { wasm?: WasmModule | ArrayBufferView | ArrayBuffer | HostUrl } = {},
): Promise<void> {
  const { wasm } = options;
  if (wasm === undefined) {
    compile();
    return;
  }
  const found =
    wasm instanceof WebAssembly.Module
      ? wasm
      : await WebAssembly.compile(wasm instanceof URL ? await bytesOf(wasm) : (wasm as BufferSource)).catch(
          (error: Error) => {
            throw new DebkdError('wasm', {
              subject: 'init',
              seen: `this host does not compile the bytes given as \`wasm\` (${error.message})`,
              remedy: 'give a compiled WebAssembly.Module',
            });
          },
        );
  if (!WebAssembly.Module.exports(found).some((item) => item.name === 'convexRows')) {
    throw new DebkdError('wasm', {
      subject: 'init',
      seen: 'the module given as `wasm` is not the debkd kernels',
      remedy: 'give kernels.wasm of this version',
    });
  }
  compiled = found;
}

/** The compiled kernels. @throws DebkdError `wasm` where the host cannot compile them */
function compile(): WebAssembly.Module {
  if (compiled) return compiled;
  if (typeof WebAssembly === 'undefined') {
    throw new DebkdError('wasm', {
      subject: 'kernels',
      seen: 'this host has no WebAssembly, or it is turned off',
      remedy: ['turn it on', 'predict with debkd/edge, which needs none'],
    });
  }
  try {
    compiled = new WebAssembly.Module(wasmBytes(bytes));
  } catch (error) {
    throw new DebkdError('wasm', {
      subject: 'kernels',
      seen: `this host does not compile them (${(error as Error).message})`,
      expected: 'WebAssembly with SIMD',
      remedy: ["allow 'wasm-unsafe-eval' in the page's script-src", 'give init() a compiled module'],
    });
  }
  return compiled;
}

/** A custom loss of a batch, as assembly/training.ts calls it: writes derivatives to d, returns the sum of the losses. */
export type CustomStep = (
  z: number,
  rows: number,
  m: number,
  labels: number,
  target: number,
  weights: number,
  scale: number,
  d: number,
) => number;

const steps: WeakMap<Kernels, Map<number, CustomStep>> = /* @__PURE__ */ new WeakMap();

/** The custom losses of an instance, by the address of their network. */
export function customSteps(kernels: Kernels): Map<number, CustomStep> {
  return steps.get(kernels) as Map<number, CustomStep>;
}

/** A new instance, with memory of its own. @throws DebkdError `wasm` */
export function instantiate(): Kernels {
  const own = new Map<number, CustomStep>();
  const call = (net: number, ...batch: Parameters<CustomStep>): number => (own.get(net) as CustomStep)(...batch);
  const kernels = new WebAssembly.Instance(compile(), { loss: { own: call } }).exports as unknown as Kernels;
  steps.set(kernels, own);
  return kernels;
}
