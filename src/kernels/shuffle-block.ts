/**
 * Rows that are shuffled among themselves. An epoch takes one such block after another (assembly/random.ts has the same
 * number), so a file of rows is read by whole blocks, and kernel memory holds one of them.
 */
export const SHUFFLE_BLOCK_ROWS = 65536;
