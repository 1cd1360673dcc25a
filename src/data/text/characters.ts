// Hashes of the character n-grams of one word.
import { finishHash, mixBlock } from './murmur.ts';

/**
 * Visits the character n-grams of UTF-8 text, by start, then by n, and hashes each after the letter `c`.
 *
 * @param bytes - The text is bytes[from] to bytes[to - 1]; bytes[to] is 0.
 * @param range - The least and the greatest n; [0, 0]: none.
 * @param visit - Takes the hash as a signed number and the n-gram's first byte and the byte after its last.
 */
export function eachCharacterNgram(
  bytes: Uint8Array,
  from: number,
  to: number,
  range: readonly [number, number],
  visit: (hash: number, from: number, to: number) => void,
): void {
  const [fewest, most] = range;
  if (most === 0) return;
  for (let i = from; i < to; i++) {
    if (isInside(bytes[i] as number)) continue;
    let state = 0;
    let block = 0x63;
    let shift = 8;
    for (let j = i, n = 1; n <= most && j < to; n++) {
      do {
        block |= (bytes[j++] as number) << shift;
        shift = (shift + 8) & 31;
        if (shift === 0) {
          state = mixBlock(state, block);
          block = 0;
        }
      } while (isInside(bytes[j] as number));
      if (n >= fewest) visit(finishHash(state, block, j - i + 1), i, j);
    }
  }
}

/** Whether a byte continues a code point. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
