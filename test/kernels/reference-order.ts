// The order of an epoch as assembly/random.ts draws it, in TypeScript.
import { below, words } from '../../src/kernels/random.ts';

const BLOCK = 65536;

/** The order in which an epoch visits n rows: see assembly/random.ts. */
export function shuffle(n: number, seed: number, stream: number, epoch: number): Uint32Array {
  const blocks = permutation(Math.ceil(n / BLOCK), words(seed, stream, epoch));
  const order = new Uint32Array(n);
  let at = 0;
  for (const block of blocks) {
    const start = block * BLOCK;
    const inner = permutation(Math.min(BLOCK, n - start), words(seed, stream + 256 * (block + 1), epoch));
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
