// Formats and platforms that a student can be exported to.

/** Platforms: the export is a project with a service. */
export const PLATFORMS = ['cloudflare', 'deno', 'vercel', 'node', 'aws-lambda'] as const;
/** A platform. */
export type Platform = (typeof PLATFORMS)[number];

/** A format or a platform. */
export type Target = 'onnx' | 'safetensors' | 'js' | 'wasm' | 'python' | Platform;

/** All targets, formats first. */
export const TARGETS: readonly Target[] = ['onnx', 'safetensors', 'js', 'wasm', 'python', ...PLATFORMS];
