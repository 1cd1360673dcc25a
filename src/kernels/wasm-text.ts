// WebAssembly modules as text inside a JavaScript module.

/** The shift of build.mjs. */
const SHIFT = 48;

/** The bytes of a module that build.mjs wrote as text. */
export function wasmBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (c) => c.charCodeAt(0) - SHIFT);
}
