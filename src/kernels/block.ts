/**
 * Rows of a block. An epoch takes block after block (assembly/random.ts has the same number), so rows in a file are read by
 * whole blocks, and kernel memory holds one of them.
 */
export const BLOCK_ROWS = 65536;
