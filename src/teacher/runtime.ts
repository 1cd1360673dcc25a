// onnxruntime-web, loaded when first needed: the wasm provider, one thread, the same configuration everywhere.

export type Ort = typeof import('onnxruntime-web/wasm');

export async function loadRuntime(): Promise<Ort> {
  const ort = await import('onnxruntime-web/wasm');
  // Node 20 refuses the threaded start of this entry, and threads gain nothing on models of this size
  ort.env.wasm.numThreads = 1;
  return ort;
}
