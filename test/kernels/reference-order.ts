// The shuffle of assembly/random.ts in TypeScript.
import { below, words } from '../../src/kernels/random.ts';
import { SHUFFLE_BLOCK_ROWS } from '../../src/kernels/shuffle-block.ts';
import { STREAM_ORDER } from '../../src/kernels/streams.ts';

/** The order in which an epoch visits n rows. */
export function shuffle(n: number, seed: number, epoch: number): Uint32Array {
  const blocks = permutation(Math.ceil(n / SHUFFLE_BLOCK_ROWS), words(seed, STREAM_ORDER, epoch));
  const order = new Uint32Array(n);
  let at = 0;
  for (const block of blocks) {
    const start = block * SHUFFLE_BLOCK_ROWS;
    const inner = permutation(
      Math.min(SHUFFLE_BLOCK_ROWS, n - start),
      words(seed, STREAM_ORDER + 256 * (block + 1), epoch),
    );
    for (const row of inner) order[at++] = start + row;
  }
  return order;
}

function permutation(n: number, source: Iterator<number>): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n; i > 1; i--) {
    const j = below(source, i);
    [order[i - 1], order[j]] = [order[j] as number, order[i - 1] as number];
  }
  return order;
}
