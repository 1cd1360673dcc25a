// Inverted dropout (Srivastava et al. 2014): kept units are scaled in training, so inference needs no change. Whether a unit is
// dropped depends only on the seed, the epoch, the layer, the row's position in the epoch and the unit.

import { philoxBlock } from './random';
import { STREAM_DROPOUT } from './streams';

/**
 * For m rows at `position`, `position` + 1, ... of the epoch: each of the `n` units is set to 0 where its random 32-bit word is below
 * `limit`, else multiplied by `scale`, in `x` and in `slope`. words: 16 bytes of scratch. n % 4 = 0.
 */
export function dropUnits(
  x: usize, slope: usize, m: u32, n: u32, position: u32, layer: u32, epoch: u32, seedLow: u32, seedHigh: u32,
  limit: u32, scale: f32, words: usize,
): void {
  for (let i: u32 = 0; i < m; i++) {
    for (let j: u32 = 0; j < n; j += 4) {
      philoxBlock(j >> 2, position + i + 1, STREAM_DROPOUT + 256 * layer, epoch, seedLow, seedHigh, words);
      for (let k: u32 = 0; k < 4; k++) {
        const keep: f32 = load<u32>(words + (usize(k) << 2)) < limit ? 0 : scale;
        const at = usize(i * n + j + k) << 2;
        store<f32>(x + at, load<f32>(x + at) * keep);
        store<f32>(slope + at, load<f32>(slope + at) * keep);
      }
    }
  }
}
