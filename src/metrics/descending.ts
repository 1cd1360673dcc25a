// The order of rows by a score.
import { openArena } from '../kernels/memory.ts';

/** Numbers of the rows by score, the highest first; rows of one score by their numbers. No score is NaN. */
export function descending(scores: Float64Array): Uint32Array {
  const n = scores.length;
  using arena = openArena();
  const order = arena.reserve(4 * n);
  arena.kernels.sortDescending(arena.put(scores), n, order, arena.reserve(4 * n));
  return arena.u32(order, n);
}
