// onnxruntime-web, loaded when first needed: the wasm provider, one thread, the same configuration everywhere.
import { builtin } from '../io/node.ts';

export type Ort = typeof import('onnxruntime-web/wasm');

export async function loadRuntime(): Promise<Ort> {
  // in a worker of Deno this entry trips over its location, whose origin is "null"; the other one does not, and bundlers
  // must not follow it
  const ort = await import('onnxruntime-web/wasm').catch((error: unknown) =>
    'Deno' in globalThis ? builtin<Ort>('onnxruntime-web') : Promise.reject(error),
  );
  // Node 20 refuses the threaded start of this entry, and threads gain nothing on models of this size
  ort.env.wasm.numThreads = 1;
  return ort;
}
