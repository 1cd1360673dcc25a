// Streams of the random generator that the kernel draws from; src/kernels/streams.ts lists all, and says what each is for.
export const STREAM_START: u32 = 1;
export const STREAM_ORDER: u32 = 2;
export const STREAM_BOOTSTRAP: u32 = 3;
export const STREAM_DROPOUT: u32 = 7;
