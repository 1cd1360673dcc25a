// MurmurHash3 x86 32 with seed 0, whole and in steps.

/** The state after a block of four bytes, the lowest first. The first state is 0. */
export function mixBlock(state: number, block: number): number {
  const mixed = state ^ scramble(block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** The hash as a signed number, after the remaining 0 to 3 bytes (as a block) and the length of all bytes. */
export function finishHash(state: number, rest: number, length: number): number {
  let hash = state ^ scramble(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * The hash of bytes[from] to bytes[to - 1].
 *
 * @returns A number from 0 to 2^32 - 1.
 * @example
 * murmur3(new TextEncoder().encode('wgood')) % 16384;
 */
export function murmur3(bytes: Uint8Array, from: number = 0, to: number = bytes.length): number {
  let state = 0;
  let block = 0;
  for (let i = from; i < to; i++) {
    const shift = ((i - from) & 3) << 3;
    block |= (bytes[i] as number) << shift;
    if (shift === 24) {
      state = mixBlock(state, block);
      block = 0;
    }
  }
  return finishHash(state, block, to - from) >>> 0;
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
