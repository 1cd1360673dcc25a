// Which coefficients the scans of a progressive JPEG file hold.
import type { Component, Segment } from './jpeg-segments.ts';

/** Coefficients that versions of libjpeg guess, each in its own way, where a file lacks them; with the first, the mean of a block. */
const GUESSED = 10;

/** Whether the scans hold the lowest coefficients of every component with all their bits. */
export function isComplete(scans: readonly Segment[], components: readonly Component[]): boolean {
  const bits = new Map(components.map(({ id }) => [id, new Array<number>(GUESSED).fill(-1)]));
  for (const { content } of scans) {
    const count = content[0] ?? 0;
    const [from = 0, to = 0, accuracy = 0] = content.subarray(1 + 2 * count);
    for (let i = 0; i < count; i++) {
      const known = bits.get(content[1 + 2 * i] as number);
      for (let k = from; known && k <= to && k < GUESSED; k++) known[k] = accuracy & 15;
    }
  }
  return [...bits.values()].every((known) => known.every((missing) => missing === 0));
}
