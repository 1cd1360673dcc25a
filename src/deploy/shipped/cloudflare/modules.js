// The decoders of images. Workers compile wasm at deployment, never from bytes.
import jpeg from './jpeg.wasm';
import png from './png.wasm';

/** The compiled decoders. */
export const modules = async () => ({ jpeg, png });
