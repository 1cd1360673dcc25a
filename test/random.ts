// Seeded numbers for tests: the same on every run.
import { below, words } from '../src/kernels/random.ts';

export interface Dice {
  /** Uniform in [low, high). */
  real(low: number, high: number): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
}

export function dice(seed: number): Dice {
  const source = words(seed, 1000, 0);
  return {
    real: (low, high) => low + (source.next().value / 2 ** 32) * (high - low),
    below: (n) => below(source, n),
  };
}
