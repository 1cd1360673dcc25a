// What a student can be exported to.

/** Platforms that a student is exported to as a whole project. */
export const PLATFORMS = ['cloudflare', 'deno', 'vercel', 'node', 'aws-lambda'] as const;
/** A service that a project can be made for. */
export type Platform = (typeof PLATFORMS)[number];

/** What a student can be exported to. */
export type Target = 'onnx' | 'safetensors' | 'js' | 'wasm' | Platform;

/** Every target, formats first. */
export const TARGETS: readonly Target[] = ['onnx', 'safetensors', 'js', 'wasm', ...PLATFORMS];
