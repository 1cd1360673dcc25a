// Seeded random numbers for tests.
import { below, words } from '../src/kernels/random.ts';

/** A source of random numbers. */
export interface Dice {
  /** Uniform in [low, high). */
  real(low: number, high: number): number;
  /** Uniform integer from 0 to n - 1. */
  below(n: number): number;
}

/** A source that depends only on the seed. */
export function dice(seed: number): Dice {
  const source = words(seed, 1000, 0);
  return {
    real: (low, high) => low + (source.next().value / 2 ** 32) * (high - low),
    below: (n) => below(source, n),
  };
}
