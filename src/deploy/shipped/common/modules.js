// Compiles the decoders of images.

/** The compiled decoders. */
export async function modules() {
  const { jpeg, png } = await import('./decoder-wasm.js');
  const [compiledJpeg, compiledPng] = await Promise.all([jpeg, png].map((bytes) => WebAssembly.compile(bytes)));
  return { jpeg: compiledJpeg, png: compiledPng };
}
