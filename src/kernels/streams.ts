// Streams of the random generator (random.ts): draws for one purpose share no words with draws for another. A number that was
// used stays what it is, else the same seed gave other results. The kernel draws from four of them (assembly/streams.ts).

/** Weights at the start, a layer a substream; in the kernel. */
export const STREAM_START = 1;
/** The order of rows in an epoch, and within block b of it 256 (b + 1) more; in the kernel. */
export const STREAM_ORDER = 2;
/** Rows of a bootstrap resample, a replicate a substream; in the kernel. */
export const STREAM_BOOTSTRAP = 3;
/** Random rows for a teacher's first call. */
export const STREAM_PROBE = 4;
/** Which rows are taken where fewer are asked for. */
export const STREAM_SAMPLE = 5;
/** Records that an export is tried with. */
export const STREAM_PARITY = 6;
/** Units left out by dropout, 256 more a layer; in the kernel. */
export const STREAM_DROPOUT = 7;
/** Seeds of a comparison, resampled. */
export const STREAM_SEEDS = 8;
