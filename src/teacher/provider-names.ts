// The names of the providers, which the public API knows without the types of the ONNX runtime.

/**
 * `wasm`: onnxruntime-web in WebAssembly, with the same bits on every host; `webgpu`: onnxruntime-web on the graphics
 * card of a browser; `native`: the package onnxruntime-node on the processor.
 */
export type Provider = 'wasm' | 'webgpu' | 'native';

/** The names of providers. */
export const PROVIDERS: readonly Provider[] = ['wasm', 'webgpu', 'native'];
