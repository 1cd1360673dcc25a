// Random streams that the kernels draw from; src/kernels/streams.ts lists all streams and their purposes.
export const STREAM_START: u32 = 1;
export const STREAM_ORDER: u32 = 2;
export const STREAM_BOOTSTRAP: u32 = 3;
export const STREAM_DROPOUT: u32 = 7;
export const STREAM_AUGMENT: u32 = 9;
