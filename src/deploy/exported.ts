// What an export is: files, and how far their answers are from the student's.

/** Platforms that a student is exported to as a whole project. */
export const PLATFORMS = ['cloudflare', 'deno', 'vercel', 'node', 'aws-lambda'] as const;
export type Platform = (typeof PLATFORMS)[number];

export type Target = 'onnx' | 'safetensors' | 'js' | 'wasm' | Platform;

export interface ExportedFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Exported {
  readonly target: Target;
  /** The first is the model itself. Same student, same bytes. */
  readonly files: readonly ExportedFile[];
  /** Largest difference in probability between the shipped code and the student, on seeded synthetic rows. */
  readonly largestDifference: number;
}
