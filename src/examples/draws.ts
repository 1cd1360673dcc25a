// Random numbers of the simulated examples: the same on every host.
import { exp } from '../kernels/elementary.ts';
import { words } from '../kernels/random.ts';
import { STREAM_EXAMPLE } from '../kernels/streams.ts';

/** A source of random numbers. */
export interface Draws {
  /** Uniform in (0, 1). */
  uniform(): number;
  /** Positive, around 1, skewed to large values: nearly log-normal, but bounded. @param scale standard deviation of its logarithm */
  factor(scale: number): number;
  /** One of the names, by weights that add up to 1. */
  pick<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
}

/** A source that depends only on the seed and the number of the example. */
export function drawsOf(seed: number, example: number): Draws {
  const source = words(seed, STREAM_EXAMPLE, example);
  const uniform = (): number => (source.next().value + 0.5) / 2 ** 32;
  return {
    uniform,
    // the sum of four uniform numbers has a variance of a third
    factor: (scale) => exp(scale * 1.7320508075688772 * (uniform() + uniform() + uniform() + uniform() - 2)),
    pick: <Name extends string>(weights: Readonly<Record<Name, number>>): Name => {
      let rest = uniform();
      const names = Object.keys(weights) as Name[];
      for (const name of names) {
        rest -= weights[name];
        if (rest < 0) return name;
      }
      return names.at(-1) as Name;
    },
  };
}
