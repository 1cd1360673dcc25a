// Streams of the random number generator (random.ts): each purpose has a stream of its own, so draws for one never repeat those for
// another. A stream's number never changes, or the same seed would give other results. assembly/streams.ts has the kernel's.

/** The first weights, a substream for each layer; in the kernel. */
export const STREAM_START = 1;
/** The order of blocks in an epoch; of the rows in block b, this number + 256 (b + 1). In the kernel. */
export const STREAM_ORDER = 2;
/** Rows of bootstrap resamples, a substream for each replicate; in the kernel. */
export const STREAM_BOOTSTRAP = 3;
/** Random rows that a teacher is probed with. */
export const STREAM_PROBE = 4;
/** Rows of a random sample of the table. */
export const STREAM_SAMPLE = 5;
/** Random records that an export is checked with. */
export const STREAM_PARITY = 6;
/** Units dropped in layer l: this number + 256 l. In the kernel. */
export const STREAM_DROPOUT = 7;
/** Resamples of a comparison's seeds. */
export const STREAM_SEEDS = 8;
/** Changes of training images; in the kernel. */
export const STREAM_AUGMENT = 9;
/** Rows to label that are drawn at random. */
export const STREAM_NEXT = 10;
/** Resamples of the rows that choose a threshold, a substream for each. */
export const STREAM_THRESHOLD = 11;
/** Validation rows that are kept apart to set a deferral band. */
export const STREAM_HELD_OUT = 12;
/** Permutations of a column between rows, a substream for each. */
export const STREAM_PERMUTE = 13;
/** Simulated rows of the examples, a substream for each example. */
export const STREAM_EXAMPLE = 14;
/** Columns that a boosted tree looks at, a substream for each tree. */
export const STREAM_COLUMNS = 15;
