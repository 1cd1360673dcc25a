// Loads onnxruntime-web on first use, with the same configuration on every host: the wasm provider, one thread.
import { builtin } from '../io/node.ts';

export type Ort = typeof import('onnxruntime-web/wasm');

/** The host's web worker. On Deno and Bun, the runtime replaces the global one by that of worker_threads. */
export const HostWorker: typeof Worker | undefined =
  typeof Worker === 'function' && 'addEventListener' in Worker.prototype ? Worker : undefined;

export async function loadRuntime(): Promise<Ort> {
  // in a Deno worker this entry fails on a location with the origin "null", and the package's main entry does not;
  // `builtin` hides that import from bundlers
  const ort = await import('onnxruntime-web/wasm').catch((error: unknown) =>
    'Deno' in globalThis ? builtin<Ort>('onnxruntime-web') : Promise.reject(error),
  );
  // Node 20 cannot start this entry with threads, and threads gain nothing on models of this size
  ort.env.wasm.numThreads = 1;
  return ort;
}
